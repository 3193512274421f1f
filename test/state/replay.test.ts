import { describe, expect, test } from 'vitest';
import { dispatch } from '../../src/commands/dispatch.ts';
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import type { ReplayState } from '../../src/model/past/replay.ts';
import { applyStep } from '../../src/state/apply-step.ts';
import { changeReplay, liveText, showMoment } from '../../src/state/replay.ts';
import { situationOf } from '../../src/state/situation.ts';
import type { State } from '../../src/state/state.ts';
import { journalEntry } from '../support/journal-entry.ts';
import { busy, calm } from '../support/model-fixture.ts';
import { replayOf } from '../support/replay-fixture.ts';
import { pressed, stateOf } from './support.ts';

const actor = {
  uid: 0,
  privileged: true,
  signalsAll: true,
  systemd: null,
  barred: 'this is a recording',
} as const;
const recorded = (over: Partial<ReplayState> = {}) => stateOf(busy, { replay: replayOf(over), actor });

function stepOf(state: State, name: string) {
  return dispatch({ name }, situationOf(state));
}

describe('keys', () => {
  test.each([
    ['space', { kind: 'play' }],
    ['t', { kind: 'sample', by: 1 }],
    ['T', { kind: 'sample', by: -1 }],
    ['<', { kind: 'speed', by: -1 }],
    ['>', { kind: 'speed', by: 1 }],
    ['e', { kind: 'event', by: 1 }],
    ['E', { kind: 'event', by: -1 }],
  ])('%s in a recording', (key, order) => {
    expect(stepOf(recorded(), key)).toEqual({ type: 'replay', order });
    expect(stepOf(pressed(recorded(), 'down', 'enter'), key)).toEqual({ type: 'replay', order });
  });

  test.each([
    ['space', 'tag'],
    ['<', 'sort'],
    ['>', 'sort'],
    ['b', 'go-back'],
  ])('%s live: as ever', (key, type) => {
    const live = stateOf(busy, { health: { recorder: { ...recorder, state: 'recording' } } });
    expect(stepOf(live, key)).toMatchObject({ type });
  });

  test.each(['t', 'T', 'j', 'J', 'e', 'E'])('%s live says why not', (key) => {
    expect(stepOf(stateOf(busy), key)).toMatchObject({
      type: 'notify',
      text: expect.stringContaining('only in a recording'),
    });
  });

  test('b says when nothing is recorded', () => {
    expect(stepOf(stateOf(busy), 'b')).toMatchObject({
      text: expect.stringContaining('nothing is recorded'),
    });
  });

  test.each(['k', 'K', 'p', 'c', 'C', 'D', 'V', 'R', 'g', 'G', 'F'])('%s changes nothing', (key) => {
    const step = stepOf(pressed(recorded(), '5'), key);
    expect(step?.type).toMatch(/^(?:notify|view)$/);
    if (step?.type === 'notify') expect(step.text).toMatch(/this is a recording|only in views?/);
  });

  test('z is blocked: Space pauses', () => {
    expect(stepOf(recorded(), 'z')).toMatchObject({ text: expect.stringContaining('Space') });
  });

  test('Esc drops the filter first, then returns; without a live dashboard it never leaves', () => {
    const live = recorded({ canReturn: true });
    const filtered = pressed(live, '\\', 'f', 'enter');
    expect(stepOf(filtered, 'escape')).toEqual({ type: 'leave' });
    expect(stepOf(pressed(filtered, 'escape'), 'escape')).toEqual({ type: 'return' });
    expect(stepOf(live, 'b')).toEqual({ type: 'return' });
    expect(stepOf(recorded(), 'escape')).toEqual({ type: 'leave' });
    expect(stepOf(recorded(), 'b')).toMatchObject({ type: 'notify' });
  });
});

const recorder = {
  state: 'off',
  reason: null,
  dropped: 0,
  behind: false,
  writtenBytes: 0,
} as ReturnType<typeof stateOf>['health']['recorder'];

