/** Samples as a dashboard would have recorded them: a machine whose memory gets short while three builds run. */
import { fail } from '../../src/base/problem.ts';
import type { Level } from '../../src/model/model.ts';
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import type { Sample } from '../../src/model/sample.ts';
import {
  cpuRaw,
  diskRaw,
  memoryRaw,
  pressureRaw,
  psi,
  sampleAt,
  storageRaw,
} from '../model/machine/machine-samples.ts';
import { builder, child, client, daemon, forest, later, worker } from './forest-raw.ts';

export const recordedFromMs = Date.UTC(2026, 10, 20, 13, 20);
const bootMs = 1_000_000;
const host = {
  name: 'box',
  kernel: '6.18.0',
  system: 'NixOS',
  cpuModel: 'a CPU',
  cpus: 4,
  nixVersion: '2.26.3',
  diskModels: { nvme0n1: 'Samsung' },
};

/** From here on memory is critical, seconds. */
export const shortFromSec = 100;

/**
 * Two samples a second, the second one of pressure alone. The host is told once, file systems every half
 * minute. Memory is short from second 100 on; `stuck` does nothing at all; `short` ends after 60 s.
 */
export function recordedSamples(seconds: number, over: { readonly fromSec?: number } = {}): Sample[] {
  const samples: Sample[] = [];
  const { fromSec = 0 } = over;
  for (let half = fromSec * 2; half < (fromSec + seconds) * 2; half += 1) samples.push(sampleOf(half / 2));
  return samples;
}

function sampleOf(second: number): Sample {
  const whole = Number.isInteger(second);
  const atMs = bootMs + second * 1000;
  const shortSec = Math.max(0, second - shortFromSec);
  const made = sampleAt(atMs, {
    ...(second === 0 ? { host } : {}),
    ...(second % 30 === 0 ? { storage: storageRaw() } : {}),
    pressure: pressureRaw({
      memory: psi(shortSec * 700_000, shortSec > 0 ? 70 : 0, shortSec * 500_000, shortSec > 0 ? 50 : 0),
      io: psi(second * 50_000, 5),
      irq: fail('unsupported', '/proc/pressure/irq'),
    }),
    cpu: cpuRaw({ user: second * 200, idle: second * 200 }, 5000 + second),
    ...(whole
      ? {
          memory: memoryRaw({ availableBytes: 8e9 - second * 2e7 }),
          disks: [
            diskRaw({ readsDone: 100 + second * 20, readMs: 50 + second * 60, busyMs: 60 + second * 300 }),
          ],
          forest: forestOf(second, atMs),
        }
      : {}),
  });
  return { ...made, timeMs: recordedFromMs + second * 1000, monotonicMs: atMs };
}

function forestOf(second: number, atMs: number) {
  const leaking = builder(400, 300, 'leaky-1.0', { residentBytes: 1e8 + second * 1e7 });
  const stuck = builder(500, 300, 'stuck-2.0', { uid: 30002 });
  const short = builder(600, 300, 'short-3.0', { uid: 30003 });
  return later(
    forest([
      daemon(),
      client(200),
      worker(300, 200),
      leaking,
      child(401, leaking, 'cc1plus', { state: 'R', userTicks: second * 90, residentBytes: 3e8 }),
      stuck,
      ...(second < 60 ? [short, child(601, short, 'ld', { state: 'R', userTicks: second * 50 })] : []),
    ]),
    second,
    { treeAtMs: atMs, residentAtMs: atMs },
  );
}

/** As an earlier version recorded it: in words. */
export function alertAt(
  second: number,
  { kind: was, ...said }: { readonly kind: string; readonly level: Level; readonly text: string },
): RecordedEvent {
  const timeMs = recordedFromMs + second * 1000;
  return { kind: 'alert', timeMs, event: { timeMs, kind: 'foreign', was, ...said } };
}

export function noteAt(second: number, text: string): RecordedEvent {
  return { kind: 'note', timeMs: recordedFromMs + second * 1000, text };
}
