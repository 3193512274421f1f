/** View 2 where a rebuild is followed: selection, folding, search, filter, tags and actions in its tree. */
import { describe, expect, test } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import { blockedReason } from '../../src/commands/command.ts';
import { commandFor } from '../../src/commands/dispatch.ts';
import type { Model } from '../../src/model/model.ts';
import { applyModel } from '../../src/state/apply-model.ts';
import { situationOf } from '../../src/state/situation.ts';
import type { State } from '../../src/state/state.ts';
import { initialUi } from '../../src/state/ui.ts';
import { box, boxDerivations, boxRebuild, followedOf, withRebuilds } from '../support/followed-fixture.ts';
import { busy, chromium, firefox, idle } from '../support/model-fixture.ts';
import { bare, build, drvOf, error, line, RebuildLog, result, say, stop } from '../support/rebuild-log.ts';
import { pressed, rowNames, stateOf } from './support.ts';

const ui = { ...initialUi, view: 'builds' as const };
const tree = (model: Model = box): State => stateOf(model, { ui });
const keyOf = (name: string) => `${drvOf(name)} of command stream`;
const at = (state: State, key: string): State => ({ ...state, ui: { ...state.ui, selected: key } });
const why = (state: State, key: string) => {
  const situation = situationOf(state);
  const command = commandFor(key, situation);
  return command === undefined ? 'no command' : blockedReason(command, situation);
};

describe('rows', () => {
  test('what runs has the rows of builds, in its place; the rest lines of their own', () => {
    const names = rowNames(tree());
    expect(names[0]).toBe('rebuild command stream');
    expect(names.filter((name) => !name.includes(' of ') && !name.startsWith('rebuild'))).toEqual([
      'python3.12-numpy-2.1.2',
      'firefox-130.0',
      'chromium-unwrapped-129.0.6668.89',
      'llvm-18.1.8',
      'linux-6.11.3',
    ]);
  });

  test('in the overview, and where nothing is followed, the list is what it was', () => {
    const overview = stateOf(box);
    expect(overview.trees.size).toBe(0);
    expect(overview.rows.every(({ kind }) => kind === 'build')).toBe(true);
    expect(rowNames(stateOf(busy, { ui }))).toEqual(rowNames(stateOf(busy)));
  });

  test('builds of its client whose log is not followed are below it, those of others behind it', () => {
    const log = new RebuildLog().at(1, say('this derivation will be built:'), say(`  ${drvOf('top')}`));
    const builds = [firefox, { ...chromium, clientPid: 810 }];
    const model = withRebuilds({ ...busy, builds }, [followedOf(log.rebuild)]);
    const rows = tree(model).rows;
    expect(rows.map(({ place }) => place?.depth ?? null)).toEqual([0, 1, 1, null]);
    expect(rowNames(tree(model))).toEqual([
      'rebuild command stream',
      'firefox-130.0',
      'more of command stream',
      'chromium-unwrapped-129.0.6668.89',
    ]);
  });

  test('rebuilds that are over come after all that runs', () => {
    const over = { ...followedOf(boxRebuild, { id: 'old' }), over: true };
    const rows = rowNames(tree({ ...busy, rebuilds: [over] }));
    expect(rows.slice(0, 2)).toEqual(['firefox-130.0', 'chromium-unwrapped-129.0.6668.89']);
    expect(rows).toContain('rebuild old');
    expect(rows.indexOf('rebuild old')).toBe(busy.builds.length);
  });

  test('a tick that changes nothing of it keeps rows and trees', () => {
    const state = tree();
    const next = applyModel(state, { ...box, timeMs: box.timeMs + 1000 });
    expect(next.rows).toBe(state.rows);
    expect(next.trees).toBe(state.trees);
  });

  test('lines of one build make one row anew', () => {
    const log = new RebuildLog().at(
      1,
      say('these 30 derivations will be built:'),
      ...Array.from({ length: 30 }, (_, index) => say(`  ${drvOf(`p${index}`)}`)),
      ...Array.from({ length: 12 }, (_, index) => build(100 + index, `p${index}`)),
    );
    const state = tree(withRebuilds(idle, [followedOf(log.rebuild)]));
    const next = applyModel(state, withRebuilds(idle, [followedOf(log.at(2, line(103, 'cc')).rebuild)]));
    const changed = next.rows.filter((row) => !state.rows.includes(row)).map(({ key }) => key);
    // The rebuild's own row stands for all of it.
    expect(changed).toEqual(['rebuild command stream', keyOf('p3')]);
  });
});

