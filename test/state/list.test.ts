import { describe, expect, test } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import type { Build, Model } from '../../src/model/model.ts';
import { sortIds } from '../../src/model/ui/build-list.ts';
import { applyModel, resizeTerminal } from '../../src/state/apply-model.ts';
import { buildOf, calm, processOf } from '../support/model-fixture.ts';
import { pressed, rowNames, selectedName, stateOf } from './support.ts';

const build = (pid: number, name: string, residentMiB: number | null, over: Partial<Build> = {}): Build =>
  buildOf({
    pid,
    name,
    residentBytes: residentMiB === null ? null : residentMiB * 2 ** 20,
    tree: [
      processOf({ pid, comm: 'bash', command: 'bash -e builder.sh' }),
      processOf({ pid: pid + 1, ppid: pid, depth: 1, comm: `cc-${name}`, command: `cc -c ${name}.c` }),
    ],
    ...over,
  });
const model = (...builds: readonly Build[]): Model => ({ ...calm, builds });

const firefox = build(100, 'firefox', 3000, { cpuPercent: 100 });
const linux = build(200, 'linux', 500, { cpuPercent: 400 });
const hello = build(300, 'hello', 10, { cpuPercent: null });
const three = model(hello, firefox, linux);

describe('order', () => {
  test('by RSS, largest first', () => {
    expect(rowNames(stateOf(three))).toEqual(['firefox', 'linux', 'hello']);
  });

  test('inverted, unknown stays last', () => {
    const state = stateOf(model(hello, firefox, build(400, 'mystery', null), linux));
    expect(rowNames(state)).toEqual(['firefox', 'linux', 'hello', 'mystery']);
    expect(rowNames(pressed(state, 'I'))).toEqual(['hello', 'linux', 'firefox', 'mystery']);
  });

  test('< and > walk through the columns and stop at the ends', () => {
    let state = stateOf(three);
    for (let i = 0; i < 10; i += 1) state = pressed(state, '<');
    expect(state.ui.sort).toBe('name');
    expect(rowNames(state)).toEqual(['firefox', 'hello', 'linux']);
    for (let i = 0; i < 10; i += 1) state = pressed(state, '>');
    expect(state.ui.sort).toBe(sortIds.at(-1));
  });

  test('F6: a menu; Enter chooses, Esc does not', () => {
    const open = pressed(stateOf(three), 'f6', 'left');
    expect(open.ui.modes.at(-1)).toEqual({ kind: 'sort', cursor: sortIds.indexOf('cpu') });
    expect(open.layout.promptRows).toBe(1);
    expect(rowNames(pressed(open, 'enter'))).toEqual(['linux', 'firefox', 'hello']);
    expect(pressed(open, 'enter').ui.modes).toHaveLength(1);
    expect(pressed(open, 'escape').ui.sort).toBe('resident');
  });

  test('equal rows keep their places', () => {
    const a = build(10, 'a', 5);
    const b = build(20, 'b', 5);
    expect(rowNames(stateOf(model(b, a)))).toEqual(['a', 'b']);
    expect(rowNames(pressed(stateOf(model(b, a)), 'I'))).toEqual(['a', 'b']);
  });
});

describe('selection', () => {
  test('nothing is selected until one moves, from the top', () => {
    const state = stateOf(three);
    expect(selectedName(state)).toBeNull();
    expect(selectedName(pressed(state, 'down'))).toBe('linux');
    expect(selectedName(pressed(state, 'down', 'down'))).toBe('hello');
    expect(selectedName(pressed(state, 'up'))).toBe('firefox');
    expect(selectedName(pressed(state, 'end'))).toBe('hello');
    expect(selectedName(pressed(state, 'end', 'home'))).toBe('firefox');
  });

  test('it stops at the ends', () => {
    expect(selectedName(pressed(stateOf(three), 'home', 'up', 'up'))).toBe('firefox');
    expect(selectedName(pressed(stateOf(three), 'end', 'down', 'pagedown'))).toBe('hello');
  });

  test('it follows its build while rows move', () => {
    const state = pressed(stateOf(three), 'down');
    const moved = applyModel(state, model({ ...linux, residentBytes: 2 ** 40 }, firefox, hello));
    expect(rowNames(moved)).toEqual(['linux', 'firefox', 'hello']);
    expect(selectedName(moved)).toBe('linux');
  });

  test('a reused pid is not the same build', () => {
    const state = pressed(stateOf(three), 'home');
    const other = build(100, 'other', 1, { startTime: 999_999 });
    expect(selectedName(applyModel(state, model(other, linux, hello)))).toBe('linux');
  });

  test('when its build ends, the row that takes its place', () => {
    const state = pressed(stateOf(three), 'down');
    expect(selectedName(applyModel(state, model(firefox, hello)))).toBe('hello');
    expect(selectedName(applyModel(state, model(firefox)))).toBe('firefox');
    expect(selectedName(applyModel(state, model()))).toBeNull();
    expect(applyModel(state, model()).ui.selected).toBeNull();
  });

  test('Esc gives it up, after filter and search', () => {
    const state = pressed(stateOf(three), 'down', '\\', 'l', 'enter', '/', 'l', 'enter');
    expect(state.ui).toMatchObject({ filter: 'l', search: 'l' });
    const once = pressed(state, 'escape');
    expect(once.ui).toMatchObject({ filter: '', search: 'l' });
    const twice = pressed(once, 'escape');
    expect(twice.ui.search).toBe('');
    expect(twice.ui.selected).not.toBeNull();
    expect(pressed(twice, 'escape').ui.selected).toBeNull();
  });
});

