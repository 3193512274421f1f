/** Whether the kernel handed out pids since the last look, and which: no new pid, no need to list /proc. */
import type { Files } from '../platform/ports.ts';

export interface PidCounter {
  /** Reads the newest pid; true when pids were handed out since the last call, or when that is not known. */
  advance(): boolean;
  /** First and last of the numbers handed out between the last two calls; null where that is not known, or past the wrap. */
  readonly handedOut: readonly [number, number] | null;
  /** Whether this number was handed out between the last two calls, so that it may name somebody new. */
  isHandedOut(pid: number): boolean;
  close(): void;
}

/** The newest pid is the fifth field of /proc/loadavg: `0.45 0.29 0.22 1/144 76283`, proc_loadavg(5). */
export function createPidCounter(files: Files): PidCounter {
  const file = files.keep('/proc/loadavg');
  let before: number | null = null;
  let last: number | null = null;

  function newest(): number | null {
    const text = file.read();
    const match = text.ok ? / (\d+)\n$/.exec(text.value) : null;
    return match === null ? null : Number(match[1]);
  }

  return {
    advance() {
      const newestPid = newest();
      // Unreadable now: the next look covers what was handed out meanwhile.
      if (newestPid === null) return true;
      before = last;
      last = newestPid;
      return last !== before;
    },
    get handedOut() {
      return before === null || last === null || before >= last ? null : ([before + 1, last] as const);
    },
    isHandedOut(pid) {
      if (before === null || last === null || before === last) return false;
      // Numbers start over at 300 when they reach pid_max.
      return last > before ? pid > before && pid <= last : pid > before || pid <= last;
    },
    close: () => file.close(),
  };
}
