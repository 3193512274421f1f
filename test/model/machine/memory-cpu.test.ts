/** Memory and CPU of a tick, OOM kills, and counters that start anew. */
import { describe, expect, test } from 'vitest';
import { fail } from '../../../src/base/problem.ts';
import { derive } from '../../../src/model/derive.ts';
import { appendEvents, maxEvents } from '../../../src/model/machine/derive-events.ts';
import type { ModelEvent } from '../../../src/model/model.ts';
import type { MemoryRaw } from '../../../src/model/sample.ts';
import { cpuRaw, memoryRaw, run, sampleAt } from './machine-samples.ts';

describe('memory', () => {
  const two = (before: Partial<MemoryRaw>, now: Partial<MemoryRaw>, ms = 2000) =>
    run(sampleAt(1000, { memory: memoryRaw(before) }), sampleAt(1000 + ms, { memory: memoryRaw(now) })).model;

  test('used, swapped, and traffic in bytes', () => {
    const before = { refaults: 100, scannedPages: 1000 };
    const now = {
      swapInPages: 1100,
      swapOutPages: 2500,
      majorFaults: 510,
      refaults: 4100,
      scannedPages: 9000,
    };
    expect(two(before, now).memory).toEqual({
      totalBytes: 32e9,
      availableBytes: 8e9,
      usedBytes: 24e9,
      pageCacheBytes: 4e9,
      dirtyBytes: 0,
      writebackBytes: 0,
      swapTotalBytes: 8e9,
      swapUsedBytes: 1e9,
      swapInBytesPerSec: 204_800,
      swapOutBytesPerSec: 1_024_000,
      majorFaultsPerSec: 5,
      refaultsPerSec: 2000,
      scannedPagesPerSec: 4000,
      oomKills: 0,
      zramRatio: null,
      arcBytes: null,
      arcMinBytes: null,
    });
  });

  test('unknown stays unknown, and a counter that starts anew gives no rate', () => {
    const old = {
      availableBytes: null,
      swapFreeBytes: null,
      swapInPages: null,
      majorFaults: null,
      oomKills: null,
    };
    expect(two(old, old).memory).toMatchObject({
      usedBytes: null,
      swapUsedBytes: null,
      swapInBytesPerSec: null,
      majorFaultsPerSec: null,
      oomKills: null,
    });
    // Of a recording from before they were read.
    expect(two({}, {}).memory).toMatchObject({ refaultsPerSec: null, scannedPagesPerSec: null });
    expect(two({ swapInPages: 9e9 }, { swapInPages: 3 }).memory.swapInBytesPerSec).toBeNull();
    expect(two({}, {}, 0).memory.majorFaultsPerSec).toBeNull();
    expect(run(sampleAt(0, { memory: memoryRaw() })).model.memory.majorFaultsPerSec).toBeNull();
  });

  test('zram and ARC', () => {
    const zram = { originalBytes: 290, usedBytes: 100 };
    expect(two({}, { zram, arc: { sizeBytes: 5, minBytes: 2 } }).memory).toMatchObject({
      zramRatio: 2.9,
      arcBytes: 5,
      arcMinBytes: 2,
    });
    expect(two({}, { zram: { originalBytes: 0, usedBytes: 0 } }).memory.zramRatio).toBeNull();
  });

  test('a rise of oom_kill is an event; those before the start, and a new boot, are none', () => {
    expect(run(sampleAt(0, { memory: memoryRaw({ oomKills: 7 }) })).model.events).toEqual([]);
    expect(two({ oomKills: 7 }, { oomKills: 0 }).events).toEqual([]);
    const { events } = two({ oomKills: 7 }, { oomKills: 9 });
    expect(events).toMatchObject([
      {
        kind: 'oom-kill',
        level: 'critical',
        count: 2,
        timeMs: expect.any(Number),
      },
    ]);
  });

  test('events are bounded, the newest last', () => {
    const samples = Array.from({ length: 250 }, (_, i) =>
      sampleAt(i, { memory: memoryRaw({ oomKills: i }) }),
    );
    const { events } = run(...samples).model;
    expect(events).toHaveLength(maxEvents);
    expect(events.at(-1)?.timeMs).toBe(samples.at(-1)?.timeMs);
  });

  test('those of one tick are all there, for who keeps more of them', () => {
    const oom = (count: number): ModelEvent => ({ timeMs: 1, kind: 'oom-kill', level: 'critical', count });
    const many = Array.from({ length: maxEvents + 100 }, (_, count) => oom(count));
    expect(appendEvents([oom(-1)], many)).toEqual(many);
    expect(appendEvents(many, [oom(-2)])).toEqual([...many.slice(101), oom(-2)]);
  });

  test('the interval is that between two readings of memory', () => {
    expect(run(sampleAt(0, { memory: memoryRaw() })).model.intervalSec).toBeNull();
    expect(two({}, {}, 1250).intervalSec).toBe(1.25);
    const later = run(
      sampleAt(0, { memory: memoryRaw() }),
      sampleAt(500, {}),
      sampleAt(1000, { memory: memoryRaw() }),
    );
    expect(later.model.intervalSec).toBe(1);
  });

  test('a failed reading keeps the numbers and their age, and says why until it is read again', () => {
    const good = run(sampleAt(1000, { memory: memoryRaw() }));
    const failed = derive(sampleAt(2000, { memory: fail('timeout', '/proc/meminfo') }), good);
    expect(failed.model.memory).toBe(good.model.memory);
    expect(failed.model.readAtMs.memory).toBe(1000);
    expect(failed.model.problems).toEqual([{ kind: 'timeout', where: '/proc/meminfo' }]);
    const between = derive(sampleAt(2500, { cpu: cpuRaw() }), failed);
    expect(between.model.problems).toBe(failed.model.problems);
    expect(derive(sampleAt(3000, { memory: memoryRaw() }), between).model.problems).toEqual([]);
  });
});

