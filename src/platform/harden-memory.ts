/**
 * Locks the program's own files in memory: mlock2(2) with MLOCK_ONFAULT on file-backed mappings, so that what
 * has once been used is never read from a frozen disk again. Never anonymous memory, never mlockall(2): V8
 * gives pages back with madvise(2), which fails on locked ones, and aborts. docs/decisions/0011.
 */
import { bytesText } from '../base/bytes.ts';
import type { HardeningPart } from '../model/health/hardening.ts';
import type { WholeKernel } from './kernel.ts';

export interface Mapping {
  readonly start: number;
  readonly bytes: number;
  readonly permissions: string;
}

type Arch = Readonly<Partial<Record<NodeJS.Architecture, number>>>;
/** Everybody but x86 has the number of asm-generic/unistd.h. */
const mlock2: Arch = { x64: 325, arm64: 284, riscv64: 284, loong64: 284 };
const onFault = 1;

/**
 * `7f3b9b644000-7f3b9b799000 r-xp 00026000 fe:01 1234   /usr/lib/libc.so.6` (proc_pid_maps(5)). Files only:
 * no devices, no memfds, nothing that cannot be read, no shared writable mapping.
 */
export function fileMappings(maps: string): Mapping[] {
  const found: Mapping[] = [];
  for (const line of maps.split('\n')) {
    const match = /^([0-9a-f]+)-([0-9a-f]+) (r...) \S+ \S+ (\d+)\s+(\/.*)$/.exec(line);
    if (match === null) continue;
    const [, from = '', to = '', permissions = '', inode = '', path = ''] = match;
    if (inode === '0' || /^\/(?:dev|memfd:|SYSV|anon_hugepage)/.test(path)) continue;
    if (permissions[1] === 'w' && permissions[3] === 's') continue;
    const start = Number.parseInt(from, 16);
    found.push({ start, bytes: Number.parseInt(to, 16) - start, permissions });
  }
  return found;
}

/** `limits`: of /proc/self/limits. The small ones first: where a limit is in the way, most of them fit. */
export async function lockMemory(
  kernel: WholeKernel,
  maps: string,
  limits: string,
  arch = process.arch,
): Promise<HardeningPart> {
  const number = mlock2[arch];
  if (number === undefined) return part('unsupported', `no number of mlock2(2) is known for ${arch}`);
  const mappings = fileMappings(maps).sort((a, b) => a.bytes - b.bytes);
  const total = mappings.reduce((sum, { bytes }) => sum + bytes, 0);
  let locked = 0;
  let lockedBytes = 0;
  let errno = 0;
  for (const { start, bytes } of mappings) {
    let result = await kernel.callAside(number, start, bytes, onFault, 0);
    // The other thread's errno is not ours to see: asked again here, it fails at once.
    if (result !== 0) result = kernel.call(number, start, bytes, onFault, 0);
    // One that is gone meanwhile fails too: a limit also keeps the largest one out, which comes last.
    errno = result === 0 ? 0 : kernel.errno();
    if (errno === ENOSYS) return part('unsupported', 'this kernel has no mlock2(2) (4.4+)');
    if (errno !== 0) continue;
    locked += 1;
    lockedBytes += bytes;
  }
  if (errno === 0) return part('done', `${bytesText(lockedBytes)} of files, ${locked} mappings`);
  const of = `${bytesText(lockedBytes)} of ${bytesText(total)}`;
  if (errno === EPERM || errno === ENOMEM || errno === EAGAIN) {
    return part('denied', `${of}: ${limitOf(limits)}; CAP_IPC_LOCK or LimitMEMLOCK= lifts it`);
  }
  return part('failed', `${of}: errno ${errno}`);
}

const EPERM = 1;
const EAGAIN = 11;
const ENOMEM = 12;
const ENOSYS = 38;

function part(status: HardeningPart['status'], reason: string): HardeningPart {
  return { id: 'memory', status, reason };
}

/** `Max locked memory         8388608              8388608              bytes`. */
function limitOf(limits: string): string {
  const soft = /^Max locked memory\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? 'a limit' : `the limit of locked memory is ${bytesText(Number(soft))}`;
}
