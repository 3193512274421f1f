/** What a group of processes holds: the sum of their VmRSS, unless that counts shared pages twice. */

import type { MemoryMeasure } from '../model.ts';
import type { CgroupRaw, ProcessRaw } from '../sample.ts';

/** Pages that were charged to another cgroup (libraries) make no other measure. */
const worthBytes = 64 * 1024 ** 2;

export interface GroupMemory {
  readonly bytes: number | null;
  readonly by: MemoryMeasure;
}

/** `own`: the cgroup that they have for themselves. */
export function groupMemory(processes: readonly ProcessRaw[], own: CgroupRaw | null): GroupMemory {
  const resident = sumResident(processes);
  const charged = own?.currentBytes ?? null;
  if (resident !== null && charged !== null && resident > charged + worthBytes) {
    return { bytes: charged, by: 'cgroup' };
  }
  const shared = processes.some(({ proportionalBytes }) => proportionalBytes !== undefined);
  if (!shared) return { bytes: resident, by: 'rss' };
  return {
    bytes: sumOf(processes, (process) => (isCopy(process, processes) ? 0 : share(process))),
    by: 'pss',
  };
}

/** Sum over those that can be read; null when none can. Zombies hold nothing. */
export function sumResident(processes: readonly ProcessRaw[]): number | null {
  return sumOf(processes, (process) => (isCopy(process, processes) ? 0 : process.residentBytes));
}

/** A fifth of a second (USER_HZ is 100): too short to fill memory of its own. */
const copyTicks = 20;

/**
 * Forked and not yet another program: all that it holds it shares with its parent. In a freeze that takes long, as exec
 * waits for the disk, and the measures that count shared pages once are not read.
 */
function isCopy(
  { ppid, comm, residentBytes, proportionalBytes, userTicks, systemTicks }: ProcessRaw,
  processes: readonly ProcessRaw[],
): boolean {
  if (residentBytes === null || residentBytes < worthBytes || proportionalBytes !== undefined) return false;
  if (userTicks + systemTicks >= copyTicks) return false;
  const parent = processes.find(({ pid }) => pid === ppid);
  return parent?.comm === comm && (parent.residentBytes ?? 0) >= residentBytes;
}

/** It was read a while ago, and what a process holds now is no more than its VmRSS. */
function share({ residentBytes, proportionalBytes }: ProcessRaw): number | null {
  return residentBytes === null ? null : Math.min(residentBytes, proportionalBytes ?? residentBytes);
}

function sumOf(
  processes: readonly ProcessRaw[],
  bytesOf: (process: ProcessRaw) => number | null,
): number | null {
  let sum: number | null = null;
  processes.forEach((process) => {
    const bytes = bytesOf(process);
    if (bytes !== null) sum = (sum ?? 0) + bytes;
  });
  return sum;
}
