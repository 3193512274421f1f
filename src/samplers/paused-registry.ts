/**
 * What a nixpulse of this user paused, by its registry `<state>/paused.json`: ours, another one that runs, a command that
 * has ended. Read off the main thread, and only while something stands still.
 */
import { sameProcess } from '../base/identity.ts';
import type { CgroupRaw, PausedRaw } from '../model/sample.ts';
import { parsePaused } from '../parse/paused-file.ts';
import type { Ports } from '../platform/ports.ts';
import type { Member } from './member.ts';
import type { SlowQueue } from './slow-queue.ts';

/** Somebody may resume what stands still and stop it anew. */
const everyMs = 5000;
const mostBytes = 1 << 18;

export interface PausedRegistry {
  /** Undefined: nothing stands still, or nothing of it was recorded. */
  readonly found: readonly PausedRaw[] | undefined;
  update(
    members: ReadonlyMap<number, Member>,
    cgroups: readonly CgroupRaw[] | undefined,
    nowMs: number,
  ): void;
}

/** `stateDirectory`: undefined, or of a captured tree: nothing is read. */
export function createPausedRegistry(
  { files, ownFiles }: Pick<Ports, 'files' | 'ownFiles'>,
  queue: SlowQueue,
  stateDirectory: string | undefined,
): PausedRegistry {
  let rows: readonly PausedRaw[] = [];
  let found: readonly PausedRaw[] | undefined;
  let standing = '';
  let atMs = Number.NEGATIVE_INFINITY;

  async function read(directory: string): Promise<void> {
    const text = await ownFiles.read(`${directory}/paused.json`, { maxBytes: mostBytes });
    const file = text.ok ? parsePaused(text.value) : null;
    const bootId = await files.readSlow('/proc/sys/kernel/random/boot_id');
    rows =
      file === null || !bootId.ok || file.bootId !== bootId.value.trim()
        ? []
        : file.builds.map(({ target, pausedAtMs, by }) => ({
            pid: target.root.pid,
            startTime: target.root.startTime,
            atMs: pausedAtMs,
            byPid: by.pid,
          }));
  }

  return {
    get found() {
      return found;
    },
    update(members, cgroups, nowMs) {
      if (stateDirectory === undefined || !files.live) return;
      const now = standingNow(members, cgroups);
      if (now === '') {
        standing = '';
        found = undefined;
        return;
      }
      if (now !== standing || nowMs - atMs >= everyMs) {
        standing = now;
        atMs = nowMs;
        queue.add('paused', false, () => read(stateDirectory));
      }
      const there = rows.filter((row) => {
        const member = members.get(row.pid);
        return member !== undefined && sameProcess(member.stat, row);
      });
      // The same object while it says the same: it is recorded and compared each second.
      if (there.length === 0) found = undefined;
      else if (found === undefined || JSON.stringify(found) !== JSON.stringify(there)) found = there;
    },
  };
}

function standingNow(
  members: ReadonlyMap<number, Member>,
  cgroups: readonly CgroupRaw[] | undefined,
): string {
  let now = '';
  members.forEach(({ stat }, pid) => {
    if (stat.state === 'T') now += `${pid} `;
  });
  for (const { path, frozen } of cgroups ?? []) if (frozen === true) now += `${path} `;
  return now;
}
