/** Too many for the CPUs: processes that are always runnable. Nice by default, so that others hardly notice. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { type Cgroup, makeCgroup } from './cgroup.ts';
import { type Hardship, Lacking, type Unsupported, unsupported } from './hardship.ts';
import { startKeeper } from './keeper.ts';

export interface CpuOptions {
  readonly secs: number;
  /** Runnable at once for each CPU; default 8. */
  readonly perCpu?: number;
  /** -20 to 19 (below 0: root only); default 19. */
  readonly nice?: number;
  /** It rages in there: who is elsewhere gets what one process gets beside the whole of it. */
  readonly cgroup?: Cgroup;
}

export interface CpuStorm extends Hardship {
  /** Leads the group of all of them. */
  readonly pid: number;
}

/** A cgroup in which few CPUs are shared by many; it ends with all that is in it. */
export interface CpuShare extends Hardship {
  readonly cgroup: Cgroup;
}

export function makeCpuShare(secs: number): CpuShare | Unsupported {
  const keeper = startKeeper(secs);
  try {
    const cgroup = makeCgroup('cpu', keeper);
    return {
      kind: 'hardship',
      what: `CPU: those in ${cgroup.path} share what one gets`,
      cgroup,
      end: keeper.end,
    };
  } catch (error) {
    void keeper.end();
    if (error instanceof Lacking) return unsupported(error.message);
    throw error;
  }
}

export function makeCpuStorm({ secs, perCpu = 8, nice = 19, cgroup }: CpuOptions): CpuStorm {
  const keeper = startKeeper(secs);
  const count = perCpu * availableParallelism();
  // Each ends by itself at the deadline, too. In a cgroup the first is alone and the others are born: every
  // move from outside would wait for the storm.
  const rage = `renice -n ${nice} -p $$ >/dev/null 2>&1; while ((SECONDS < ${Math.ceil(secs)})); do :; done`;
  const script = `read -r; for ((n = 1; n < ${count}; n++)); do bash -c '${rage}' nixpulse-storm & done; ${rage}`;
  const child = spawn('bash', ['-c', script, 'nixpulse-storm'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  if (child.pid === undefined) throw new Error('the storm did not start');
  child.unref();
  // Its group's number cannot become another's while a member lives, and none leaves the group.
  keeper.promise(`grep -qz nixpulse-storm /proc/${child.pid}/cmdline && kill -9 -- -${child.pid}`);
  cgroup?.add(child.pid);
  child.stdin.on('error', () => {});
  child.stdin.end('go\n');
  return {
    kind: 'hardship',
    what: `CPU: ${count} runnable processes, nice ${nice}`,
    pid: child.pid,
    end: keeper.end,
  };
}
