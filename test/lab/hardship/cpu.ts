/** Too many for the CPUs: processes that are always runnable. Nice by default, so that others hardly notice. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Hardship } from './hardship.ts';
import { startKeeper } from './keeper.ts';

export interface CpuOptions {
  readonly secs: number;
  /** Runnable at once for each CPU; default 8. */
  readonly perCpu?: number;
  /** -20 to 19 (below 0: root only); default 19. */
  readonly nice?: number;
}

export interface CpuStorm extends Hardship {
  readonly pids: readonly number[];
}

export function makeCpuStorm({ secs, perCpu = 8, nice = 19 }: CpuOptions): CpuStorm {
  const keeper = startKeeper(secs);
  const count = perCpu * availableParallelism();
  const pids: number[] = [];
  for (let at = 0; at < count; at += 1) {
    // Each ends by itself at the deadline, too.
    const script = `renice -n ${nice} -p $$ >/dev/null 2>&1; while ((SECONDS < ${Math.ceil(secs)})); do :; done`;
    const child = spawn('bash', ['-c', script, 'nixpulse-storm'], { stdio: 'ignore', detached: true });
    if (child.pid === undefined) throw new Error('a process of the storm did not start');
    child.unref();
    pids.push(child.pid);
    // Its group's number cannot become another's while a member lives, and none leaves the group.
    keeper.promise(`grep -qz nixpulse-storm /proc/${child.pid}/cmdline && kill -9 ${child.pid}`);
  }
  return { kind: 'hardship', what: `CPU: ${count} runnable processes, nice ${nice}`, pids, end: keeper.end };
}
