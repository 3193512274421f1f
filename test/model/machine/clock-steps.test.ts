/** Suspend, NTP steps, `date`: events, and never an absurd rate. */
import { expect, test } from 'vitest';
import { eventText } from '../../../src/format/events.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { cpuRaw, diskRaw, pressureRaw, psi, run, sampleAt, wallMs } from './machine-samples.ts';

/** One tick: monotonic seconds, seconds of suspend so far, seconds that the wall clock is off. */
type Tick = readonly [monotonicSec: number, suspendedSec?: number, offSec?: number];

function eventsOf(ticks: readonly Tick[], boot = true): readonly string[] {
  const samples = ticks.map(([at, suspended = 0, off = 0]): Sample => {
    const cpu = cpuRaw({}, boot ? 100 + at + suspended : null);
    return sampleAt(at * 1000, { cpu }, wallMs + (at + suspended + off) * 1000);
  });
  return run(...samples).model.events.map((event) => `${event.kind}: ${eventText(event)}`);
}

test.each<[string, readonly Tick[], readonly string[]]>([
  ['time that just passes', [[1], [2], [3], [60]], []],
  [
    'a suspend of three hours',
    [[1], [2, 11520], [3, 11520]],
    ['suspend: the machine was suspended for 3 h 12 min'],
  ],
  [
    'two suspends',
    [[1], [2, 60], [3, 60], [4, 200], [5, 200]],
    [
      'suspend: the machine was suspended for 60 s',
      'suspend: the machine was suspended for 140 s'.replace('140 s', '2 min'),
    ],
  ],
  [
    'the clock set forward',
    [[1], [2, 0, 7200], [3, 0, 7200]],
    ['clock-jump: the clock was set forward by 2 h'],
  ],
  ['the clock set back', [[1], [2, 0, -90], [3, 0, -90]], ['clock-jump: the clock was set back by 90 s']],
  [
    'both at once',
    [[1], [2, 600, 30], [3, 600, 30]],
    ['suspend: the machine was suspended for 10 min', 'clock-jump: the clock was set forward by 30 s'],
  ],
  ['one late reading between two clocks', [[1], [2, 9, -9], [3], [4]], []],
  ['a step too small to tell', [[1], [2, 0, 1.5], [3, 0, 1.5]], []],
  ['a slow drift', Array.from({ length: 200 }, (_, i): Tick => [i, 0, i * 0.05]), []],
])('%s', (_, ticks, events) => {
  expect(eventsOf(ticks)).toEqual(events);
});

test('without boot time a jump ahead may have been sleep', () => {
  expect(eventsOf([[1], [2, 0, 3600], [3, 0, 3600]], false)).toEqual([
    'clock-jump: the clock was set forward by 60 min, or the machine slept',
  ]);
});

test('rates across a suspend and a clock jump are over monotonic time', () => {
  const at = (sec: number, timeMs: number, done: number, uptimeSec: number) =>
    sampleAt(
      sec * 1000,
      {
        cpu: cpuRaw({ user: done, idle: done }, uptimeSec),
        disks: [diskRaw({ readsDone: done })],
        pressure: pressureRaw({ io: psi(done * 1000) }),
      },
      timeMs,
    );
  const { model } = run(at(1, wallMs, 100, 100), at(2, wallMs - 86_400_000, 300, 50_000));
  expect(model.disks[0]?.readsPerSec).toBe(200);
  expect(model.pressure.io.some?.tickPercent).toBe(20);
  expect(model.cpu.userPercent).toBe(50);
  expect(model.host.uptimeSec).toBe(50_000);
});
