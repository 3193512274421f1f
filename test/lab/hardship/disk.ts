/**
 * A disk that is slow or does not answer: a small ext4 on a loop device, whose backing file lies in a second
 * one. While that one is frozen (fsfreeze(8)) the loop device's writes are taken and none finishes, which is
 * a stall as the kernel counts it: requests in flight, none done. It needs no cgroup and no dm. Slowness is a
 * limit of the lower device (blkio.throttle of cgroup v1, io.max of v2); a byte a second stalls reads, too.
 *
 * sync(2) of anybody on the machine waits while it stalls: keep stalls short.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Cgroup, makeCgroup } from './cgroup.ts';
import { type Hardship, Lacking, needsRootOnLinux, tool, type Unsupported, unsupported } from './hardship.ts';
import { type Keeper, quoted, startKeeper } from './keeper.ts';

export interface DiskOptions {
  readonly secs: number;
  /** Default 64 MB. */
  readonly sizeMB?: number;
  /** Where it is mounted; default a directory of its own. nixpulse judges disks that carry /nix, /, /tmp or swap. */
  readonly mountPoint?: string;
  readonly directory?: string;
}

export interface BadDisk extends Hardship {
  /** `loop3`, as /proc/diskstats names it. */
  readonly device: string;
  readonly mountPoint: string;
  /** What lies on it promises its end here, and calls `promiseAnswers` after that: the disk must answer then. */
  readonly keeper: Keeper;
  promiseAnswers(): void;
  /** No write finishes from now on, until `recover`. */
  stall(): void;
  /** At most so much is read and written; a stall goes on. With cgroups v2 it holds for those who were added. */
  slow(bytesPerSec: number): Unsupported | null;
  /** Neither slow nor stalled. */
  recover(): void;
  /** Needed for `slow` with cgroups v2 only. */
  add(pid: number): void;
  /** A process that writes the same file anew without end, past the page cache; gives its pid. */
  write(): number;
}

export function makeBadDisk(options: DiskOptions): BadDisk | Unsupported {
  const missing = needsRootOnLinux();
  if (missing !== null) return unsupported(missing);
  const keeper = startKeeper(options.secs);
  try {
    return setUp(options, keeper);
  } catch (error) {
    void keeper.end();
    if (error instanceof Lacking) return unsupported(error.message);
    throw error;
  }
}

function setUp({ sizeMB = 64, ...options }: DiskOptions, keeper: Keeper): BadDisk {
  const place = mkdtempSync(join(options.directory ?? tmpdir(), 'nixpulse-disk-'));
  keeper.promise(
    `rmdir ${quoted(`${place}/below`)} ${quoted(`${place}/disk`)}; rm -f ${quoted(`${place}/lower`)}; rmdir ${quoted(place)}`,
  );
  const below = join(place, 'below');
  const mountPoint = options.mountPoint ?? join(place, 'disk');
  for (const directory of [below, join(place, 'disk'), mountPoint]) mkdirSync(directory, { recursive: true });

  // Below 512 MB mke2fs(8) takes an eighth for inodes and the journal.
  const lower = attach(join(place, 'lower'), sizeMB + Math.max(16, Math.ceil(sizeMB / 6)), below, keeper);
  const upper = attach(join(below, 'upper'), sizeMB, mountPoint, keeper);
  const number = readFileSync(`/sys/class/block/${basename(lower)}/dev`, 'utf8').trim();
  const limits = limitsOf(number, keeper);
  const thaw = `fsfreeze --unfreeze ${quoted(below)}`;
  // Promised last, so that it is done first: nothing else ends while the disk does not answer.
  const promiseAnswers = () => {
    limits.promiseEnd();
    keeper.promise(thaw);
  };
  promiseAnswers();

  let frozen = false;
  const recover = () => {
    limits.lift();
    if (frozen) tool('fsfreeze', '--unfreeze', below);
    frozen = false;
  };
  return {
    kind: 'hardship',
    what: `disk: ${basename(upper)}, mounted at ${mountPoint}`,
    device: basename(upper),
    mountPoint,
    keeper,
    promiseAnswers,
    stall() {
      if (!frozen) tool('fsfreeze', '--freeze', below);
      frozen = true;
    },
    slow: limits.limit,
    recover,
    add: limits.add,
    write: () => startWriter(mountPoint, Math.floor(sizeMB / 2), limits, keeper),
    end: keeper.end,
  };
}

function startWriter(mountPoint: string, mb: number, limits: Limits, keeper: Keeper): number {
  const script = `while dd if=/dev/zero of=writer bs=64k count=$(($1 * 16)) oflag=direct conv=notrunc; do :; done`;
  const child = spawn('bash', ['-c', script, 'nixpulse-writer', String(mb)], {
    cwd: mountPoint,
    stdio: 'ignore',
    detached: true,
  });
  if (child.pid === undefined) throw new Error('a writer did not start');
  child.unref();
  limits.add(child.pid);
  keeper.promise(`grep -qz nixpulse-writer /proc/${child.pid}/cmdline && kill -9 -- -${child.pid}`);
  return child.pid;
}

/** A file with an ext4 in it, attached without a page cache of its own and mounted; gives the device's path. */
function attach(file: string, sizeMB: number, mountPoint: string, keeper: Keeper): string {
  tool('fallocate', '--length', `${sizeMB}MiB`, file);
  const device = tool('losetup', '--find', '--show', '--direct-io=on', file);
  // A lazy unmount waits for no user.
  keeper.promise(`umount -l ${quoted(mountPoint)} || losetup -d ${device}`);
  tool('mkfs.ext4', '-q', '-F', '-m', '0', device);
  tool('mount', device, mountPoint);
  // In use, so that it is only marked: the kernel detaches it with its last user.
  tool('losetup', '--detach', device);
  return device;
}

interface Limits {
  promiseEnd(): void;
  limit(bytesPerSec: number): Unsupported | null;
  lift(): void;
  add(pid: number): void;
}

/** `number`: `7:0`. The root cgroup of version 1 has limits, too, and loop devices work in it for everyone. */
function limitsOf(number: string, keeper: Keeper): Limits {
  const files = ['read', 'write'].map((what) => `/sys/fs/cgroup/blkio/blkio.throttle.${what}_bps_device`);
  let cgroup: Cgroup | null = null;
  const set = (bytesPerSec: number | null) => {
    if (cgroup?.version === 2) {
      const most = bytesPerSec ?? 'max';
      cgroup.set('io.max', `${number} rbps=${most} wbps=${most}`);
    } else for (const file of files) writeFileSync(file, `${number} ${bytesPerSec ?? 0}`);
  };
  try {
    cgroup = makeCgroup('blkio', keeper);
    if (cgroup.version === 1) {
      set(1 << 30);
      set(null);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const nothing = () => {};
    return {
      limit: () => unsupported(why),
      lift: nothing,
      add: nothing,
      promiseEnd: nothing,
    };
  }
  return {
    promiseEnd() {
      if (cgroup.version === 2) return;
      for (const file of files) keeper.promise(`echo '${number} 0' >${quoted(file)}`);
    },
    limit(bytesPerSec) {
      set(bytesPerSec);
      return null;
    },
    lift: () => set(null),
    add: (pid) => cgroup.version === 2 && cgroup.add(pid),
  };
}