describe('cpu', () => {
  const two = (before: Parameters<typeof cpuRaw>[0], now: Parameters<typeof cpuRaw>[0]) =>
    run(sampleAt(0, { cpu: cpuRaw(before) }), sampleAt(500, { cpu: cpuRaw(now) })).model.cpu;
  const unknown = {
    userPercent: null,
    systemPercent: null,
    iowaitPercent: null,
    stealPercent: null,
    idlePercent: null,
  };

  test('shares of all CPUs', () => {
    expect(
      two({}, { user: 20, nice: 2, system: 55, irq: 3, softirq: 3, iowait: 14, steal: 1, idle: 2 }),
    ).toEqual({
      cpus: 4,
      userPercent: 22,
      systemPercent: 61,
      iowaitPercent: 14,
      stealPercent: 1,
      idlePercent: 2,
      load1: 1,
      load5: 2,
      load15: 3,
      runningProcesses: 2,
      blockedProcesses: 1,
    });
  });
  test('iowait and idle may step back a little', () => {
    expect(two({ iowait: 10, idle: 50 }, { user: 100, iowait: 7, idle: 49 })).toMatchObject({
      userPercent: 100,
      iowaitPercent: 0,
      idlePercent: 0,
    });
  });
  test.each([
    ['user time backwards', { user: 100 }, { user: 5, idle: 500 }],
    ['steal backwards', { steal: 100 }, { idle: 500 }],
    ['no time', { user: 5 }, { user: 5 }],
  ])('%s: unknown', (_, before, now) => {
    expect(two(before, now)).toMatchObject(unknown);
  });
  test('what a system does not count is null', () => {
    expect(
      two({ iowait: null, steal: null }, { user: 30, idle: 70, iowait: null, steal: null }),
    ).toMatchObject({
      userPercent: 30,
      iowaitPercent: null,
      stealPercent: null,
    });
  });
});
