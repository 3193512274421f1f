/**
 * What processes hold where the sum of their VmRSS is more than the machine does: a forked copy counts in full there,
 * in Pss by its share. The kernel walks the process's pages for it, and may wait for its lock: off the main thread,
 * seldom, only the large ones, and no further once one is late.
 */

import type { MemoryRaw, Reading } from '../model/sample.ts';
import { rowNumber } from '../parse/row-number.ts';
import type { Files } from '../platform/ports.ts';
import type { Member } from './member.ts';
import type { SlowQueue } from './slow-queue.ts';

const everyMs = 10_000;
/** Whether others really have the pages is told by two readings: a copy that is about to run a program has them for a moment. */
const againMs = 1000;
/** After the sum is possible again: a measure that changes with every tick shows no growth. */
const keptMs = 60_000;
const leastBytes = 32 * 1024 ** 2;
const most = 24;

export function createProportionalMemory(
  files: Files,
  queue: SlowQueue,
  mayRead: (member: Member) => boolean,
) {
  let readAtMs = Number.NEGATIVE_INFINITY;
  /** Some were read for the first time. */
  let again = false;
  let lastRead = new WeakMap<Member, number>();
  let neededAtMs = Number.NEGATIVE_INFINITY;

  async function read(members: ReadonlyMap<number, Member>): Promise<void> {
    const large = [...members.values()]
      .filter((member) => (member.residentBytes ?? 0) >= leastBytes && mayRead(member))
      .sort((a, b) => (b.residentBytes ?? 0) - (a.residentBytes ?? 0));
    for (const member of large.slice(0, most)) {
      const rollup = await files.readSlow(`/proc/${member.pid}/smaps_rollup`);
      if (!rollup.ok && rollup.problem.kind === 'timeout') return;
      if (members.get(member.pid) !== member) continue;
      const others = rollup.ok ? othersOf(rollup.value) : null;
      const before = lastRead.get(member);
      member.othersBytes = others === null || before === undefined ? null : Math.min(before, others);
      if (others === null) lastRead.delete(member);
      else lastRead.set(member, others);
      again ||= others !== null && before === undefined;
    }
  }

  return {
    update(
      members: ReadonlyMap<number, Member>,
      memory: Reading<MemoryRaw> | undefined,
      nowMs: number,
    ): void {
      if (memory?.ok && memory.value.freeBytes !== null) {
        let sum = 0;
        members.forEach(({ residentBytes }) => {
          sum += residentBytes ?? 0;
        });
        if (sum > memory.value.totalBytes - memory.value.freeBytes) neededAtMs = nowMs;
      }
      if (nowMs - neededAtMs > keptMs) {
        members.forEach((member) => {
          member.othersBytes = null;
        });
        lastRead = new WeakMap();
      } else if (nowMs - readAtMs >= (again ? againMs : everyMs)) {
        readAtMs = nowMs;
        again = false;
        queue.add('proportional memory', false, () => read(members));
      }
    },
  };
}

/** `Rss: 307200 kB`, `Pss: 160000 kB` (proc_pid_smaps_rollup in the kernel's Documentation/ABI). */
function othersOf(rollup: string): number | null {
  const resident = rowNumber(rollup, 'Rss:');
  const own = rowNumber(rollup, 'Pss:');
  return resident === null || own === null ? null : Math.max(0, resident - own) * 1024;
}
