/** CPU and I/O rates of processes and groups: children that end, processes that come and go, counters that shrink. */
import { describe, expect, test } from 'vitest';
import { groupRates, processRates, spanOf } from '../../../src/model/forest/process-rates.ts';
import type { ProcessRaw } from '../../../src/model/sample.ts';
import { forest, later, process, started } from '../../support/forest-raw.ts';

const seconds = 2;
/** What `now` used since `before`, as one group. */
function rates(
  before: readonly ProcessRaw[],
  now: readonly ProcessRaw[],
  strangers: readonly ProcessRaw[] = [],
) {
  const first = forest([...before, ...strangers]);
  const byPid = new Map(first.processes.map((one) => [one.pid, one]));
  const span = spanOf(later(first, seconds, { processes: now }), first, byPid);
  if (span === null) throw new Error('no time passed');
  return { group: groupRates(now, before, span), each: processRates(now, span) };
}

const one = (pid: number, userTicks: number, more: Partial<ProcessRaw> = {}): ProcessRaw =>
  process({ pid, userTicks, ppid: 10, startTime: started, ...more });
/** Started within the tick. */
const fresh = { startTime: 100_050 };

describe('groups', () => {
  const make = (childUserTicks: number, userTicks = 10) => one(10, userTicks, { ppid: 1, childUserTicks });
  test.for([
    [
      'both clocks of all processes',
      [make(0), one(11, 100)],
      [make(0, 20), one(11, 250, { systemTicks: 40 })],
      100,
    ],
    ['a child ends and is waited for', [make(0), one(11, 5000)], [make(5120)], 60],
    ['a child is born and ends within the tick', [make(0)], [make(150)], 75],
    ['a child is born', [make(0)], [make(0), one(11, 120, fresh)], 60],
    ['a child ends and nobody waits', [make(0), one(11, 5000), one(12, 100)], [make(0), one(12, 180)], 40],
    [
      'a child goes to another parent that never waits',
      [make(0), one(11, 5000, { ppid: 1 })],
      [make(60)],
      30,
    ],
    [
      'parent and child end together, the grandparent waits',
      [make(0), one(11, 300, { childUserTicks: 0 }), one(12, 700, { ppid: 11 })],
      [make(1060)],
      30,
    ],
    ['counters that shrink count as nothing', [make(500, 500)], [make(100, 100)], 0],
    ['nothing happens', [make(7)], [make(7)], 0],
  ] as const)('%s', ([, before, now, percent]) => {
    expect(rates(before, now).group?.cpuPercent).toBeCloseTo(percent, 6);
  });

  test('one that was there before and joins counts from then on: no leap', () => {
    const stranger = one(20, 100_000);
    expect(rates([make(0)], [make(0), one(20, 100_100)], [stranger]).group?.cpuPercent).toBeCloseTo(50, 6);
  });
  test('one that is old but was not known has no share yet', () => {
    expect(rates([make(0)], [make(0), one(20, 100_000, { startTime: 500 })]).group?.cpuPercent).toBe(0);
  });
  test('only strangers: unknown', () => {
    expect(rates([], [one(20, 100_000, { startTime: 500 })]).group).toBeNull();
  });
  test('a pid that went to another process starts anew', () => {
    const before = [make(0), one(11, 5000)];
    const { group, each } = rates(before, [make(5000), one(11, 20, fresh)]);
    expect(group?.cpuPercent).toBeCloseTo(10, 6);
    expect(each.get(11)?.cpuPercent).toBeCloseTo(10, 6);
  });
});

describe('I/O', () => {
  const io = (pid: number, readBytes: number | null, more: Partial<ProcessRaw> = {}) =>
    one(pid, 0, { readBytes, writeBytes: readBytes, ...more });
  test.for([
    ['rises', [io(10, 1000)], [io(10, 5000)], 2000],
    ['a child ends and its parent takes over', [io(10, 0), io(11, 8000)], [io(10, 10_000)], 1000],
    ['shrinks', [io(10, 5000)], [io(10, 10)], 0],
    ['unknown stays unknown', [io(10, null)], [io(10, null)], null],
    ['known for the first time is no leap', [io(10, null)], [io(10, 5000)], null],
    ['known no more', [io(10, 5000)], [io(10, null)], null],
    ['known of one of two', [io(10, null), io(11, 0)], [io(10, null), io(11, 400)], 200],
  ] as const)('%s', ([, before, now, perSec]) => {
    const { group } = rates(before, now);
    expect(group?.readBytesPerSec).toBe(perSec);
    expect(group?.writeBytesPerSec).toBe(perSec);
  });
});

describe('single processes', () => {
  test('for themselves: children they waited for are not theirs', () => {
    const { each } = rates([one(10, 0)], [one(10, 100, { childUserTicks: 9000, systemTicks: 20 })]);
    expect(each.get(10)?.cpuPercent).toBeCloseTo(60, 6);
  });
  test('a new one counts from its start, an old one that appears has none', () => {
    const { each } = rates([], [one(11, 100, fresh), one(12, 100, { startTime: 5 })]);
    expect(each.get(11)?.cpuPercent).toBeCloseTo(50, 6);
    expect(each.has(12)).toBe(false);
  });
});

test('no time, no rates', () => {
  const raw = forest([one(1, 5)]);
  expect(spanOf(raw, raw, new Map())).toBeNull();
  expect(spanOf(later(raw, -1), raw, new Map())).toBeNull();
});
