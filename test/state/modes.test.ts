import { describe, expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { applyModel } from '../../src/state/apply-model.ts';
import { helpOf } from '../../src/state/situation.ts';
import { buildOf, busy, calm, processOf } from '../support/model-fixture.ts';
import { pressed, rowNames, selectedName, stateOf } from './support.ts';

const names = ['webkit', 'firefox', 'linux', 'firefox-esr', 'hello'];
const model: Model = {
  ...calm,
  builds: names.map((name, i) =>
    buildOf({
      pid: 100 * (i + 1),
      name,
      user: `nixbld${i}`,
      now: i === 4 ? 'Configure' : 'cc1plus',
      residentBytes: 1000 - i,
      tree: [
        processOf({ pid: 100 * (i + 1), comm: 'bash', command: 'bash' }),
        processOf({ pid: 100 * (i + 1) + 1, comm: 'ld', command: `ld -o lib${name}.so` }),
      ],
    }),
  ),
};
const state = stateOf(model);

describe('search', () => {
  test('goes to the first match while one types, from where it began', () => {
    const typing = pressed(state, '/', 'f', 'i', 'r');
    expect(selectedName(typing)).toBe('firefox');
    expect(typing.layout.promptRows).toBe(1);
    expect(selectedName(pressed(typing, 'e', 'f', 'o', 'x', '-'))).toBe('firefox-esr');
    expect(selectedName(pressed(typing, 'backspace', 'backspace', 'backspace'))).toBeNull();
  });

  test('case does not matter; users and what a build does are found too', () => {
    expect(selectedName(pressed(state, '/', 'L', 'I', 'N'))).toBe('linux');
    expect(selectedName(pressed(state, '/', ...'nixbld3'))).toBe('firefox-esr');
    expect(selectedName(pressed(state, '/', ...'configure'))).toBe('hello');
  });

  test('Enter keeps it, n and N go round', () => {
    const kept = pressed(state, '/', 'f', 'i', 'r', 'enter');
    expect(kept.ui.modes).toHaveLength(1);
    expect(selectedName(pressed(kept, 'n'))).toBe('firefox-esr');
    expect(selectedName(pressed(kept, 'n', 'n'))).toBe('firefox');
    expect(selectedName(pressed(kept, 'N'))).toBe('firefox-esr');
  });

  test('up and down while typing go to other matches', () => {
    expect(selectedName(pressed(state, '/', 'f', 'i', 'r', 'down'))).toBe('firefox-esr');
    expect(selectedName(pressed(state, '/', 'f', 'i', 'r', 'up'))).toBe('firefox-esr');
  });

  test('Esc goes back to where it began', () => {
    const before = pressed(state, 'end');
    const back = pressed(before, '/', 'f', 'i', 'r', 'escape');
    expect(selectedName(back)).toBe('hello');
    expect(back.ui.search).toBe('');
  });

  test('no match says so and keeps the selection; the next key takes the notice away', () => {
    const none = pressed(state, 'end', '/', 'x', 'y');
    expect(selectedName(none)).toBe('hello');
    expect(none.ui.notice).toEqual({ text: 'no match for "xy"', level: 'warning' });
    expect(pressed(none, 'escape').ui.notice).toBeNull();
  });
});

describe('filter', () => {
  test('works while one types, and Enter keeps it', () => {
    const typing = pressed(state, '\\', ...'fire');
    expect(rowNames(typing)).toEqual(['firefox', 'firefox-esr']);
    expect(rowNames(pressed(typing, 'enter'))).toEqual(['firefox', 'firefox-esr']);
  });

  test('Esc goes back to the filter before', () => {
    const kept = pressed(state, '\\', ...'fox', 'enter');
    const edited = pressed(kept, '\\', '-');
    expect(rowNames(edited)).toEqual(['firefox-esr']);
    expect(rowNames(pressed(edited, 'escape'))).toEqual(['firefox', 'firefox-esr']);
    expect(rowNames(pressed(kept, 'escape'))).toHaveLength(5);
  });

  test('a build whose processes match stays, unfolded with those only', () => {
    const unfolded = pressed(state, 'home', '+', '\\', ...'libwebkit');
    expect(rowNames(unfolded)).toEqual(['webkit', '  ld']);
  });

  test('the selection stays on a row that is shown', () => {
    expect(selectedName(pressed(state, 'home', '\\', ...'linux'))).toBe('linux');
    expect(selectedName(pressed(state, 'home', '\\', ...'nothing'))).toBeNull();
  });

  test('editing: a character with its marks, a word, everything', () => {
    const typed = pressed(state, '\\', ...'one two', 'e', '\u0301');
    expect(pressed(typed, 'backspace').ui.filter).toBe('one two');
    expect(pressed(typed, 'ctrl-w').ui.filter).toBe('one ');
    expect(pressed(typed, 'ctrl-w', 'ctrl-w').ui.filter).toBe('');
    expect(pressed(typed, 'ctrl-u').ui.filter).toBe('');
    expect(pressed(typed, 'ctrl-u', 'backspace').ui.filter).toBe('');
    const emoji = pressed(state, '\\', 'a', '🙂', 'backspace');
    expect(emoji.ui.filter).toBe('a');
  });

  test('new builds are filtered as they come', () => {
    const filtered = pressed(state, '\\', ...'fire', 'enter');
    const more = { ...model, builds: [...model.builds, buildOf({ pid: 900, name: 'firefly' })] };
    expect(rowNames(applyModel(filtered, more))).toContain('firefly');
  });
});

describe('help', () => {
  const help = pressed(state, 'home', '?');

  test('scrolls within its lines', () => {
    const end = pressed(help, 'end');
    const top = end.ui.modes.at(-1);
    const scroll = top?.kind === 'help' ? top.scroll : -1;
    expect(scroll).toBe(Math.max(0, helpOf(end).length - end.layout.bodyRows));
    expect(pressed(end, 'down', 'pagedown').ui.modes.at(-1)).toEqual(top);
    expect(pressed(help, 'down', 'up', 'up').ui.modes.at(-1)).toMatchObject({ scroll: 0 });
  });

  test('is filtered by what is typed; Esc drops the filter, then leaves', () => {
    const typed = pressed(help, '/', ...'quit', 'q');
    expect(typed.ui.modes.at(-1)).toEqual({ kind: 'help', filter: 'quitq', typing: true, scroll: 0 });
    const kept = pressed(typed, 'backspace', 'enter');
    const found = helpOf(kept).flatMap((line) => (line.kind === 'command' ? [line.title] : []));
    expect(found.length).toBeGreaterThan(1);
    for (const title of found) expect(title.toLowerCase()).toContain('quit');
    expect(pressed(typed, 'escape').ui.modes.at(-1)).toMatchObject({ filter: '', typing: false });
    expect(pressed(typed, 'escape', 'escape').ui.modes).toHaveLength(1);
    expect(pressed(kept, 'q').ui.modes).toHaveLength(1);
  });

  test('says what is blocked in the mode below it', () => {
    const line = (from: typeof state) =>
      helpOf(from).find((line) => line.kind === 'command' && line.title === 'Details of the selected build');
    expect(line(help)).toMatchObject({ blocked: null });
    expect(line(pressed(stateOf({ ...model, builds: [] }), '?'))).toMatchObject({
      blocked: 'there is no build',
    });
  });
});

describe('details', () => {
  test('show the build of the selected row, and stay with it by identity', () => {
    const details = pressed(state, 'home', '+', 'down', 'enter');
    expect(details.ui.modes.at(-1)).toEqual({ kind: 'details', build: '100:1000', scroll: 0 });
    const later = applyModel(details, { ...model, builds: model.builds.slice(1) });
    expect(later.ui.modes.at(-1)).toMatchObject({ build: '100:1000' });
    expect(pressed(later, 'down', 'end', 'q').ui.modes).toHaveLength(1);
  });

  test('scroll through the processes', () => {
    const tree = Array.from({ length: 100 }, (_, i) => processOf({ pid: 100 + i }));
    const large = { ...model, builds: [buildOf({ pid: 100, tree })] };
    const end = pressed(stateOf(large), 'home', 'enter', 'end');
    expect(end.ui.modes.at(-1)).toMatchObject({ scroll: 100 - end.layout.processRows });
    const shrunk = applyModel(end, { ...model, builds: [buildOf({ pid: 100, tree: tree.slice(0, 5) })] });
    expect(shrunk.ui.modes.at(-1)).toMatchObject({ scroll: 0 });
  });

  test('a view key leaves them', () => {
    const view = pressed(state, 'home', 'enter', '2');
    expect(view.ui).toMatchObject({ view: 'builds', modes: [{ kind: 'normal' }] });
  });
});

describe('views', () => {
  test('Tab goes round, Shift-Tab back, numbers directly', () => {
    const through = [
      ...Array.from({ length: 8 }, () => 'tab'),
      ...['shift-tab', '1', '3', '4', '5', '6', '7', '8'],
    ];
    let next = state;
    const seen = through.map((key) => {
      next = pressed(next, key);
      return next.ui.view;
    });
    expect(seen.join(' ')).toBe(
      'builds disks history generations diagnosis journal caches overview caches ' +
        'overview disks history generations diagnosis journal caches',
    );
  });

  test('in the disks view the arrows select a disk', () => {
    const disks = pressed(stateOf(busy), '3', 'down');
    expect(disks.ui.selectedDisk).toBe(busy.disks[0]?.device);
    expect(pressed(disks, 'down').ui.selectedDisk).toBe(busy.disks[1]?.device);
    expect(pressed(disks, 'end').ui.selectedDisk).toBe(busy.disks.at(-1)?.device);
    expect(pressed(disks, 'end', 'home').ui.selectedDisk).toBe(busy.disks[0]?.device);
    expect(disks.ui.selected).toBeNull();
    expect(pressed(disks, 'space').ui.notice?.text).toContain('only in views 1 and 2');
  });
});

describe('freeze', () => {
  const other = { ...model, timeMs: 1, builds: model.builds.slice(0, 1) };

  test('the screen stands still while the model goes on', () => {
    const frozen = pressed(state, 'home', 'z');
    const later = applyModel(frozen, other);
    expect(later.model).toBe(other);
    expect(later.rows).toBe(frozen.rows);
    expect(later.ui).toBe(frozen.ui);
    expect(later.layout).toBe(frozen.layout);
    expect(rowNames(pressed(later, 'z'))).toEqual(['webkit']);
  });

  test('one can still move, filter and unfold in what is frozen', () => {
    const later = applyModel(pressed(state, 'z'), other);
    expect(rowNames(pressed(later, '\\', ...'fire'))).toEqual(['firefox', 'firefox-esr']);
    expect(selectedName(pressed(later, 'end'))).toBe('hello');
  });
});
