/** Samples of a quiet machine, to be changed one number at a time. */

import { fail, ok, type Result } from '../../../src/base/problem.ts';
import { type Derived, derive } from '../../../src/model/derive.ts';
import type {
  CpuRaw,
  DiskRaw,
  MemoryRaw,
  PressureFileRaw,
  PressureRaw,
  PressureResource,
  Reading,
  Sample,
  StorageRaw,
} from '../../../src/model/sample.ts';

export const wallMs = Date.UTC(2026, 10, 20, 13, 28);

export function psi(totalUsec: number, avg10 = 0, fullUsec = 0, fullAvg10 = 0): Result<PressureFileRaw> {
  const line = (total: number, avg: number) => ({ avg10: avg, avg60: 0, avg300: 0, totalUsec: total });
  return ok({ some: line(totalUsec, avg10), full: line(fullUsec, fullAvg10) });
}

export function pressureRaw(
  over: Partial<Record<PressureResource, Result<PressureFileRaw>>> = {},
): PressureRaw {
  return { cpu: psi(0), memory: psi(0), io: psi(0), irq: fail('unsupported', '/proc/pressure/irq'), ...over };
}

export function memoryRaw(over: Partial<MemoryRaw> = {}): MemoryRaw {
  return {
    totalBytes: 32e9,
    freeBytes: 1e9,
    availableBytes: 8e9,
    buffersBytes: 0,
    pageCacheBytes: 4e9,
    sharedBytes: 0,
    dirtyBytes: 0,
    writebackBytes: 0,
    swapTotalBytes: 8e9,
    swapFreeBytes: 7e9,
    swapInPages: 1000,
    swapOutPages: 2000,
    majorFaults: 500,
    oomKills: 0,
    pageSizeBytes: 4096,
    zram: null,
    arc: null,
    ...over,
  };
}

export function cpuRaw(ticks: Partial<CpuRaw['ticks']> = {}, uptimeSec: number | null = 5000): CpuRaw {
  const still = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0 };
  return {
    ticks: { ...still, ...ticks },
    cpus: 4,
    load: { one: 1, five: 2, fifteen: 3 },
    runningProcesses: 2,
    blockedProcesses: 1,
    uptimeSec,
  };
}

export function diskRaw(over: Partial<DiskRaw> = {}): DiskRaw {
  return {
    device: 'nvme0n1',
    major: 259,
    minor: 0,
    readsDone: 100,
    readsMerged: 0,
    readSectors: 800,
    readMs: 50,
    writesDone: 200,
    writesMerged: 0,
    writeSectors: 1600,
    writeMs: 90,
    inFlight: 0,
    busyMs: 60,
    weightedMs: 140,
    discardsDone: 0,
    discardMs: 0,
    flushesDone: 10,
    flushMs: 5,
    ...over,
  };
}

const GiB = 1024 ** 3;

export function storageRaw(over: Partial<StorageRaw> = {}): StorageRaw {
  const space = ok({ totalBytes: 500 * GiB, availableBytes: 200 * GiB, inodes: 1000, freeInodes: 900 });
  const row = {
    mountPoint: '/',
    type: 'ext4',
    source: '/dev/dm-0',
    device: 'dm-0',
    disks: ['nvme0n1'],
    space,
  };
  const device = { model: null, title: null, rotational: false, sizeBytes: 1, slaves: [] };
  return {
    filesystems: [
      { path: '/nix', ...row },
      { path: '/', ...row },
    ],
    devices: [
      { ...device, device: 'dm-0', title: 'cryptroot', slaves: ['nvme0n1p2'] },
      { ...device, device: 'nvme0n1', model: 'Samsung' },
    ],
    swap: [],
    ...over,
  };
}

/** Values become readings of that moment; Results are taken as they are. */
type Parts = {
  readonly [Part in keyof Omit<Sample, 'version' | 'timeMs' | 'monotonicMs'>]?: Sample[Part] extends
    | Reading<infer Raw>
    | undefined
    ? Raw | Result<Raw>
    : never;
};

export function sampleAt(monotonicMs: number, parts: Parts, timeMs = wallMs + monotonicMs): Sample {
  const readings = Object.entries(parts).map(([part, raw]) => {
    const result = typeof raw === 'object' && raw !== null && 'ok' in raw ? raw : ok(raw);
    return [part, { atMs: monotonicMs, ...result }];
  });
  return { version: 1, timeMs, monotonicMs, ...Object.fromEntries(readings) };
}

/** Derives one after the other. */
export function run(...samples: readonly Sample[]): Derived {
  const last = samples.reduce<Derived | null>((before, sample) => derive(sample, before), null);
  if (last === null) throw new Error('no samples');
  return last;
}
