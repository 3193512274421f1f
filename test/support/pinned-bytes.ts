/**
 * What io_uring holds of a process's memory, by the lists that its rings tell: `UserBufs:	2`, then `    0: 0x6b7d000/4096`
 * each (io_uring/fdinfo.c). VmPin of proc_pid_status(5) counts the same up to 6.18, and stays 0 on 7.2.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export function pinnedBytes(pid: number | 'self' = 'self'): number {
  const rings = readdirSync(`/proc/${pid}/fd`).filter(
    (fd) => linkOf(`/proc/${pid}/fd/${fd}`) === 'anon_inode:[io_uring]',
  );
  return rings.reduce((sum, fd) => sum + heldBy(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1')), 0);
}

/** The descriptor of the listing itself is gone by then. */
function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function heldBy(info: string): number {
  const buffers = /^UserBufs:\t\d+\n((?: +\d+: 0x[\da-f]+\/\d+\n)*)/m.exec(info)?.[1] ?? '';
  return [...buffers.matchAll(/\/(\d+)$/gm)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}