describe('selection', () => {
  const plan = [say('these 2 derivations will be built:'), say(`  ${drvOf('a')}`), say(`  ${drvOf('b')}`)];
  const model = (log: RebuildLog, builds = busy.builds.slice(0, 0)) =>
    withRebuilds({ ...busy, builds }, [followedOf(log.rebuild)]);

  test('stays with a derivation while it is planned, runs, has processes, fails', () => {
    const log = new RebuildLog().at(1, ...plan, bare(9, 104), build(1, 'b'));
    let state = at(pressed(tree(model(log)), 'end', '+'), keyOf('a'));
    const steps = [
      log.at(2, build(2, 'a')).rebuild,
      log.at(
        3,
        error(`builder for '${drvOf('a')}' failed with exit code 1`),
        result(9, 105, 0, 2, 1, 1),
        stop(2),
      ).rebuild,
    ];
    const process = { ...firefox, name: 'a', drvHash: null };
    state = applyModel(
      state,
      withRebuilds({ ...busy, builds: [process] }, [followedOf(steps[0] ?? log.rebuild)]),
    );
    expect(state.ui.selected).toBe(identityKey(firefox));
    state = applyModel(state, withRebuilds({ ...busy, builds: [] }, [followedOf(steps[1] ?? log.rebuild)]));
    expect(state.ui.selected).toBe(keyOf('a'));
    expect(why(state, 'k')).toBe('it has failed: nothing of it runs');
  });
});

describe('folding', () => {
  test('left closes, then goes to what is above; right opens', () => {
    const state = at(tree(), keyOf('system-path'));
    const closed = pressed(state, 'left');
    expect(rowNames(closed)).not.toContain('firefox-130.0');
    expect(closed.ui.selected).toBe(keyOf('system-path'));
    const above = pressed(closed, 'left');
    expect(above.ui.selected).toBe(keyOf('nixos-system-box-24.11'));
    expect(rowNames(pressed(closed, 'right'))).toEqual(rowNames(state));
  });

  test('what is only counted opens, and stays open', () => {
    const state = at(tree(), `more below ${keyOf('python3-3.12.6-env')}`);
    const open = pressed(state, '+');
    expect(rowNames(open)).toContain(keyOf('python3.12-module-33-1.33'));
    const later = applyModel(open, { ...box, rebuilds: box.rebuilds.map((one) => ({ ...one })) });
    expect(rowNames(later)).toContain(keyOf('python3.12-module-33-1.33'));
    expect(rowNames(pressed(open, '-'))).toEqual(rowNames(state));
  });

  test('a build has its processes below it, as ever', () => {
    const state = pressed(at(tree(), identityKey(firefox)), 'right');
    expect(rowNames(state)).toContain('  make');
    expect(rowNames(pressed(state, 'left'))).toEqual(rowNames(tree()));
    expect(pressed(state, 'left', 'left').ui.selected).toBe(keyOf('system-path'));
  });

  test('what was opened is forgotten with its rebuild', () => {
    const state = pressed(at(tree(), keyOf('system-path')), 'left');
    expect(state.ui.folded.size).toBe(1);
    expect(applyModel(state, busy).ui.folded.size).toBe(0);
  });

  test('where nothing is below, the key says so', () => {
    expect(why(at(tree(), keyOf('unit-nginx.service')), '+')).toBe('nothing is below it');
  });
});

