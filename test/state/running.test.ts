import { expect, test } from 'vitest';
import { applyModel } from '../../src/state/apply-model.ts';
import { addEntries, mostEntries } from '../../src/state/journal.ts';
import { applyProgress, beginAction, endAction, joinReports } from '../../src/state/running.ts';
import { shownActions } from '../../src/state/selectors.ts';
import { journalEntry } from '../support/journal-entry.ts';
import { busy } from '../support/model-fixture.ts';
import { pressed, stateOf } from './support.ts';

const state = stateOf(busy);
const begun = beginAction(state, {
  id: 1,
  intent: { type: 'verify' },
  title: 'verify the store',
  sinceMs: busy.monotonicMs,
});

test('a long action has a row from its beginning to its end', () => {
  expect(begun.layout.runningRows).toBe(1);
  expect(endAction(begun, 1).layout).toEqual(state.layout);
});

test('a short one has none until it takes its time', () => {
  const kill = beginAction(state, {
    id: 1,
    intent: { type: 'kill', targets: [], reason: null },
    title: 'kill x',
    sinceMs: busy.monotonicMs,
  });
  expect(shownActions(kill)).toEqual([]);
  const later = applyModel(kill, { ...busy, monotonicMs: busy.monotonicMs + 500 });
  expect(later.layout.runningRows).toBe(1);
});

test('fields keep their last value, lines add up and are bounded', () => {
  const first = applyProgress(begun, new Map([[1, { text: 'a', done: 1, total: 9, lines: ['x'] }]]));
  const second = applyProgress(first, new Map([[1, { done: 2, lines: ['y'] }]]));
  expect(second.actions[0]).toMatchObject({
    progress: { text: 'a', done: 2, total: 9 },
    lines: ['x', 'y'],
  });
  const many = Array.from({ length: 900 }, (_, i) => `${i}`);
  const flooded = applyProgress(second, new Map([[1, { lines: many }]]));
  expect(flooded.actions[0]?.lines).toHaveLength(500);
  expect(flooded.actions[0]?.lines.at(-1)).toBe('899');
  expect(applyProgress(second, new Map())).toBe(second);
});

test('reports between two ticks become one', () => {
  expect(joinReports(undefined, { done: 1 })).toEqual({ done: 1 });
  expect(joinReports({ text: 'a', done: 1, lines: ['x'] }, { done: 2, lines: ['y'] })).toEqual({
    text: 'a',
    done: 2,
    lines: ['x', 'y'],
  });
});

test('the journal is bounded, newest first, and its selection follows the entry', () => {
  const entries = Array.from({ length: 250 }, (_, i) =>
    journalEntry({ time: new Date(i * 1000).toISOString(), title: `kill b${i}` }),
  );
  const filled = addEntries(state, entries);
  expect(filled.journal.entries).toHaveLength(mostEntries);
  const titles = (from: typeof state) =>
    from.journal.rows.flatMap((row) => (row.kind === 'action' ? [row.entry.title] : []));
  expect(titles(filled)[0]).toBe('kill b249');
  const chosen = pressed(filled, '7', 'down', 'down', 'down');
  expect(chosen.ui.selectedEntry).not.toBeNull();
  expect(pressed(chosen, 'home').ui.selectedEntry).toBe(chosen.journal.rows[0]?.key);
});

test('alerts of the model are in it, builds that come and go are not', () => {
  const alert = { timeMs: busy.timeMs + 1, kind: 'oom-kill', level: 'critical', count: 1 } as const;
  const noise = {
    timeMs: busy.timeMs + 2,
    kind: 'build-started',
    level: 'ok',
    pid: 1,
    startTime: 2,
    name: 'x',
    user: null,
  } as const;
  const before = state.journal.alerts.length;
  const next = applyModel(state, { ...busy, events: [...busy.events, alert, noise] });
  expect(next.journal.alerts).toHaveLength(before + 1);
  expect(next.journal.rows[0]).toMatchObject({ kind: 'alert', event: alert });
  const same = applyModel(next, { ...next.model, timeMs: busy.timeMs + 9 });
  expect(same.journal).toBe(next.journal);
});
