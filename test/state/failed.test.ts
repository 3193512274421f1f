/** What failed below the builds: selected, looked at, dismissed, and what this program ended itself. */
import { describe, expect, test } from 'vitest';
import { dispatch } from '../../src/commands/dispatch.ts';
import type { KeptEntry } from '../../src/model/intents/outcome.ts';
import type { Model } from '../../src/model/model.ts';
import { failedIds, isFailure } from '../../src/model/rebuild/failed.ts';
import { applyModel } from '../../src/state/apply-model.ts';
import { addEntries } from '../../src/state/journal.ts';
import { cursorRow, topMode } from '../../src/state/selectors.ts';
import { settle } from '../../src/state/settle.ts';
import { situationOf } from '../../src/state/situation.ts';
import type { State } from '../../src/state/state.ts';
import { busy } from '../support/model-fixture.ts';
import { followed } from '../support/rebuild-models.ts';
import { pressed, stateOf } from './support.ts';

const shown = ({ failed }: State) => failed.map(({ name, command }) => name ?? command);
const selected = ({ failed, ui }: State) => failed.find(({ key }) => key === ui.selected)?.name ?? null;
/** The cursor on the first failure. */
const down = (state: State) => pressed(state, ...state.rows.map(() => 'down'));

test('the last one comes first, and those below the builds are moved through like them', () => {
  const state = stateOf(followed);
  expect(shown(state)).toEqual(['nix-build bad.nix -A evalerror', 'stuck-3.1', 'source-1', 'bad-0.9']);
  const end = pressed(state, 'end');
  expect(selected(end)).toBe('bad-0.9');
  expect(selected(pressed(end, 'up'))).toBe('source-1');
  expect(cursorRow(pressed(down(state), 'up'))?.key).toBe(state.rows.at(-1)?.key);
  expect(pressed(down(state), 'home').ui.selected).toBe(state.rows[0]?.key);
});

test('they are there in the overview alone', () => {
  expect(shown(pressed(stateOf(followed), '2'))).toEqual([]);
  expect(shown(pressed(stateOf(followed), '2', '1'))).toHaveLength(4);
});

test.each(['v', 'f'])('%s says why, from the list and from its details', (key) => {
  const state = pressed(stateOf(followed), 'end');
  const failed = state.failed.at(-1)?.key ?? '';
  const of = { kind: 'failed', failed };
  expect(topMode(pressed(state, key))).toMatchObject({ kind: key === 'v' ? 'why' : 'remedies', of });
  expect(topMode(pressed(state, 'enter', key))).toMatchObject({ of });
});

describe('in the tree of derivations', () => {
  const tree = pressed(stateOf(followed), '2');
  const on = (key: string | undefined) => ({ ...tree, ui: { ...tree.ui, selected: key ?? '' } });
  const rowOf = (name: string) =>
    tree.rows.find((row) => row.kind === 'tree' && row.node.kind === 'derivation' && row.key.includes(name));

  test('v and f on what failed say why', () => {
    const state = on(rowOf('bad-0.9')?.key);
    const failed = stateOf(followed).failed.find(({ name }) => name === 'bad-0.9')?.key;
    expect(topMode(pressed(state, 'v'))).toMatchObject({ kind: 'why', of: { kind: 'failed', failed } });
    expect(topMode(pressed(state, 'f'))).toMatchObject({ kind: 'remedies', of: { failed } });
  });

  test('on a rebuild they are of its last failure', () => {
    const row = tree.rows.find(
      (one) =>
        one.kind === 'tree' && one.node.kind === 'rebuild' && one.node.followed.failures.some(isFailure),
    );
    expect(topMode(pressed(on(row?.key), 'v'))).toMatchObject({ kind: 'why', of: { kind: 'failed' } });
  });

  test('of what has not begun there is nothing to say', () => {
    const row = tree.rows.find(
      (one) => one.kind === 'tree' && one.node.kind === 'derivation' && one.node.root === null,
    );
    expect(dispatch({ name: 'v' }, situationOf(on(row?.key)))).toMatchObject({
      type: 'notify',
      text: expect.stringContaining('nothing of it runs or has failed'),
    });
  });
});

test('a filter keeps those that it finds', () => {
  const state = settle(stateOf(followed, { ui: { filter: 'BAD-0' } }), stateOf(followed));
  expect(shown(state)).toEqual(['bad-0.9']);
});

test('keys for builds that run say why they do nothing', () => {
  const state = pressed(stateOf(followed), 'end');
  for (const key of ['k', 'p', '+', 'space']) {
    const step = dispatch({ name: key }, situationOf(state));
    expect(step).toMatchObject({ type: 'notify', text: expect.stringContaining('it has failed') });
  }
  expect(dispatch({ name: 'd' }, situationOf(stateOf(followed)))).toMatchObject({ type: 'notify' });
});