describe('search and filter', () => {
  test('a search finds lines, a filter what is not even open', () => {
    const found = pressed(tree(), '/', ...'openblas', 'enter');
    expect(found.ui.selected).toBe(keyOf('openblas-0.3.28'));
    const hidden = pressed(tree(), '/', ...'module-3');
    expect(hidden.ui.notice?.text).toBe('no match for "module-3" in what is open: \\ looks into the rest');
    const filtered = pressed(tree(), '\\', ...'module-3', 'enter');
    expect(rowNames(filtered)).toEqual([
      'rebuild command stream',
      ...['3-1.3', '30-1.30', '31-1.31', '32-1.32', '33-1.33'].map((one) =>
        keyOf(`python3.12-module-${one}`),
      ),
    ]);
    expect(rowNames(pressed(tree(), '\\', ...'linux', 'enter'))).toEqual([
      'rebuild command stream',
      'linux-6.11.3',
      keyOf('initrd-linux-6.11.3'),
    ]);
  });
});

describe('actions', () => {
  test('act on the build that has processes', () => {
    const state = pressed(at(tree(), identityKey(firefox)), 'k');
    expect(state.ui.modes.at(-1)).toMatchObject({
      kind: 'confirm',
      intent: { type: 'kill', targets: [{ root: { pid: firefox.pid } }] },
    });
  });

  test.each([
    ['rebuild command stream', 'this is the whole rebuild: select a build of it (c cancels it)'],
    [keyOf('system-path'), 'it is not being built yet'],
    [keyOf('openblas-0.3.28'), 'it has failed: nothing of it runs'],
    [keyOf('unit-nginx.service'), 'it waits, nothing of it runs yet'],
    [`transfers of command stream`, 'this is no build'],
  ])('%s: kill, pause, tag and details say why not', (key, reason) => {
    for (const name of ['k', 'p', 'space']) expect(why(at(tree(), key), name)).toBe(reason);
    if (key !== keyOf('openblas-0.3.28')) expect(why(at(tree(), key), 'enter')).toBe(reason);
  });

  test('what failed has details, and its log', () => {
    const state = pressed(at(tree(), keyOf('openblas-0.3.28')), 'enter');
    expect(state.ui.modes.at(-1)).toMatchObject({ kind: 'details' });
    expect(pressed(state, 'l').log?.of).toMatchObject({ kind: 'build', drv: drvOf('openblas-0.3.28') });
    const overview = pressed({ ...stateOf(box), ui: { ...initialUi } }, 'end');
    expect(pressed(overview, 'l').log?.of).toMatchObject({ drv: drvOf('openblas-0.3.28') });
  });

  test('the rebuild is cancelled by its client', () => {
    for (const key of ['rebuild command stream', keyOf('system-path')]) {
      const state = pressed(at(tree(), key), 'c');
      expect(state.ui.modes.at(-1)).toMatchObject({
        kind: 'confirm',
        intent: { type: 'cancel', clients: [{ process: { pid: 800 } }] },
      });
    }
    const gone = withRebuilds({ ...busy, clients: [] }, [followedOf(boxRebuild)], boxDerivations);
    expect(why(at(tree(gone), 'rebuild command stream'), 'c')).toBe('its client is not seen');
  });

  test('tags are of builds, and go on to the next build', () => {
    const state = pressed(at(tree(), identityKey(firefox)), 'space');
    expect([...state.ui.tagged]).toEqual([identityKey(firefox)]);
    expect(state.ui.selected).toBe(identityKey(chromium));
  });

  test('the columns do not sort it', () => {
    expect(why(tree(), '<')).toBe('a tree has its own order: failed, running, waiting, planned');
    expect(why(stateOf(busy, { ui }), '<')).toBeUndefined();
  });
});
