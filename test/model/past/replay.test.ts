/** What of a recording is marked on its time line, each moment once. */
import { expect, test } from 'vitest';
import type { ModelEvent } from '../../../src/model/model.ts';
import type { RecordedEvent } from '../../../src/model/past/recorded.ts';
import { captionAt, eachOnce, marksOf } from '../../../src/model/past/replay.ts';
import { everyEvent } from '../../support/every-event.ts';
import { journalEntry } from '../../support/journal-entry.ts';

const alert = (timeMs: number, facts: object): RecordedEvent => {
  return { kind: 'alert', timeMs, event: { timeMs, level: 'critical', ...facts } as ModelEvent };
};
const pressure = { kind: 'pressure', resource: 'memory', line: 'full', percent: 63 };
const build = { kind: 'build-ended', level: 'ok', pid: 1, startTime: 2, name: 'x', user: null, ageSec: 60 };

test('two recorders, one moment, numbers of their own: one mark', () => {
  const events = [
    alert(1000, pressure),
    alert(1400, { ...pressure, line: 'some', percent: 71 }),
    alert(2000, { kind: 'stall', device: 'sda', stalledSec: 2 }),
    alert(2600, { kind: 'stall', device: 'sda', stalledSec: 2.6 }),
    alert(5000, build),
    alert(5300, { ...build, ageSec: 60.3 }),
  ];
  expect(marksOf(events).map(({ timeMs, kind }) => [timeMs, kind])).toEqual([
    [1000, 'critical'],
    [2000, 'stall'],
    [5000, 'build-ended'],
  ]);
  expect(eachOnce(events)).toHaveLength(3);
});

test.each<[string, object, object]>([
  ['another resource', pressure, { ...pressure, resource: 'io' }],
  ['another device', { kind: 'stall', device: 'sda' }, { kind: 'stall', device: 'sdb' }],
  ['another build of that name', build, { ...build, pid: 3 }],
  ['another level', { ...pressure, level: 'warning' }, pressure],
])('not the same: %s', (_, one, other) => {
  expect(eachOnce([alert(0, one), alert(10, other)])).toHaveLength(2);
});

test('later it is another time; actions and notes are never left out', () => {
  expect(eachOnce([alert(0, pressure), alert(3000, pressure)])).toHaveLength(2);
  const action: RecordedEvent = { kind: 'action', timeMs: 5, entry: journalEntry() };
  const note: RecordedEvent = { kind: 'note', timeMs: 5, text: 'x' };
  expect(eachOnce([action, action, note, note])).toHaveLength(4);
});

test('what is marked: what one would look for, in order of time', () => {
  const marked = everyEvent.flatMap((event) =>
    marksOf([{ kind: 'alert', timeMs: 1, event }]).map(({ kind }) => [event.kind, kind]),
  );
  expect(Object.fromEntries(marked)).toEqual({
    'oom-kill': 'oom-kill',
    'oom-limit': 'critical',
    finding: 'critical',
    guard: 'action',
    killed: 'oom-kill',
    pressure: 'critical',
    stall: 'stall',
    inodes: 'critical',
    'build-ended': 'build-ended',
    foreign: 'build-ended',
  });
  const others: readonly RecordedEvent[] = [
    { kind: 'gap', timeMs: 9, fromMs: 3, samples: 1, why: 'disk too slow' },
    { kind: 'note', timeMs: 1, text: '' },
    { kind: 'note', timeMs: 2, text: 'here' },
    { kind: 'action', timeMs: 4, entry: journalEntry() },
  ];
  expect(marksOf(others).map(({ timeMs, kind }) => [timeMs, kind])).toEqual([
    [2, 'note'],
    [3, 'gap'],
    [4, 'action'],
  ]);
});

test('what has just happened is the caption, unless a note is there', () => {
  const events = [alert(1000, pressure), { kind: 'note', timeMs: 1500, text: 'look' } as const];
  const [first] = events;
  const caption = (atMs: number, some: readonly RecordedEvent[] = events) =>
    captionAt(some, marksOf(some), atMs);
  expect(caption(1200)).toEqual({ kind: 'event', event: first });
  expect(caption(1600)).toEqual({ kind: 'note', text: 'look' });
  expect(caption(9500, events.slice(0, 1))).toBeNull();
});
