/** The page of guards at every size, and that one is armed at the top of the screen. */
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import type { GuardSeen } from '../../src/model/guard/guard-seen.ts';
import type { Model } from '../../src/model/model.ts';
import type { Mode } from '../../src/model/ui/modes.ts';
import { applyStep } from '../../src/state/apply-step.ts';
import { journalOf } from '../../src/state/journal.ts';
import type { UiState } from '../../src/state/state.ts';
import { drawScreen } from '../support/drawn-screen.tsx';
import { expectGolden } from '../support/golden.ts';
import { guardAct } from '../support/guard-status.ts';
import { journalEntry } from '../support/journal-entry.ts';
import { armedGuard, busy, busyHistory, fixtureTimeMs } from '../support/model-fixture.ts';
import { replayOf } from '../support/replay-fixture.ts';
import { renderScreen, type ScreenOptions, visible } from './render-screen.tsx';

beforeAll(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const sizes = ['120x40', '80x24', '60x15', '40x8', '200x60'] as const;

function sizeOf(size: string): Pick<ScreenOptions, 'columns' | 'rows'> {
  const [columns = 0, rows = 0] = size.split('x').map(Number);
  return { columns, rows };
}
const withGuards = (...guards: readonly GuardSeen[]): Model => ({ ...busy, guards });
const guardOf = (over: Partial<GuardSeen>): GuardSeen => ({ ...armedGuard, ...over });
const normal: Mode = { kind: 'normal' };
const page: Partial<UiState> = { modes: [normal, { kind: 'guard', scroll: 0 }] };
const render = (model: Model, size: string, options: Partial<ScreenOptions> = {}) =>
  renderScreen({ model, history: busyHistory }, { ...sizeOf(size), ...options });

describe('the page', () => {
  const model = withGuards(armedGuard);

  it.each(sizes)('in %s', (size) => {
    expectGolden(`guard-${size}`, render(model, size, { ui: page }));
  });

  it('on a text console', () => {
    const frame = render(model, '80x25', { ui: page, unicode: false });
    expect(visible(frame)).toMatch(/^[\x20-\x7e\n␛]+$/);
    expectGolden('guard-80x25-ascii', frame);
    const coloured = render(model, '80x25', { ui: page, unicode: false, color: true, console: true });
    expect(visible(coloured)).not.toMatch(/␛\[(?:[\d;]*;)?2m/);
  });

  it('in colour', () => {
    expectGolden('guard-120x40-color', visible(render(model, '120x40', { ui: page, color: true })));
  });

  it('of two guards, the one first that most needs a look', () => {
    const own = guardOf({
      ...{ pid: 7, directory: null, uid: null, scope: 'command', dryRun: false, acts: [] },
      readings: armedGuard.readings.slice(0, 2),
    });
    const silent = guardOf({ atMs: fixtureTimeMs - 40_000 });
    expectGolden('guard-two-100x40', render(withGuards(own, silent), '100x40', { ui: page }));
  });

  it('without one says how to have one', () => {
    expectGolden('guard-none-80x24', render(busy, '80x24', { ui: page }));
  });

  it('says that one is not trusted', () => {
    const where = '/run/nixpulse-guard/status.json';
    const problems = [{ kind: 'denied', where, cause: 'it is of uid 1001' }] as const;
    expect(render({ ...busy, problems }, '120x40', { ui: page })).toContain(
      'What one says is not read: /run/nixpulse-guard/status.json: denied, it is of uid 1001',
    );
  });

  it('in a recording, without its keys', () => {
    const frame = render(model, '120x40', { ui: page, slices: { replay: replayOf() } });
    expect(frame).toContain('It only says what it would do');
    expect(frame).toContain('over, not long enough');
    expect(frame).not.toContain('holds it for an hour');
    expect(frame.split('\n').at(-1)).not.toContain('Hold');
  });

  const note = (guard: GuardSeen) =>
    render(withGuards(guard), '120x40', { ui: page }).replaceAll(/\s+/g, ' ');
  it.each([
    [
      {},
      'It only says what it would do, since 10:28: dry-run = false in [guard] of config.toml arms it; H holds it',
    ],
    [{ dryRun: false }, 'It acts by itself, since 10:28; H holds it for an hour.'],
    [
      { heldUntilMs: fixtureTimeMs + 42 * 60_000 },
      'It was asked to leave everything alone until 14:10; H ends that.',
    ],
    [{ atMs: fixtureTimeMs - 40_000 }, 'It has said nothing for 40 s'],
    [{ atMs: fixtureTimeMs - 40_000, ended: true }, 'It was killed, and guards nothing any more.'],
    // Within another nixpulse nothing can be held.
    [{ directory: null, uid: null, dryRun: false, scope: 'command' }, 'It acts by itself, since 10:28.'],
  ] as const)('%o', (over, text) => expect(note(guardOf(over))).toContain(text));

  test('is scrolled to its last line and no further', async () => {
    const acts = Array.from({ length: 30 }, (_, at) => guardAct({ atMs: fixtureTimeMs - at * 1000 }));
    const model = withGuards(guardOf({ acts }));
    const screen = await drawScreen(model, { columns: 60, rows: 12, ui: page });
    const scroll = () => {
      const top = screen.state().ui.modes.at(-1);
      return top?.kind === 'guard' ? top.scroll : null;
    };
    await screen.change((state) => applyStep(state, { type: 'edge', to: 'last' }));
    await screen.change((state) => state);
    const last = scroll();
    expect(last).toBeGreaterThan(20);
    expect(last).toBeLessThan(100);
    await screen.change((state) => applyStep(state, { type: 'move', by: 1 }));
    expect(scroll()).toBe(last);
    await screen.change((state) => applyStep(state, { type: 'page', by: -1 }));
    expect(scroll()).toBeLessThan(last ?? 0);
    screen.close();
  });
});

describe('at the top of the screen', () => {
  const top = (guard: GuardSeen, size = '120x40', ui: Partial<UiState> = {}) =>
    render(withGuards(guard), size, { ui }).split('\n')[0];
  const calm = { acts: [] };

  it.each([
    [{ ...calm, dryRun: false }, ' guard  '],
    [calm, ' guard dry run '],
    [{ ...calm, heldUntilMs: fixtureTimeMs + 42 * 60_000 }, ' guard held 42 min '],
    [{ ...calm, atMs: fixtureTimeMs - 40_000 }, ' guard silent 40 s '],
    [{ ...calm, atMs: fixtureTimeMs - 40_000, ended: true }, ' guard ended '],
    [{ dryRun: false, acts: [guardAct({ atMs: fixtureTimeMs - 5000 })] }, ' guard: paused firefox-130.0 '],
    [{ dryRun: false, acts: [guardAct({ atMs: fixtureTimeMs - 61_000 })] }, ' guard  '],
  ])('%#', (over, text) => expect(top(guardOf(over))).toContain(text));

  it.each(['80x24', '60x15', '60x12', '40x10'])('in %s', (size) => {
    expect(top(guardOf(calm), size)).toMatch(/(?:^| )guard/);
    expect(top(guardOf({ ...calm, atMs: fixtureTimeMs - 40_000 }), size)).toMatch(/(?:^| )guard silent/);
  });

  it('with no row for a title beside the pressure', () => {
    expect(top(guardOf(calm), '60x9')).toMatch(/ guard/);
    expect(render(withGuards(guardOf(calm)), '60x12', { ui: page }).match(/guard dry run/g)).toHaveLength(1);
  });

  it.each(['diagnosis', 'journal', 'disks', 'builds'] as const)('in view %s', (view) => {
    expect(top(guardOf(calm), '120x40', { view })).toContain(' guard dry run ');
  });

  it('without a guard there is no word of it', () => {
    expect(render(busy, '120x40')).not.toContain('guard');
  });
});

test('view 6 says how many of its rules are over, and which key tells more', () => {
  expect(render(withGuards(armedGuard), '120x40', { ui: { view: 'diagnosis' } })).toContain(
    'guard dry run, 2 of 5 rules over [a]',
  );
});

test.each(['120x40', '80x24'])('a build that it paused says so, in %s', (size) => {
  const [first, ...others] = busy.builds;
  if (first === undefined) throw new Error('no build');
  const pausedFrom = { pid: armedGuard.pid, timeMs: fixtureTimeMs - 130_000, guard: true } as const;
  const model = { ...withGuards(armedGuard), builds: [{ ...first, paused: true, pausedFrom }, ...others] };
  const row = render(model, size)
    .split('\n')
    .find((line) => line.includes(first.name ?? '-') && line.includes('paused'));
  expect(row).toContain('paused 2:10');
  const details = render(model, size, {
    ui: { modes: [normal, { kind: 'details', build: identityKey(first), scroll: 0 }] },
  });
  expect(details).toContain('paused 2:10 by the guard');
});

describe('view 7', () => {
  const entry = journalEntry({ via: 'guard', rule: 'memory', user: 'root' });
  const slices = { journal: journalOf([entry], [], null) };
  const view = (size: string) => render(busy, size, { ui: { view: 'journal' }, slices });

  it.each(['120x40', '80x24', '60x15'])('shows by which rule it was done, in %s', (size) => {
    expectGolden(`journal-guard-${size}`, view(size));
  });

  it('and in full below', () => {
    expect(view('120x40')).toContain('root, by the guard (rule memory, memory pressure)');
  });
});

test.each(['120x40', '80x24', '60x15', '40x8'])('names that mean harm stay in their place, in %s', (size) => {
  const name = `\u001b[2J\u202e${'x'.repeat(500)}\n\u0007`;
  const guard = guardOf({
    dryRun: false,
    readings: armedGuard.readings.map((reading) => ({ ...reading, name, value: 1e300, limit: 1e-300 })),
    acts: [guardAct({ atMs: fixtureTimeMs - 1000, names: [name, name], summary: name, status: 'failed' })],
  });
  const { columns = 0 } = sizeOf(size);
  for (const ui of [page, {}, { view: 'diagnosis' } as const]) {
    for (const line of render(withGuards(guard), size, { ui }).split('\n')) {
      // The footer has keys in reverse.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
      const plain = line.replace(/\u001b\[[0-9;]*m/g, '');
      expect(plain.length).toBeLessThanOrEqual(columns);
      expect(plain).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  }
});
