/** Protects the memory of a cgroup v2 that is ours alone: memory.min and memory.swap.max (kernel: cgroup-v2.rst). */
import type { HardeningPart } from '../model/hardening.ts';
import { errnoOf } from './errno.ts';

/** What it takes of the file system; tests bring a directory. */
export interface CgroupFiles {
  read(path: string): Promise<string>;
  /** One write(2) to a file that is there. */
  write(path: string, text: string): Promise<void>;
}

/** More than we ever hold, program and heap. */
const protectedBytes = 192 * 1024 ** 2;

const startItSo = 'start it with systemd-run --scope';

/** `isOurs`: we or a child of ours. */
export async function protectCgroup(
  files: CgroupFiles,
  isOurs: (pid: number) => boolean,
): Promise<HardeningPart> {
  try {
    const path = /^0::(\/.*)$/m.exec(await files.read('/proc/self/cgroup'))?.[1];
    const mount = mountOf(await files.read('/proc/self/mountinfo'));
    if (path === undefined || mount === null) return part('unsupported', 'no cgroup v2 here');
    if (path === '/') return part('unsupported', `it has none: ${startItSo}`);
    if (path.includes('/../')) return part('unsupported', 'its cgroup is not to be seen from here');
    const directory = `${mount}${path}`;
    const pids = (await files.read(`${directory}/cgroup.procs`)).split('\n').filter((pid) => pid !== '');
    const others = pids.filter((pid) => !isOurs(Number(pid))).length;
    if (others > 0) {
      return part('unsupported', `shared with ${others} other processes: ${startItSo}`);
    }
    await files.write(`${directory}/memory.min`, String(protectedBytes));
    await files.write(`${directory}/memory.swap.max`, '0');
    return part('done', 'memory.min 192 MB as far as its parents have any, no swap');
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS') {
      return part('denied', `${errno} in its cgroup: root or Delegate=memory is needed`);
    }
    if (errno === 'ENOENT') return part('unsupported', 'its cgroup has no memory controller');
    return part('failed', errno ?? String(error));
  }
}

/** `30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw` (proc_pid_mountinfo(5)). */
function mountOf(mountinfo: string): string | null {
  return /^\d+ \d+ \S+ \/ (\S+) .* - cgroup2 /m.exec(mountinfo)?.[1] ?? null;
}

function part(status: HardeningPart['status'], reason: string): HardeningPart {
  return { id: 'cgroup', status, reason };
}