describe('d', () => {
  test('takes the selected one out of view; the next one is selected', () => {
    const state = pressed(down(stateOf(followed)), 'down', 'd');
    expect(shown(state)).toEqual(['nix-build bad.nix -A evalerror', 'source-1', 'bad-0.9']);
    expect(selected(state)).toBe('source-1');
    const last = pressed(state, 'd', 'd', 'd');
    expect(shown(last)).toEqual([]);
    expect(cursorRow(last)).not.toBeNull();
    expect(shown(applyModel(last, { ...followed, timeMs: followed.timeMs + 1000 }))).toEqual([]);
  });

  test('in the details leaves them', () => {
    const details = pressed(stateOf(followed), 'end', 'enter');
    expect(topMode(details)).toMatchObject({ kind: 'details' });
    const state = pressed(details, 'delete');
    expect(topMode(state)).toEqual({ kind: 'normal' });
    expect(shown(state)).not.toContain('bad-0.9');
  });

  test('hides a failure, not what fails of the same cause later', () => {
    const state = pressed(stateOf(followed), 'end', 'd');
    const rebuilds = followed.rebuilds.map((one) => ({
      ...one,
      failures: one.failures.map((root) => ({ ...root, drvs: root.drvs.flatMap((drv) => [drv, `${drv}2`]) })),
    }));
    expect(shown(applyModel(state, { ...followed, rebuilds }))).toContain('bad-0.9');
  });

  test('is forgotten with the rebuild', () => {
    const state = pressed(stateOf(followed), 'end', 'd');
    expect(state.ui.dismissed.size).toBe(1);
    const over = applyModel(state, { ...followed, rebuilds: [] });
    expect(over.ui.dismissed.size).toBe(0);
    expect(over.failed).toEqual([]);
  });
});

describe('details', () => {
  test('of what failed are at their last lines, and go no further', () => {
    const state = pressed(stateOf(followed), 'end', 'enter');
    const { scroll } = topMode(state) as { scroll: number };
    expect(scroll).toBeGreaterThan(0);
    expect(topMode(pressed(state, 'down'))).toMatchObject({ scroll });
    expect(topMode(pressed(state, 'home'))).toMatchObject({ scroll: 0 });
  });

  test('of a build whose log is followed know it when it has failed', () => {
    const state = pressed(stateOf(followed), 'enter');
    const [build] = followed.builds;
    expect(topMode(state)).toMatchObject({ log: `${build?.log?.rebuild} ${build?.log?.drv}` });
  });
});

describe('what was ended from here', () => {
  const root = followed.rebuilds
    .flatMap(({ failures }) => failures)
    .find(({ cause }) => cause.kind === 'exit');
  const target = { root: { pid: 7, startTime: 70 }, uid: 30_001, name: 'bad-0.9', user: 'nixbld1' };
  const entry = (atMs: number): KeptEntry => ({
    version: 1,
    time: new Date(atMs).toISOString(),
    user: 'ada',
    via: 'dashboard',
    intent: { type: 'kill', targets: [target], reason: null },
    title: 'kill bad-0.9',
    status: 'done',
    summary: 'killed bad-0.9',
    details: [],
    durationMs: 40,
  });
  const causeOf = ({ failed }: State) => failed.find(({ name }) => name === 'bad-0.9')?.root.cause;

  test.each([
    ['just before', -2_000, { kind: 'killed', by: 'us' }],
    ['an hour before', -3_600_000, { kind: 'exit', code: 2 }],
    ['later', 60_000, { kind: 'exit', code: 2 }],
  ])('%s', (_, ms, cause) => {
    const state = stateOf(followed);
    expect(causeOf(settle(addEntries(state, [entry((root?.atMs ?? 0) + ms)]), state))).toEqual(cause);
  });
});

describe('references', () => {
  const later = (model: Model): Model => ({ ...model, timeMs: model.timeMs + 500 });

  test('stay while nothing failed or is dismissed', () => {
    const state = stateOf(followed);
    const next = applyModel(state, { ...later(followed), pressure: busy.pressure });
    expect(next.failed).toBe(state.failed);
    const moved = followed.rebuilds.map((one) => ({ ...one, rebuild: { ...one.rebuild, updatedMs: 9 } }));
    expect(applyModel(state, { ...later(followed), rebuilds: moved }).failed).toBe(state.failed);
    expect(
      failedIds('a', { ...followed.rebuilds[0]?.failures[0], drvs: [], atMs: 1, text: 'b' } as never),
    ).toEqual(['a 1 b']);
  });
});
