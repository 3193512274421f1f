/** Files of cgroup v2: Documentation/admin-guide/cgroup-v2.rst. */

import type { CgroupRaw } from '../model/sample.ts';
import { rowNumber } from './row-number.ts';

/** `0::/system.slice/nix-daemon.service` of /proc/<pid>/cgroup: cgroups(7). */
export function parseCgroupPath(text: string): string | null {
  return /^0::(\/.*)$/m.exec(text)?.[1] ?? null;
}

/** `35 24 0:30 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw`: proc_pid_mountinfo(5). */
export function parseCgroup2Mount(mountinfo: string): string | null {
  return /^\d+ \d+ \d+:\d+ \/ (\S+) .* - cgroup2 /m.exec(mountinfo)?.[1] ?? null;
}

/** `populated 1\nfrozen 0\n` of cgroup.events (5.2); null where the kernel does not say. */
export function parseFrozen(events: string): boolean | null {
  const frozen = rowNumber(events, 'frozen ');
  return frozen === null ? null : frozen === 1;
}

/** memory.current, memory.max, memory.high: bytes, or `max`, which is null. */
export function parseCgroupBytes(text: string): number | null {
  return /^\d+\n$/.test(text) ? Number(text) : null;
}

type MemoryEvents = Pick<CgroupRaw, 'throttled' | 'limitHits' | 'ooms'>;

/** memory.events.local (5.3): what its own limits did, `low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\n…`. */
export function parseMemoryEvents(text: string): MemoryEvents {
  return {
    throttled: rowNumber(text, 'high '),
    limitHits: rowNumber(text, 'max '),
    ooms: rowNumber(text, 'oom '),
  };
}

/** Killed in it or below, whoever's limit it was: `oom_kill` of memory.events. */
export function parseOomKills(text: string): number | null {
  return rowNumber(text, 'oom_kill ');
}
