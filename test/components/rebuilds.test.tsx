/** Rebuilds that are followed on the screen: their rows, what failed, the details of both. */
import { describe, expect, it } from 'vitest';
import { loadExplanations } from '../../hooks/use-explanation.ts';
import { identityKey } from '../../src/base/identity.ts';
import type { Model } from '../../src/model/model.ts';
import { failedIds } from '../../src/model/rebuild/failed.ts';
import type { Mode } from '../../src/model/ui/modes.ts';
import type { UiState } from '../../src/state/state.ts';
import { expectGolden } from '../support/golden.ts';
import { busyHistory, firefox } from '../support/model-fixture.ts';
import {
  followed,
  followedAlone,
  followedEvaluation,
  followedPhases,
  followedSwitch,
  oneFollowed,
} from '../support/rebuild-models.ts';
import { renderScreen, type ScreenOptions, visible } from './render-screen.tsx';

const sizes = ['120x40', '80x24', '60x15', '60x12'] as const;
const normal: Mode = { kind: 'normal' };

/** The keys of what failed in it, in the order of the model. */
function failedKeys({ rebuilds }: Model): readonly string[] {
  return rebuilds.flatMap(({ id, failures }) => failures.map((root) => failedIds(id, root)[0] ?? ''));
}
await loadExplanations();
const [bad = ''] = failedKeys(followed);
const detailsOf = (build: string, scroll = Number.MAX_SAFE_INTEGER): Partial<UiState> => ({
  selected: build,
  modes: [normal, { kind: 'details', build, scroll }],
});

const whyOf = (failed: string): Partial<UiState> => ({
  selected: failed,
  modes: [normal, { kind: 'why', of: { kind: 'failed', failed }, scroll: 0 }],
});

const screens: Readonly<Record<string, { readonly model: Model; readonly ui: Partial<UiState> }>> = {
  followed: { model: followed, ui: { selected: bad } },
  'followed-one': { model: oneFollowed, ui: {} },
  'followed-evaluation': { model: followedEvaluation, ui: {} },
  'followed-switch': { model: followedSwitch, ui: {} },
  'followed-alone': { model: followedAlone, ui: {} },
  'followed-builds': { model: followed, ui: { view: 'builds' } },
  'followed-details': { model: followedPhases, ui: detailsOf(identityKey(firefox), 0) },
  'followed-failed-details': { model: followed, ui: detailsOf(bad) },
  'followed-failed-why': { model: followed, ui: whyOf(bad) },
};

function draw(model: Model, size: string, options: Partial<ScreenOptions> = {}): string {
  const [columns = 0, rows = 0] = size.split('x').map(Number);
  return renderScreen({ model, history: busyHistory }, { columns, rows, ...options });
}

describe.each(Object.entries(screens))('%s', (name, { model, ui }) => {
  it.each(sizes)('in %s', (size) => {
    expectGolden(`${name}-${size}`, draw(model, size, { ui }));
  });

  it('on a text console', () => {
    const frame = draw(model, '80x25', { ui, unicode: false });
    expect(visible(frame)).toMatch(/^[\x20-\x7e\n␛]+$/);
    expectGolden(`${name}-80x25-ascii`, frame);
  });

  it('in colour', () => {
    expectGolden(`${name}-120x40-color`, visible(draw(model, '120x40', { ui, color: true })));
  });
});

describe('a client whose log is followed', () => {
  const rows = (frame: string, text: string) => frame.split('\n').filter((row) => row.includes(text));

  it('has one row, or two where there is room, and never one as a client alone', () => {
    const frame = draw(followed, '120x40');
    expect(rows(frame, 'nix build .#firefox')).toHaveLength(1);
    expect(frame).not.toContain('building 5');
    expect(rows(draw(followed, '80x24'), 'nix build .#firefox')).toHaveLength(1);
  });

  it('leaves the clients without a log their rows', () => {
    const other = { ...followed, rebuilds: followed.rebuilds.slice(0, 1) };
    const frame = draw(other, '120x40');
    expect(frame).toContain('0/4 built · 3 running');
    expect(frame).toMatch(/nix build \.#firefox .* waits for /);
    expect(frame).toMatch(/home-manager switch .* evaluating/);
  });

  it('counts those for which there is no row', () => {
    expect(rows(draw(followed, '60x15'), '+2 more')).toHaveLength(1);
  });
});

describe('what failed', () => {
  const marked = (frame: string) => frame.split('\n').filter((row) => row.includes('FAILED'));

  it('stays in view below a list that is longer than the screen', () => {
    const builds = Array.from({ length: 60 }, (_, i) => ({ ...firefox, pid: 50_000 + i, startTime: i }));
    for (const size of sizes) expect(marked(draw({ ...followed, builds }, size)).length).toBeGreaterThan(0);
    expect(marked(draw({ ...followed, builds }, '120x40'))).toHaveLength(4);
    expect(marked(draw({ ...followed, builds }, '60x12'))).toHaveLength(1);
  });

  it('is not there any more when it was dismissed', () => {
    const dismissed = new Set(failedKeys(followed));
    expect(marked(draw(followed, '120x40', { ui: { dismissed } }))).toEqual([]);
    const [one = ''] = dismissed;
    expect(marked(draw(followed, '120x40', { ui: { dismissed: new Set([one]) } }))).toHaveLength(3);
  });

  it('is what the details of a build show once it has failed', () => {
    const ui: Partial<UiState> = { modes: [normal, { kind: 'details', build: '1:1', log: bad, scroll: 0 }] };
    const frame = draw(followed, '80x24', { ui });
    expect(frame).toContain('bad-0.9  FAILED');
    expect(frame).toContain('compiling 1');
  });
});