describe('scrolling', () => {
  const many = model(...Array.from({ length: 100 }, (_, i) => build(1000 + i * 10, `b${i}`, 1000 - i)));
  const small = { terminal: { columns: 80, rows: 24, unicode: true, color: true } };
  const visible = (state: ReturnType<typeof stateOf>) => {
    const index = state.rows.findIndex(({ key }) => key === state.ui.selected);
    return index >= state.ui.scroll && index < state.ui.scroll + state.layout.listRows;
  };

  test('the selection stays on the screen, whatever is pressed', () => {
    let state = stateOf(many, small);
    for (const key of ['pagedown', 'pagedown', 'end', 'up', 'pageup', 'home', 'down', '+', 'end', '-', 'I']) {
      state = pressed(state, key);
      expect(visible(state), key).toBe(true);
    }
  });

  test('and while rows move, end, or the terminal shrinks', () => {
    const state = pressed(stateOf(many, small), 'pagedown', 'pagedown', 'down');
    const turned = applyModel(
      state,
      model(...many.builds.map((b, i) => ({ ...b, residentBytes: i * 2 ** 20 }))),
    );
    expect(turned.ui.selected).toBe(state.ui.selected);
    expect(visible(turned)).toBe(true);
    const shrunk = resizeTerminal(turned, 60, 12);
    expect(shrunk.layout.listRows).toBeLessThan(turned.layout.listRows);
    expect(visible(shrunk)).toBe(true);
    const fewer = applyModel(state, model(...many.builds.slice(0, 3)));
    expect(fewer.ui.scroll).toBe(0);
  });

  test('without a selection the list stays at its top', () => {
    const state = stateOf(many, small);
    expect(applyModel(state, model(...many.builds.toReversed())).ui.scroll).toBe(0);
    const end = pressed(state, 'end');
    expect(end.ui.scroll).toBeGreaterThan(0);
    expect(pressed(end, 'escape').ui.scroll).toBe(0);
  });
});

describe('the tree', () => {
  test('+ shows the processes of a build, - hides them', () => {
    const state = pressed(stateOf(three), 'home', '+');
    expect(rowNames(state)).toEqual(['firefox', '  bash', '  cc-firefox', 'linux', 'hello']);
    expect(new Set(state.rows.map(({ key }) => key)).size).toBe(5);
    expect(rowNames(pressed(state, '-'))).toEqual(['firefox', 'linux', 'hello']);
  });

  test('- on a process goes to its build', () => {
    const state = pressed(stateOf(three), 'home', 'right', 'down', 'down');
    expect(selectedName(state)).toBe('cc-firefox');
    expect(selectedName(pressed(state, 'left'))).toBe('firefox');
  });

  test('a process that ends leaves the selection to its neighbour, the last one to the build', () => {
    const state = pressed(stateOf(three), 'home', '+', 'down', 'down');
    const [root] = firefox.tree;
    const one = applyModel(state, model({ ...firefox, tree: root ? [root] : [] }, linux, hello));
    expect(selectedName(one)).toBe('firefox');
    const none = applyModel(one, model({ ...firefox, tree: [] }, linux, hello));
    expect(selectedName(none)).toBe('firefox');
  });

  test('marks of builds that ended are forgotten', () => {
    const state = pressed(stateOf(three), 'home', '+', 'space', 'end', 'space');
    expect([state.ui.unfolded.size, state.ui.tagged.size]).toEqual([1, 2]);
    const after = applyModel(state, model(linux, hello));
    expect([after.ui.unfolded.size, after.ui.tagged.size]).toEqual([0, 1]);
  });
});

describe('tags', () => {
  test('Space tags and goes on; on a process it tags its build; u untags all', () => {
    const state = pressed(stateOf(three), 'home', 'space', 'space');
    expect([...state.ui.tagged]).toEqual([identityKey(firefox), identityKey(linux)]);
    expect(selectedName(state)).toBe('hello');
    const process = pressed(stateOf(three), 'home', '+', 'down', 'space');
    expect([...process.ui.tagged]).toEqual([identityKey(firefox)]);
    expect(pressed(state, 'home', 'space').ui.tagged.size).toBe(1);
    const unfolded = pressed(stateOf(three), 'home', '+', 'space', 'space');
    expect([...unfolded.ui.tagged]).toEqual([identityKey(firefox), identityKey(linux)]);
    expect(pressed(state, 'u').ui.tagged.size).toBe(0);
  });
});
