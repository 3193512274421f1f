/** What names a process for ever: pids are reused, pid + start time is not. */

/** `startTime` is field 22 of /proc/<pid>/stat, in clock ticks since boot (proc_pid_stat(5)). */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: number;
}

/** Key of an identity in a Map: `pid:startTime`. */
export type IdentityKey = string;

export function identityKey(process: ProcessIdentity): IdentityKey {
  return `${process.pid}:${process.startTime}`;
}

export function sameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTime === b.startTime;
}
