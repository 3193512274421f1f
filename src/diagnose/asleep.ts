/** Where an idle build sleeps: in those of its processes that wait for no other one of it. */
import type { Asleep, Sleeper } from '../model/diagnosis/verdict.ts';
import { toolOfComm } from '../model/forest/nix-tools.ts';
import type { Build, BuildProcess } from '../model/model.ts';

type Kind = Exclude<Asleep['kind'], 'zombies' | 'zombie-child' | 'log-reader'>;

/** Functions of the kernel in which a thread sleeps; the first that matches counts. */
const places: readonly (readonly [RegExp, Kind])[] = [
  [/nanosleep/, 'timer'],
  [/mem_cgroup_handle_over_high|mem_cgroup_oom/, 'memory-limit'],
  // A FIFO whose other end nobody opens, and both ends of a pipe.
  [/wait_for_partner|pipe_read|pipe_write|fifo_open/, 'pipe'],
  // A terminal: the log of a builder is one.
  [/n_tty|tty_write|wait_woken/, 'pipe'],
  [/futex/, 'futex'],
  [/inet_|sk_wait|tcp_|udp_|unix_stream|unix_wait|skb_wait|datagram|accept/, 'socket'],
  [/poll|select|eventfd|signalfd|inotify/, 'poll'],
  [/^(?:do_wait|kernel_wait)/, 'child'],
  [/sigsuspend|sigtimedwait|sys_pause/, 'signal'],
  [/flock|fcntl_setlk|posix_lock|locks_/, 'file-lock'],
];

// nixpkgs wraps programs: `.qemu-system-x86_64-wrapped` is `.qemu-system-x8` to the kernel.
const virtualMachines = /^\.?(?:qemu-system|qemu-kvm|cloud-hyperviso|crosvm|firecracker)/;
const downloaders = /^\.?(?:curl|wget|aria2c|git-remote-\w*|ssh|hg|svn|rsync|rclone|s5cmd)(?:-wrapped)?$/;

/** What decides where several sleep: what ends by itself before what does not. */
const order: readonly Asleep['kind'][] = [
  'virtual-machine',
  'memory-limit',
  'disk',
  'runnable',
  'timer',
  'network',
  'zombie-child',
  'log-reader',
  'pipe',
  'socket',
  'file-lock',
  'poll',
  'futex',
  'signal',
  'child',
  'unknown',
];

/** Null of a build without processes. */
export function asleepOf(build: Pick<Build, 'tree' | 'parent'>): Asleep | null {
  const { tree, parent } = build;
  const living = tree.filter(({ state }) => state !== 'Z');
  if (living.length === 0) return tree.length === 0 ? null : { kind: 'zombies' };
  const parents = new Set(living.map(({ ppid }) => ppid));
  // A first thread that ended before the others is no zombie.
  const zombies = new Map(
    tree.filter(({ state, threads }) => state === 'Z' && threads <= 1).map((one) => [one.ppid, one]),
  );
  let found: Asleep | null = null;
  for (const process of living) {
    if (parents.has(process.pid) && !isVirtualMachine(process)) continue;
    const asleep = reasonOf(process, zombies.get(process.pid), parent, tree.length === 1);
    if (found === null || order.indexOf(asleep.kind) < order.indexOf(found.kind)) found = asleep;
  }
  return found;
}

/** Its CPU is that of a machine of its own, or of a download: no loop, whatever else stands still. */
export function worksElsewhere({ tree }: Pick<Build, 'tree'>): boolean {
  return tree.some((process) => isVirtualMachine(process) || isDownload(process, tree.length === 1));
}

/** A builder of Nix's own never execs: it is still the program that forked it. */
function isDownload({ comm }: BuildProcess, alone: boolean): boolean {
  return downloaders.test(comm) || (alone && toolOfComm(comm) !== null);
}

function isVirtualMachine({ comm }: BuildProcess): boolean {
  return virtualMachines.test(comm);
}

function reasonOf(
  process: BuildProcess,
  zombie: BuildProcess | undefined,
  parent: Build['parent'],
  alone: boolean,
): Asleep {
  const sleeper: Sleeper = {
    pid: process.pid,
    program: programOf(process),
    wchan: process.progress?.wchan ?? null,
  };
  const { state, progress } = process;
  if (isVirtualMachine(process)) return { kind: 'virtual-machine', ...sleeper };
  const place = placeOf(sleeper.wchan);
  if (place === 'memory-limit') return { kind: 'memory-limit', ...sleeper };
  if (state === 'D') return { kind: 'disk', ...sleeper };
  if (state === 'R') return { kind: 'runnable', ...sleeper };
  if (place === 'timer' || progress?.timed === true || process.comm === 'sleep')
    return { kind: 'timer', ...sleeper };
  // The first thread waits for one that does.
  if (progress?.otherThreads?.sleeps === true) return { kind: 'timer', ...sleeper };
  if (isDownload(process, alone)) return { kind: 'network', ...sleeper };
  if (zombie !== undefined) return { kind: 'zombie-child', child: programOf(zombie), ...sleeper };
  const writes = sleeper.wchan !== null && /pipe_write|n_tty_write|tty_write|wait_woken/.test(sleeper.wchan);
  if (writes && parent !== undefined && /pipe_write|wait_woken|n_tty/.test(parent.progress.wchan ?? ''))
    return { kind: 'log-reader', reader: parent.comm, readerPid: parent.pid, ...sleeper };
  return { kind: place ?? 'unknown', ...sleeper };
}

/** It ends only when somebody else does something: no timeout is possible in that function, or none is usual. */
export function needsPartner(wchan: string): boolean {
  const place = placeOf(wchan);
  return place === 'pipe' || place === 'child' || place === 'file-lock';
}

function placeOf(wchan: string | null): Kind | null {
  if (wchan === null) return null;
  return places.find(([pattern]) => pattern.test(wchan))?.[1] ?? 'unknown';
}

/** Without emulator, interpreter and arguments; of what has ended its name. */
export function programOf({ command, comm }: BuildProcess): string {
  const [first] = (command ?? '').split(' ');
  return first === undefined || first === '' ? comm : (first.split('/').at(-1) ?? comm);
}
