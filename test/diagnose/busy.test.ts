/** Builds that use CPU: loops, long computations, links, and what only looks like one of them. */
import { describe, expect, test } from 'vitest';
import type { ProcessRaw } from '../../src/model/sample.ts';
import { memoryRaw, pressureRaw, psi } from '../model/machine/machine-samples.ts';
import { result, start } from '../support/rebuild-log.ts';
import { around, asleepIn, below, firstSecond, isStuck, type Scene, shell, tell } from './story.ts';

const drv = '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-thing-1.0.drv';
/** Its log is followed and says one line, then nothing. */
const oneLine = (second: number) =>
  second === 0
    ? [start(1, 105, '', [drv, '', 1, 1]), result(1, 104, 'checkPhase'), result(1, 101, 'running tests')]
    : [];
const hourSec = 3600;

describe('busy without progress', () => {
  /** Seven threads that only hand on the CPU. */
  const yields = (second: number): Scene => ({
    processes: around([
      shell(asleepIn('do_wait', second)),
      below('python3.11', {
        state: 'R',
        threads: 8,
        userTicks: second * 690,
        systemTicks: second * 43,
        ...(second >= 120 && asleepIn(null, second, { nonvoluntarySwitches: second * 20_000 })),
      }),
    ]),
    says: oneLine(second),
  });
  /** The same, which the first thread waits for. */
  const yieldsBeside = (second: number): Scene => ({
    processes: around([
      shell(asleepIn('do_wait', second)),
      below('python3.11', {
        state: 'S',
        threads: 8,
        userTicks: second * 690,
        systemTicks: second * 43,
        ...(second >= 120 &&
          asleepIn('futex_do_wait', second, {
            otherThreads: { switches: second * 140_000, mostNonvoluntary: second * 20_000, sleeps: false },
          })),
      }),
    ]),
    says: oneLine(second),
  });
  const loops = (second: number): Scene => ({
    processes: around([
      shell(asleepIn('do_wait', second)),
      below('python3.11', {
        state: 'R',
        userTicks: second * 100,
        ...(second >= 120 && asleepIn(null, second, { nonvoluntarySwitches: second * 40 })),
      }),
    ]),
    says: oneLine(second),
  });

  test('is told after two minutes, as slow and likely', () => {
    expect(firstSecond(300, loops, ({ state }) => state === 'slow')).toBe(111);
    const { build } = tell(200, loops);
    expect(build).toMatchObject({ certainty: 'likely', reason: { kind: 'spinning', yields: false } });
  });

  test('is likely stuck after a quarter of an hour, never certain', () => {
    expect(firstSecond(1000, loops, isStuck)).toBe(901);
    const told = tell(14 * hourSec, loops, { everySec: 20 });
    expect(told.build).toMatchObject({ state: 'stuck', certainty: 'likely', unseen: [] });
    expect(told.text()).toBe(
      'STUCK 14 h, likely: busy without progress; no line since 03:00; no I/O since 03:00',
    );
    expect(told.build.evidence).toContainEqual(
      expect.objectContaining({ for: true, field: 'cpu', value: 100, unit: 'cpu' }),
    );
  });

  test.each([
    ['all of them', yields],
    ['all but the first', yieldsBeside],
  ])('threads that only hand on the CPU: after five minutes, %s', (_, scene) => {
    const first = firstSecond(1000, scene, isStuck);
    expect(first).toBeGreaterThanOrEqual(300);
    expect(first).toBeLessThan(320);
    const told = tell(15 * hourSec, scene, { everySec: 20 });
    expect(told.text()).toContain('busy without progress, its threads only hand on the CPU');
    expect(told.build.evidence).toContainEqual(
      expect.objectContaining({ field: 'switches', value: 20_000, unit: 'per second' }),
    );
  });

  test('where lines cannot be seen it takes half an hour', () => {
    const blind = (second: number): Scene => ({ processes: loops(second).processes ?? [] });
    expect(firstSecond(2000, blind, isStuck)).toBe(1801);
  });

  test('what writes through pipes or into a tmpfs gets on', () => {
    const writes = (second: number): Scene => ({
      processes: around([
        shell(),
        below('mksquashfs', {
          userTicks: second * 1600,
          ...(second >= 120 && asleepIn(null, second, { callBytes: second * 50_000_000 })),
        }),
      ]),
    });
    expect(firstSecond(hourSec, writes, isStuck, { everySec: 5 })).toBeNull();
  });

  test('a virtual machine that computes is no loop', () => {
    const scene = (second: number): Scene => ({
      processes: around([shell(), below('qemu-system-x86', { userTicks: second * 100 })]),
    });
    expect(firstSecond(2 * hourSec, scene, ({ state }) => state !== 'working', { everySec: 5 })).toBeNull();
  });
});

describe('a link of forty minutes without a line', () => {
  const link = (more: (second: number) => Partial<ProcessRaw>) => (second: number) => ({
    processes: around([
      shell(asleepIn('do_wait', second)),
      below('ld', { pid: 302, state: 'R', userTicks: second * 100, ...more(second) }),
    ]),
    says: oneLine(second),
  });
  test.each([
    ['its memory grows', (second: number) => ({ residentBytes: 2e9 + second * 400_000 })],
    ['its memory grows and shrinks', (second: number) => ({ residentBytes: 4e9 + (second % 60) * 1e6 })],
    ['it reads', (second: number) => ({ readBytes: Math.floor(second / 20) * 4096 })],
    ['it writes', (second: number) => ({ writeBytes: Math.floor(second / 25) * 4096 })],
  ])('is never stuck: %s', (_, more) => {
    const scene = link(more);
    expect(firstSecond(2400, scene, isStuck)).toBeNull();
    const told = tell(2400, scene);
    expect(told.build).toMatchObject({ state: 'slow', reason: { kind: 'quiet' } });
    expect(told.text()).toBe('slow > 40 min: works without a line or a new process');
    expect(tell(500, scene).build.state).toBe('working');
  });
});

test('what takes thirteen times as long as usual is slow, and says so with every verdict', () => {
  const grows = (second: number): Scene => ({
    processes: around([
      shell({ startTime: 0 }),
      below('cc1plus', { userTicks: second * 90, residentBytes: second * 1e6 }),
    ]),
  });
  const usual = { usualSecOf: () => 77 };
  const told = tell(20, grows, usual);
  expect(told.build).toMatchObject({ state: 'slow', reason: { kind: 'overdue' } });
  expect(told.text()).toBe('slow > 15 min: 1300% of its usual time');
  const idle = (second: number): Scene => ({
    processes: around([shell({ startTime: 0, ...asleepIn('futex_do_wait', second) })]),
  });
  expect(tell(150, idle, usual).text()).toMatch(/STUCK > 2 min: idle, .* 1400% of its usual time/);
  // Twice the usual time is nothing, and neither are seconds.
  expect(tell(20, grows, { usualSecOf: () => 600 }).build.state).toBe('working');
});

test('while the machine is short of memory, what works is slow', () => {
  const scene = (second: number): Scene => ({
    processes: around([shell(), below('cc1plus', { userTicks: second * 9, residentBytes: second * 1e6 })]),
    parts: {
      memory: { ok: true, atMs: 1_000_000 + second * 1000, value: memoryRaw({ availableBytes: 2e8 }) },
      pressure: {
        ok: true,
        atMs: 1_000_000 + second * 1000,
        value: pressureRaw({ memory: psi(second * 900_000, 80, second * 800_000, 75) }),
      },
    },
  });
  expect(tell(60, scene).build).toMatchObject({
    state: 'slow',
    reason: { kind: 'short', resource: 'memory' },
  });
});
