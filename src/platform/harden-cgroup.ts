/** Protects the memory of a cgroup v2 that is ours alone: memory.min and memory.swap.max (kernel: cgroup-v2.rst). */
import { bytesText } from '../base/bytes.ts';
import type { HardeningPart } from '../model/health/hardening.ts';
import { errnoOf } from './errno.ts';

/** What it takes of the file system; tests bring a directory. */
export interface CgroupFiles {
  read(path: string): Promise<string>;
  /** One write(2) to a file that is there. */
  write(path: string, text: string): Promise<void>;
}

/** What we hold, program and heap, and some; as the units in dist/systemd have it. */
export const protectedBytes = 96 * 1024 ** 2;

/** Plain `systemd-run --scope` would lie in system.slice, which has no memory.min to give. */
const startItSo = 'start it with dist/systemd/nixpulse-scope';

/** `ownPid`: our own, as /proc shows it. */
export async function protectCgroup(files: CgroupFiles, ownPid: number): Promise<HardeningPart> {
  try {
    const path = /^0::(\/.*)$/m.exec(await files.read('/proc/self/cgroup'))?.[1];
    const mount = mountOf(await files.read('/proc/self/mountinfo'));
    if (path === undefined || mount === null) return part('unsupported', 'no cgroup v2 here');
    if (path === '/') return part('unsupported', `it has none: ${startItSo}`);
    if (path.includes('/../')) return part('unsupported', 'its cgroup is not to be seen from here');
    const directory = `${mount}${path}`;
    const pids = (await files.read(`${directory}/cgroup.procs`)).split('\n').filter((pid) => pid !== '');
    const others = await countOthers(files, pids.map(Number), ownPid);
    if (others > 0) {
      return part('unsupported', `shared with ${others} other processes: ${startItSo}`);
    }
    await files.write(`${directory}/memory.min`, String(protectedBytes));
    const granted = Math.min(protectedBytes, await grantedBytes(files, mount, path));
    if (!(await forbidSwap(files, directory))) {
      return part(
        'unsupported',
        `${protection(granted)}; swap is not limited: no memory.swap.max in this kernel`,
      );
    }
    return part('done', granted > 0 ? `${protection(granted)}, no swap` : `no swap; ${protection(granted)}`);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS') {
      return part('denied', `${errno} in its cgroup: root or Delegate=memory is needed`);
    }
    if (errno === 'ENOENT') return part('unsupported', 'its cgroup has no memory controller');
    return part('failed', errno ?? String(error));
  }
}

/**
 * Who is neither we nor started by us: `journalctl` is our child, and what bin/nixpulse leaves behind for its first
 * seconds has no parent, but is in the process group that we lead. Third to fifth field of proc_pid_stat(5): state,
 * parent, process group.
 */
async function countOthers(files: CgroupFiles, pids: readonly number[], ownPid: number): Promise<number> {
  const isOther = async (pid: number): Promise<boolean> => {
    if (pid === ownPid) return false;
    try {
      const stat = /\) \S (\d+) (\d+) [^)]*$/.exec(await files.read(`/proc/${pid}/stat`));
      return stat === null || ![stat[1], stat[2]].includes(String(ownPid));
    } catch (error) {
      const errno = errnoOf(error);
      // It has ended meanwhile; 0 is somebody of another namespace of pids.
      return pid === 0 || (errno !== 'ENOENT' && errno !== 'ESRCH');
    }
  };
  return (await Promise.all(pids.map(isOther))).filter(Boolean).length;
}

/**
 * What the cgroups above let it have (cgroup-v2.rst: "limited by memory.min values of ancestor cgroups"). The root
 * has no such file, and grants everything; in a namespace of cgroups the topmost that can be seen may be no root.
 */
async function grantedBytes(files: CgroupFiles, mount: string, path: string): Promise<number> {
  const names = path.split('/').slice(1, -1);
  let granted = Number.POSITIVE_INFINITY;
  for (let depth = 0; depth <= names.length; depth += 1) {
    const directory = [mount, ...names.slice(0, depth)].join('/');
    try {
      const text = (await files.read(`${directory}/memory.min`)).trim();
      if (text !== 'max') granted = Math.min(granted, Number(text));
    } catch (error) {
      if (depth > 0 || errnoOf(error) !== 'ENOENT') throw error;
    }
  }
  return granted;
}

/** False where the kernel does not count swap by cgroup (without CONFIG_SWAP, or swapaccount=0). */
async function forbidSwap(files: CgroupFiles, directory: string): Promise<boolean> {
  try {
    await files.write(`${directory}/memory.swap.max`, '0');
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function protection(granted: number): string {
  if (granted === 0) return `memory.min has no effect below a parent without one: ${startItSo}`;
  return `memory.min ${bytesText(granted)}${granted < protectedBytes ? ', as much as its parents have' : ''}`;
}

/** `30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw` (proc_pid_mountinfo(5)). */
function mountOf(mountinfo: string): string | null {
  return /^\d+ \d+ \S+ \/ (\S+) .* - cgroup2 /m.exec(mountinfo)?.[1] ?? null;
}

function part(status: HardeningPart['status'], reason: string): HardeningPart {
  return { id: 'cgroup', status, reason };
}
