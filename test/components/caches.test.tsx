/** The page of caches and builders at every size, and what its rows say. */
import { cleanup, render } from 'ink-testing-library';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { Screen } from '../../components/app/app.tsx';
import { AppContextProvider } from '../../hooks/app-context.ts';
import type { Model } from '../../src/model/model.ts';
import type { Mode } from '../../src/model/ui/modes.ts';
import { applyStep } from '../../src/state/apply-step.ts';
import type { UiState } from '../../src/state/state.ts';
import { cachesRaw, withCaches } from '../support/caches-fixture.ts';
import { expectGolden } from '../support/golden.ts';
import { busy, busyHistory } from '../support/model-fixture.ts';
import { replayOf } from '../support/replay-fixture.ts';
import {
  contextOf,
  renderScreen,
  renderState,
  type ScreenOptions,
  stateOf,
  visible,
} from './render-screen.tsx';

beforeAll(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const sizes = ['120x40', '80x24', '60x15', '40x8', '200x60'] as const;
const view: Partial<UiState> = { view: 'caches' };

function optionsOf(size: string, more: Partial<ScreenOptions> = {}): ScreenOptions {
  const [columns = 0, rows = 0] = size.split('x').map(Number);
  return { columns, rows, ui: view, ...more };
}
const draw = (model: Model, size: string, more: Partial<ScreenOptions> = {}) =>
  renderScreen({ model, history: busyHistory }, optionsOf(size, more));

describe('the page', () => {
  it.each(sizes)('in %s', (size) => {
    expectGolden(`caches-${size}`, draw(withCaches, size));
  });

  it('on a text console', () => {
    const frame = draw(withCaches, '80x25', { unicode: false });
    expect(visible(frame)).toMatch(/^[\x20-\x7e\n␛]+$/);
    expectGolden('caches-80x25-ascii', frame);
    const coloured = draw(withCaches, '80x25', { unicode: false, color: true, console: true });
    expect(visible(coloured)).not.toMatch(/␛\[(?:[\d;]*;)?2m/);
  });

  it('in colour', () => {
    expectGolden('caches-120x40-color', visible(draw(withCaches, '120x40', { color: true })));
  });

  it.each(['80x24', '60x15'])('with nothing configured in %s', (size) => {
    const caches = {
      ...cachesRaw,
      ...{ caches: ['https://cache.nixos.org/'], builders: [], locks: [], checks: [] },
      day: { fetches: 0, hits: 0 },
    };
    expectGolden(`caches-none-${size}`, draw({ ...busy, builds: [], caches }, size));
  });

  it('with refused lines, and what could not be read', () => {
    const caches = {
      ...cachesRaw,
      refused: [{ address: 'ssh://mac', why: 'eight is no number of jobs' }],
      ...{ locks: null, checks: [] },
      problems: [{ kind: 'denied', where: '/nix/var/nix/current-load' }] as const,
    };
    expectGolden('caches-refused-100x40', draw({ ...withCaches, builds: [], caches }, '100x40'));
  });

  it('where the settings could not be read: it does not say that there are none', () => {
    const caches = {
      ...cachesRaw,
      ...{ caches: null, keys: null, builders: null, refused: [], checks: [] },
      problems: [{ kind: 'denied', where: '/etc/nix/nix.conf' }] as const,
    };
    const frame = draw({ ...busy, builds: [], rebuilds: [], caches }, '80x24');
    expect(frame).not.toContain('No caches are configured');
    expect(frame.match(/Which ones there are is not known\./g)).toHaveLength(2);
    expect(frame).toContain('/etc/nix/nix.conf: denied');
  });

  it('with no caches at all: then it says so', () => {
    const caches = { ...cachesRaw, ...{ caches: [], checks: [], problems: [] } };
    const frame = draw({ ...busy, builds: [], rebuilds: [], caches }, '80x24');
    expect(frame).toContain('No caches are configured: everything is built.');
  });

  it('of a recording from before there were any', () => {
    const frame = draw({ ...busy, builds: [] }, '80x24', { slices: { replay: replayOf() } });
    expect(frame).toContain('This recording has nothing of caches and builders.');
    expect(draw({ ...busy, builds: [] }, '80x24')).toContain('Not read yet.');
  });
});

describe('a row', () => {
  const normal: Mode = { kind: 'normal' };
  const page = (key: string): Partial<UiState> => ({
    ...view,
    modes: [normal, { kind: 'peer', key, scroll: 0 }],
  });

  it.each([
    ['dead-cache', 'cache https://dead.example', '80x24'],
    ['busy-builder', 'builder ssh-ng://nix@box', '80x24'],
    ['lost-builder', 'builder ssh://old', '60x15'],
    ['check', `check ${cachesRaw.checks[2]?.startedMs} ${cachesRaw.checks[2]?.endedMs}`, '80x24'],
  ])('all of %s', (name, key, size) => {
    expectGolden(`caches-${name}-${size}`, draw(withCaches, size, { ui: page(key) }));
  });

  it('that is gone', () => {
    expect(draw(withCaches, '80x24', { ui: page('cache http://gone') })).toContain(
      'It is not there any more.',
    );
  });
});

test('the cursor goes through all rows, and stays in view', () => {
  let state = stateOf({ model: withCaches, history: busyHistory }, optionsOf('60x15'));
  const seen: string[] = [];
  for (let step = 0; step < 8; step += 1) {
    const frame = renderState(state);
    const line = visible(frame)
      .split('\n')
      .find((one) => one.startsWith('␛[7m >'));
    expect(line, frame).toBeDefined();
    seen.push(line ?? '');
    state = applyStep(state, { type: 'move', by: 1 });
  }
  expect(new Set(seen).size).toBeGreaterThan(6);
  const opened = applyStep(state, { type: 'open', mode: 'peer' });
  expect(opened.ui.modes.at(-1)).toMatchObject({ kind: 'peer', key: state.ui.selectedPeer });
});

test('a check grows old on the screen while nothing else changes', async () => {
  const state = stateOf(
    { model: { ...withCaches, rebuilds: [] }, history: busyHistory },
    optionsOf('100x40'),
  );
  const context = contextOf(state);
  const { lastFrame } = render(
    <AppContextProvider value={context}>
      <Screen />
    </AppContextProvider>,
  );
  onTestFinished(cleanup);
  const nas = () => lastFrame()?.match(/http:\/\/nas +(\w+(?: \w+)?)/)?.[1];
  expect(nas()).toBe('answers');
  const model = { ...state.model, timeMs: state.model.timeMs + 25 * 3_600_000 };
  context.store.setState({ ...state, model }, true);
  await expect.poll(nas).toBe('not asked');
});
