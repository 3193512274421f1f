/** The cursor before anything is selected: it stands on the top row, and keys act on what is drawn there. */
import { describe, expect, test } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import type { Build } from '../../src/model/model.ts';
import { applyModel, resizeTerminal } from '../../src/state/apply-model.ts';
import { cursorRow, topMode } from '../../src/state/selectors.ts';
import type { State } from '../../src/state/state.ts';
import { buildOf, calm, processOf } from '../support/model-fixture.ts';
import { buildOfRow, pressed, selectedName, stateOf } from './support.ts';

const mib = 2 ** 20;
const named = (pid: number, name: string, size: number): Build =>
  buildOf({ pid, name, residentBytes: size * mib, tree: [processOf({ pid, comm: name })] });
const firefox = named(100, 'firefox', 900);
const linux = named(200, 'linux', 500);
const model = (...builds: readonly Build[]) => ({ ...calm, builds });
const start = stateOf(model(firefox, linux));
/** Linux grows above firefox. */
const sorted = (state: State) => applyModel(state, model(firefox, { ...linux, residentBytes: 2000 * mib }));
const atCursor = (state: State) => buildOfRow(cursorRow(state) ?? undefined)?.name ?? null;
const asked = (state: State) => {
  const top = topMode(state);
  return top.kind === 'confirm' && top.intent.type === 'kill' ? top.intent.targets : [];
};

test('it stays at the top row while the list is sorted anew, until one moves', () => {
  expect(atCursor(start)).toBe('firefox');
  expect(atCursor(sorted(start))).toBe('linux');
  const moved = pressed(start, 'up');
  expect(atCursor(sorted(moved))).toBe('firefox');
  expect(atCursor(pressed(sorted(moved), 'escape'))).toBe('linux');
});

test('there is none where no row is on the screen', () => {
  expect(atCursor(stateOf(model()))).toBeNull();
  expect(atCursor(pressed(start, '\\', ...'nothing', 'enter'))).toBeNull();
  const tiny = resizeTerminal(start, 30, 4);
  expect([tiny.layout.listRows, atCursor(tiny)]).toEqual([0, null]);
  expect(pressed(tiny, 'k').ui.notice?.text).toContain('select a build first');
});

describe('keys act on the build that was there when they were pressed', () => {
  test('k asks about it, and goes on asking about it', () => {
    const question = pressed(start, 'k');
    expect(asked(question)).toMatchObject([{ name: 'firefox' }]);
    const later = sorted(question);
    expect(asked(later)).toMatchObject([{ name: 'firefox' }]);
    expect(atCursor(later)).toBe('firefox');
    expect(asked(pressed(sorted(start), 'k'))).toMatchObject([{ name: 'linux' }]);
  });

  test('Enter opens its details', () => {
    expect(topMode(pressed(start, 'enter'))).toMatchObject({ kind: 'details', build: identityKey(firefox) });
  });

  test('what a key did, the same build has done back', () => {
    const unfolded = sorted(pressed(start, '+'));
    expect([...unfolded.ui.unfolded]).toEqual([identityKey(firefox)]);
    expect(pressed(unfolded, '-').ui.unfolded.size).toBe(0);
    expect(atCursor(sorted(pressed(start, 'p')))).toBe('firefox');
    expect(atCursor(sorted(pressed(start, 'enter', 'escape')))).toBe('firefox');
  });

  test('Space tags it and goes on', () => {
    const tagged = pressed(start, 'space');
    expect([...tagged.ui.tagged]).toEqual([identityKey(firefox)]);
    expect(selectedName(tagged)).toBe('linux');
  });

  test('a screen that stands still: what it shows, not what there is by now', () => {
    expect(asked(pressed(sorted(pressed(start, 'z')), 'k'))).toMatchObject([{ name: 'firefox' }]);
  });

  test('a question about another build leaves it where it is', () => {
    expect(pressed(start, 'K', 'n').ui.selected).not.toBe(identityKey(linux));
    expect(pressed(start, 'C', 'n').ui.selected).toBeNull();
  });
});
