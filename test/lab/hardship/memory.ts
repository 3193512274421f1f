/**
 * Too little memory: a cgroup with a limit, a swap file for what does not fit, and hogs that touch all they
 * have again and again. /proc/pressure/memory is the machine's, so all of it sees the pressure; only what is
 * in the cgroup suffers.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cgroup, makeCgroup } from './cgroup.ts';
import type { BadDisk } from './disk.ts';
import { type Hardship, Lacking, needsRootOnLinux, tool, type Unsupported, unsupported } from './hardship.ts';
import { type Keeper, quoted, startKeeper } from './keeper.ts';

export interface MemoryOptions {
  readonly secs: number;
  /** Of the cgroup; default 256 MB. */
  readonly limitMB?: number;
  /** Of the swap file; default 256 MB. 0: none, then the kernel's OOM killer ends what does not fit. */
  readonly swapMB?: number;
  /** Where the swap file is made: a directory on a disk (no tmpfs); default the temporary one. */
  readonly directory?: string;
  /** The swap file is made on this one, and both end together: `secs` is the disk's. */
  readonly on?: BadDisk;
}

export interface MemoryShortage extends Hardship {
  readonly cgroup: Cgroup;
  /** A process, with all that it starts from now on, has to do with the little there is. */
  add(pid: number): void;
  /** Another process that wants `mb` and touches all of it without end; with `perSec` it grows to that. */
  hog(mb: number, perSec?: number): number;
  /** Another limit from now on. */
  limit(mb: number): void;
}

const hogScript = fileURLToPath(new URL('hog.mjs', import.meta.url));

export function makeMemoryShort(options: MemoryOptions): MemoryShortage | Unsupported {
  const missing = needsRootOnLinux();
  if (missing !== null) return unsupported(missing);
  const { limitMB = 256, swapMB = 256, on } = options;
  const keeper = on?.keeper ?? startKeeper(options.secs);
  try {
    if (swapMB > 0) makeSwap(keeper, swapMB, on?.mountPoint ?? options.directory ?? tmpdir());
    const cgroup = makeCgroup('memory', keeper);
    on?.promiseAnswers();
    limit(cgroup, limitMB << 20);
    return {
      kind: 'hardship',
      what: `memory: ${limitMB} MB and ${swapMB} MB of swap for those in ${cgroup.path}`,
      cgroup,
      add: cgroup.add,
      hog: (mb, perSec) => startHog(cgroup, mb, perSec ?? mb),
      limit: (mb) => limit(cgroup, mb << 20),
      end: keeper.end,
    };
  } catch (error) {
    void keeper.end();
    if (error instanceof Lacking) return unsupported(error.message);
    throw error;
  }
}

function limit(cgroup: Cgroup, bytes: number): void {
  cgroup.set(cgroup.version === 1 ? 'memory.limit_in_bytes' : 'memory.max', String(bytes));
}

/** The promise stands first: what is only half made is undone, too. */
function makeSwap(keeper: Keeper, mb: number, directory: string): void {
  const place = mkdtempSync(join(directory, 'nixpulse-swap-'));
  const file = join(place, 'swap');
  keeper.promise(`swapoff ${quoted(file)}; rm -rf ${quoted(place)}`);
  // A swap file must have no holes (swapon(8)).
  tool('dd', 'if=/dev/zero', `of=${file}`, 'bs=1M', `count=${mb}`, 'status=none');
  tool('chmod', '600', file);
  tool('mkswap', file);
  tool('swapon', file);
}

/** It is in the cgroup before it has its first page: it waits for a line on its standard input. */
function startHog(cgroup: Cgroup, mb: number, perSec: number): number {
  const child = spawn(process.execPath, [hogScript, String(mb), String(perSec)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  if (child.pid === undefined) throw new Error('a hog did not start');
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  cgroup.add(child.pid);
  child.stdin.end('go\n');
  child.unref();
  return child.pid;
}
