/** What was found in a few words, where only its kind and whom it is about are kept: in the journal, in recordings. */
import type { Found } from '../model/diagnosis/found.ts';

/** `about`: as an event of a finding has it; null: the machine, or nobody knows its name. */
type Title = (about: string | null) => string;

const of =
  (title: string, nobody: string): Title =>
  (about) =>
    `${about ?? nobody} ${title}`;
const at =
  (title: string): Title =>
  (about) =>
    about === null ? title : `${title}: ${about}`;

/** A row a kind. */
export const foundTitles: Readonly<Record<Found['kind'], Title>> = {
  'build-stuck': of('is stuck', 'a build'),
  'build-overdue': of('takes longer than usual', 'a build'),
  'build-leak': of('takes all the memory', 'a build'),
  'client-leak': of('takes all the memory', 'an evaluation'),
  'evaluation-loop': of('evaluates without end', 'a client'),
  'evaluation-recursion': at('the evaluation recurs without end'),
  'evaluation-limit': at('the evaluation does not end within its limits'),
  'memory-elsewhere': () => 'memory is short, and not through Nix',
  'cpu-elsewhere': () => 'the CPUs are short, and not through Nix',
  'cpu-stolen': () => 'the hypervisor gives the CPUs to others',
  'disk-elsewhere': of('is kept busy, and not by builds', 'a disk'),
  arc: () => 'the ARC of ZFS holds much of the memory',
  'cache-thrash': () => 'memory is too short for the page cache',
  'limit-kill': at('killed by a limit of memory'),
  'limit-met': at('a limit of memory is met'),
  'machine-met': () => 'builds need more memory together than there is',
  'oom-panic': () => 'the kernel panics when memory is short',
  'overcommit-never': () => 'memory is refused before it is short',
  'oom-immune': () => 'the OOM killer spares the Nix daemon and its builds',
  'high-alone': of('has memory.high and no memory.max', 'a cgroup'),
  'oom-bystander': at('killed for want of memory, and not who took it'),
  'zombie-build': of('has ended, and nobody reaps it', 'a build'),
  'unreaped-child': of('does not reap its ended child', 'a build'),
  'orphan-build': of('is an orphan of nobody', 'a build'),
  'stale-client': of('is old and does nothing', 'a client'),
  paused: of('is paused', 'a build'),
  space: of('is nearly full', 'a file system'),
  'space-fills': of('will soon be full', 'a file system'),
  'space-failed': of('was full, and a build failed', 'a file system'),
  'chunks-full': of('has no chunk left for data or metadata', 'a file system'),
  'boot-small': of('has no room for another kernel', 'the boot partition'),
  'boot-unwritten': () => 'the new generation is not in the boot menu',
  'store-in-memory': of('lies in memory', 'the store'),
  'collection-goal': of('is smaller than min-free wants it to be free', 'the store'),
  'disk-stalled': of('finishes no request', 'a disk'),
  'disk-slow': of('takes seconds for each request', 'a disk'),
  'disk-errors': of('has errors', 'a disk'),
  'disk-state': of('is in a bad state', 'a disk'),
  smart: of('fails, or may fail (SMART)', 'a disk'),
  'bad-blocks': of('has blocks that cannot be read', 'a disk'),
  'layer-suspended': of('is suspended', 'a device'),
  'layer-stalled': of('finishes no request, and the disk below is not the limit', 'a device'),
  'layer-slow': of('is slower than the disk below it', 'a device'),
  'layer-errors': of('fails requests', 'a device'),
  array: of('lacks a member, or is busy with itself', 'an array'),
  pool: of('is not well (ZFS)', 'a pool'),
  'filesystem-errors': of('has errors', 'a file system'),
  'read-only': of('has become read-only', 'a file system'),
  operation: of('is busy with itself', 'a file system'),
  'thin-full': of('is full or nearly so', 'a thin pool'),
  'volume-state': of('is not well (LVM)', 'a volume'),
  'group-bad': of('is damaged or lacks a disk', 'a volume group'),
  'lock-held': at('a lock is held'),
  'garbage-collection': () => 'a garbage collection is waited for',
  'upload-lock': at('the upload lock is held'),
  'resource-awaited': at('waited for in vain'),
  'cache-asked': of('does not do as a cache', 'a cache'),
  'builder-asked': of('does not do as a builder', 'a builder'),
  'cache-trouble': of('does not answer', 'a cache'),
  'transfer-stalled': at('a transfer stands still'),
  'source-copied': () => 'an evaluation copies a source',
  'builder-silent': of('says nothing', 'a builder'),
  'no-machine': at('no machine may build it'),
  'no-free-machine': () => 'no builder is free',
  'hook-waits': () => 'the post-build hook does not end',
  'switch-waits': at('a switch waits'),
  'switch-left-over': at('a switch is left over'),
  'units-failed': at('units have failed'),
  'activation-stands': at('the activation stands still'),
  'switch-incomplete': () => 'the switch has not done everything',
  unattended: of('rebuilds without anybody', 'a unit'),
  'process-limit': at('a limit of processes or files is met'),
  'store-damaged': () => 'paths of the store are damaged',
  'store-unrecorded': () => 'paths of the store have no recorded hash',
  'path-damaged': of('is damaged or missing', 'a path of the store'),
  'database-damaged': of('is malformed', 'a database of Nix'),
  'cache-database-damaged': of('is malformed, a cache alone', 'a database of Nix'),
  'memory-errors': () => 'memory has errors (ECC)',
};

/** `thing-1.0 is stuck`; null: a kind of another version. */
export function foundTitle(kind: string, about: string | null): string | null {
  return Object.hasOwn(foundTitles, kind) ? foundTitles[kind as Found['kind']](about) : null;
}