describe('a time is typed', () => {
  const type = (state: State, text: string) => pressed(state, ...text);

  test('j, an offset, Enter: the time is ordered and the line closes', () => {
    const typed = type(pressed(recorded(), 'j'), '+90s');
    expect(typed.layout.promptRows).toBe(1);
    const step = stepOf(typed, 'enter');
    expect(step).toEqual({ type: 'replay', order: { kind: 'time', at: replayOf().atMs + 90_000 } });
    expect(applyStep(typed, step as NonNullable<typeof step>).ui.modes).toEqual([{ kind: 'normal' }]);
  });

  test('J goes back', () => {
    const step = stepOf(type(pressed(recorded(), 'J'), '60'), 'enter');
    expect(step).toEqual({ type: 'replay', order: { kind: 'time', at: replayOf().atMs - 60_000 } });
  });

  test('J has typed the sign: a second one is dropped, whichever', () => {
    for (const text of ['-10m', '+10m']) {
      expect(type(pressed(recorded(), 'J'), text).ui.modes.at(-1)).toEqual({ kind: 'jump', text: '-10m' });
    }
    expect(type(pressed(recorded(), 'j'), '2026-11-20').ui.modes.at(-1)).toMatchObject({
      text: '2026-11-20',
    });
  });

  test.each(['', '25:99', 'tomorrow', '2020-01-01'])('%j: says why, and stays', (text) => {
    const typed = type(pressed(recorded(), 'j'), text);
    const after = pressed(typed, 'enter');
    expect(after.ui.modes.at(-1)).toEqual({ kind: 'jump', text });
    expect(after.ui.notice?.text).toMatch(/a time is|no such time|not recorded/);
    expect(pressed(after, 'escape').ui.modes).toHaveLength(1);
  });

  test('letters are text there, and it is bounded', () => {
    const typed = type(pressed(recorded(), 'j'), 'q'.repeat(99));
    expect(typed.ui.modes.at(-1)).toEqual({ kind: 'jump', text: 'q'.repeat(40) });
    expect(pressed(typed, 'ctrl-u').ui.modes.at(-1)).toEqual({ kind: 'jump', text: '' });
  });
});

describe('a moment', () => {
  const timeMs = replayOf().atMs;
  const events: readonly RecordedEvent[] = [
    { kind: 'action', timeMs: timeMs - 5000, entry: journalEntry({ title: 'kill a' }) },
    {
      kind: 'alert',
      timeMs: timeMs - 2000,
      event: {
        timeMs: timeMs - 2000,
        kind: 'pressure',
        level: 'critical',
        resource: 'memory',
        line: 'full',
        percent: 50,
      },
    },
    { kind: 'alert', timeMs, event: { timeMs, kind: 'foreign', was: 'build-ended', level: 'ok', text: 'x' } },
    { kind: 'action', timeMs: timeMs + 5000, entry: journalEntry({ title: 'kill b' }) },
  ];
  const show = (state: State, atMs: number) => {
    const { history, track } = state;
    return showMoment(state, { model: calm, history, track, replay: replayOf({ atMs }), events });
  };

  test('the journal has what was known by then, and nothing later', () => {
    const titles = ({ journal }: State) =>
      journal.rows.map((row) => (row.kind === 'action' ? row.entry.title : row.event.kind));
    const shown = show(recorded(), timeMs);
    expect(titles(shown).toSorted()).toEqual(['kill a', 'pressure']);
    expect(titles(show(shown, timeMs + 9000))).toContain('kill b');
    expect(titles(show(shown, timeMs - 9000))).toEqual([]);
    expect(show(shown, timeMs + 100).journal).toBe(shown.journal);
  });

  test('what did not change keeps its reference', () => {
    const state = recorded();
    expect(changeReplay(state, { playing: state.replay?.playing ?? false })).toBe(state);
    expect(changeReplay(stateOf(busy), { playing: true }).replay).toBeNull();
    expect(changeReplay(state, { playing: true }).rows).toBe(state.rows);
  });
});

test('of the live machine one is told what is critical, what runs, what is paused', () => {
  expect(liveText(stateOf(calm))).toBeNull();
  expect(liveText(stateOf(busy))).toContain('memory critical');
});
