/**
 * The ports: everything through which the program touches the machine. Real forms stand beside
 * (`files.ts`, `clock.ts`, `spawn.ts`, `signals.ts`, `own-files.ts`, `native.ts`, `harden.ts` …), fake ones in `test/support`.
 */

import type { ProcessIdentity } from '../base/identity.ts';
import type { Result } from '../base/problem.ts';
import type { HardeningPart } from '../model/health/hardening.ts';
import type { SignalName } from '../model/intents/intent.ts';

/**
 * A file kept open and read again from offset 0. For /proc/<pid> files it stays bound to that very
 * process: once it is gone every read says `gone`, whoever has the pid now.
 */
export interface KeptFile {
  /** On a real system the very same result while the file says the same. */
  read(): Result<string>;
  close(): void;
}

/** Paths are absolute (`/proc/stat`) and resolved below the root given with --root. */
export interface Files {
  /** True where `/proc` is the running kernel's own, not a captured tree. */
  readonly live: boolean;
  /**
   * Synchronous read of a procfs or sysfs file that cannot block on a disk or on another process
   * (stat, statm, status, pressure, diskstats …). Never for cmdline, environ, maps or real files.
   */
  read(path: string): Result<string>;
  /** Opens once; see KeptFile. Bounded: past the bound `read` opens and closes each time. */
  keep(path: string): KeptFile;
  /** Synchronous listing of a procfs or sysfs directory. */
  list(path: string): Result<readonly string[]>;
  /** Synchronous link of sysfs (never of a disk): its text. */
  link(path: string): Result<string>;
  /**
   * Reads that may block, on pool threads with a deadline; past it `timeout`, and the thread is left
   * to come back by itself. At most a few are under way, the next ones wait for a thread within their
   * deadline. Refused with `timeout` at once: the very read that has not come back yet, any read while
   * all threads hang, and those past a few hundred that wait.
   */
  readSlow(path: string, options?: SlowOptions): Promise<Result<string>>;
  linkSlow(path: string, options?: SlowOptions): Promise<Result<string>>;
  listSlow(path: string, options?: SlowOptions): Promise<Result<readonly string[]>>;
  /** Of the link itself where `path` is one, unless it is to be followed. */
  ownerSlow(path: string, options?: OwnerOptions): Promise<Result<FileOwner>>;
  spaceSlow(path: string, options?: SlowOptions): Promise<Result<FilesystemSpace>>;
}
export interface SlowOptions {
  /** Default 500. */
  readonly deadlineMs?: number;
  /** Default 64 KiB; the rest is cut. */
  readonly maxBytes?: number;
}
export interface OwnerOptions extends SlowOptions {
  /** stat(2) instead of lstat(2): what the link leads to, `gone` where it dangles. */
  readonly follow?: boolean;
}
/** stat(2), or lstat(2). */
export interface FileOwner {
  readonly uid: number;
  readonly device: number;
  readonly inode: number;
  /** st_ctime, Unix ms: nothing was added to a directory, and its owner not changed, since. */
  readonly changedMs: number;
  /** Type and permission bits. */
  readonly mode: number;
  /** Unix ms. */
  readonly mtimeMs: number;
  /** Unix ms; 0 where the file system does not keep it. */
  readonly bornMs: number;
  readonly bytes: number;
}
/** statfs(2). */
export interface FilesystemSpace {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly inodes: number;
  readonly freeInodes: number;
}

export interface Clock {
  /** Unix ms. */
  now(): number;
  /** Monotonic ms. */
  monotonic(): number;
  /** Calls once after `ms`; returns a cancel. */
  after(ms: number, call: () => void): () => void;
}

export interface SpawnResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}
/** A process that runs for long and is listened to line by line. */
export interface RunningProcess {
  readonly done: Promise<Result<{ readonly exitCode: number | null; readonly signal: string | null }>>;
  /** TERM (or `signal`), and KILL 2 s later. */
  cancel(signal?: SignalName): void;
}
export interface StreamOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * It goes on when nixpulse ends, however that ends: in a session of its own, which no closed terminal and no
   * Ctrl-C reaches, with its output in a file. All lines are those of `stdout` then, and `cancel` does nothing.
   */
  readonly lasting?: boolean;
  /**
   * In a session and process group of its own, without a terminal: `cancel` reaches all of the group, and what is left
   * of it when the process or nixpulse ends is killed.
   */
  readonly group?: boolean;
  /**
   * The kernel kills it when nixpulse ends, however that ends. Without setpriv(1) it is not started: `gone`. A program
   * that is not there ends with 127.
   */
  readonly mortal?: boolean;
  /** Its pid, as soon as it has one: what it takes can be watched. */
  readonly onStart?: (pid: number) => void;
  /** A line without its end; control characters as they came. */
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}
/** Starts processes: never on the watch-and-kill path. */
export interface Spawn {
  run(
    file: string,
    args: readonly string[],
    options?: { readonly timeoutMs?: number; readonly environment?: Readonly<Record<string, string>> },
  ): Promise<Result<SpawnResult>>;
  stream(file: string, args: readonly string[], options: StreamOptions): RunningProcess;
}

/** cgroup.freeze (1 and 0) and cgroup.kill of cgroup v2. */
export type CgroupOrder = 'freeze' | 'thaw' | 'kill';

/** Signals to identities, not to numbers. */
export interface Signals {
  /**
   * Sends only if the pid still is that very process: pidfd_open(2), start time compared,
   * pidfd_send_signal(2); where the kernel or koffi lacks them the start time is compared right before
   * kill(2). `gone` when it ended or the pid is somebody else's, `denied` on EPERM and for what is never
   * signalled (pid 1, ourselves), `unsupported` in a captured tree.
   */
  send(process: ProcessIdentity, signal: SignalName): Result<void>;
  /**
   * To the whole process group that this very process leads (it may be a zombie by now), in one step that
   * no fork escapes: PIDFD_SIGNAL_PROCESS_GROUP (Linux 6.9), else kill(2) with the number right after the
   * check. The caller has proven who is in it.
   */
  sendGroup(leader: ProcessIdentity, signal: SignalName): Result<void>;
  /**
   * Of a build that has a cgroup of its own (`use-cgroups`): its directory, whose name has to be
   * `nix-build-uid-<uid>`. `unsupported` on any other and where the kernel lacks the file.
   */
  controlCgroup(directory: string, order: CgroupOrder): Result<void>;
  /**
   * Loads and tries out what `send` needs, so that the first real signal meets warm code. Called once
   * after the start; `send` works before it has come back, without pidfds.
   */
  rehearse(): Promise<void>;
  /** True where pidfds close the race between check and signal. */
  readonly exact: boolean;
}

/** One thread: nice and I/O priority are each thread's own on Linux (setpriority(2), ioprio_set(2)). */
export interface ThreadIdentity {
  /** Of its process. */
  readonly pid: number;
  readonly tid: number;
  /** Its own: field 22 of /proc/<pid>/task/<tid>/stat. */
  readonly startTime: number;
}

export type CgroupController = 'memory' | 'io';
/** Files of a cgroup v2 that say how much it may have, and who goes first. */
export type CgroupSetting = 'cpu.weight' | 'io.weight' | 'memory.high';

/**
 * Who has CPU and disk first. Every setter looks right before whether it still is the very same thread or process:
 * `gone` where it is not, `denied` where the kernel says no, `unsupported` in a captured tree.
 */
export interface Priorities {
  /** Loads what I/O priorities take, for a second at most; at once where that was done before. Never rejects. */
  prepare(): Promise<void>;
  /** ioprio_get(2): class << 13 | level; `unsupported` without koffi. */
  ioPriority(thread: ThreadIdentity): Result<number>;
  /** `value` as ioPriority has it. */
  setIoPriority(thread: ThreadIdentity, value: number): Result<void>;
  /** setpriority(2), -20 to 19. */
  setNice(thread: ThreadIdentity, nice: number): Result<void>;
  /**
   * Of the session that it is in, where the scheduler takes sessions for one (sched(7), /proc/<pid>/autogroup).
   * `timeout`: a moment later (ten times a second without CAP_SYS_ADMIN).
   */
  setSessionNice(process: ProcessIdentity, nice: number): Result<void>;
  /**
   * Of a build that has a cgroup of its own; the same names only as `controlCgroup` of Signals. On a pool thread: below
   * what is in use memory.high takes as long as giving it back does (`timeout`; it counts at once all the same).
   */
  setCgroup(directory: string, setting: CgroupSetting, text: string): Promise<Result<void>>;
  /** Lets the builds beside `directory` (a build's own) be limited: cgroup.subtree_control of what is above it. */
  enableController(directory: string, controller: CgroupController): Promise<Result<void>>;
  /** Writes that have not come back, whatever their callers were told: for the way out. */
  readonly pending: number;
}

/**
 * Files of our own in the state directory: real paths whatever --root says, real disks, so everything is
 * on pool threads with a deadline (`timeout`; what was begun may still come to pass).
 */
export interface OwnFileOptions {
  /** Of a file that may have grown without end, or be no file at all, no more than this. */
  readonly maxBytes?: number;
  /**
   * A user: `denied` where somebody else but root owns the very file that is read, or everybody may write to it. What
   * root does by a file that others write is done by them.
   */
  readonly trustedBy?: number;
  /** A user: `denied` where anybody else owns the very file. Rights of ours are none of whoever has us read. */
  readonly ownedBy?: number;
}
export interface ReplaceOptions {
  readonly shared?: boolean;
  readonly synced?: boolean;
  readonly makesDirectory?: boolean;
  readonly fresh?: boolean;
}
export interface OwnFiles {
  read(path: string, options?: OwnFileOptions): Promise<Result<string>>;
  /**
   * Whole or not at all: written beside, synced, renamed over. Makes missing directories, private to the user.
   * `shared`: everybody may read it, and its directory. `synced: false`: it says nothing to who comes after a power cut.
   * `makesDirectory: false`: its directory is somebody else's; `gone` where there is none.
   * `fresh`: refuses (`malformed`, EEXIST) where something has the name.
   */
  replace(path: string, text: string, options?: ReplaceOptions): Promise<Result<void>>;
  /** One write at the end of the file (O_APPEND). Makes missing directories. */
  append(path: string, text: string): Promise<Result<void>>;
  /** A file that is not there is no failure. */
  remove(path: string): Promise<Result<void>>;
  /**
   * A symbolic link that leads there and is that user's, in the directory in which it was looked at, whoever renames
   * that meanwhile; `malformed` where it is another one. One that is not there is no failure.
   */
  removeLink(
    path: string,
    expected: { readonly target: string; readonly uid: number },
  ): Promise<Result<void>>;
  /** Calls that have not come back, whatever their callers were told: for the way out. */
  readonly pending: number;
}

/**
 * Recordings: real files on a real disk, on pool threads and without a deadline. Who writes bounds what
 * waits; `pending` says how many calls have not come back, for the way out.
 */
export interface RecordingFiles {
  /** Names of its files, in no order: one call, whatever their number. */
  list(directory: string): Promise<Result<readonly string[]>>;
  describe(path: string): Promise<Result<RecordingFileInfo>>;
  /** A new file (O_EXCL), private to the user; makes missing directories. */
  create(path: string): Promise<Result<WritableFile>>;
  open(path: string): Promise<Result<ReadableFile>>;
  remove(path: string): Promise<Result<void>>;
  readonly pending: number;
}
/** Where a bundle is written: the same, and its name when it is whole. */
export interface BundleFiles extends RecordingFiles {
  /** Refuses (`malformed`, EEXIST) where something has the name. */
  rename(from: string, to: string): Promise<Result<void>>;
}
export interface RecordingFileInfo {
  readonly sizeBytes: number;
  /** Unix ms. */
  readonly modifiedMs: number;
}
export interface WritableFile {
  /** All of it, at the end of the file; after a failure the file holds a part at most. */
  write(bytes: Uint8Array): Promise<Result<void>>;
  /** fdatasync(2): what was written survives a power cut. May be under way beside a write. */
  sync(): Promise<Result<void>>;
  /** False once somebody has removed it: what is written then is lost when it is closed. */
  linked(): Promise<Result<boolean>>;
  close(): Promise<Result<void>>;
}
export interface ReadableFile {
  size(): Promise<Result<number>>;
  /** Fewer bytes at the end of the file, and before what cannot be read; a Problem where the first cannot. */
  read(offset: number, length: number): Promise<Result<Uint8Array>>;
  close(): Promise<void>;
}

/**
 * Files that somebody else writes to while they are read here: on pool threads and without a deadline. What has not
 * come back is simply later: a follower has one call under way at most, so that a disk that hangs takes one thread.
 */
export interface StreamFiles {
  /** stat(2), or lstat(2) where links are not to be followed: nothing is opened. */
  describe(path: string, options: LinkOptions): Promise<Result<StreamFileInfo>>;
  /**
   * Only a regular file: no FIFO, socket or device is waited for or opened. `empties`: opened for writing too where
   * that is allowed, so that what was read can be taken out of it.
   */
  open(path: string, options: LinkOptions & { readonly empties: boolean }): Promise<Result<StreamFile>>;
  /** A descriptor that somebody has opened, closed with what is returned. `where`: its name in Problems. */
  of(descriptor: number, where: string, options?: { readonly writable?: boolean }): StreamFile;
  readonly pending: number;
}
export interface LinkOptions {
  /** False: a link is no file (`malformed`, ELOOP). */
  readonly followLinks: boolean;
}
export interface StreamFileInfo {
  /** A regular file. */
  readonly regular: boolean;
  /** Device and inode: the same while it is the same file. */
  readonly identity: string;
  readonly uid: number;
  /** Type and permission bits. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** What it takes of its file system: less than its size where there are holes. */
  readonly allocatedBytes: number;
}
export interface StreamFile {
  /** May be changed by us. */
  readonly writable: boolean;
  describe(): Promise<Result<StreamFileInfo>>;
  /** tmpfs or ramfs; false where nobody can tell. */
  inMemory(): Promise<boolean>;
  /** Fewer bytes at the end of the file, none past it. */
  read(offset: number, length: number): Promise<Result<Uint8Array>>;
  /**
   * Gives the bytes before `end` back and leaves zeros: FALLOC_FL_PUNCH_HOLE, which keeps the size, so that nothing is
   * lost that is written meanwhile. `unsupported` where the file system or koffi does not have it.
   */
  punch(from: number, end: number): Promise<Result<void>>;
  /** ftruncate(2) to nothing. */
  truncate(): Promise<Result<void>>;
  /** After what is under way. */
  close(): void;
}

/** Garbage: of what is new alone, in a millisecond; of all, in ten to twenty; and what is left close together, in forty. */
export type Collection = 'young' | 'all' | 'close';

export type ForgottenPages = 'all' | 'data';

/** Keeps nixpulse itself alive while the machine freezes. Tried once, after everything has run once. */
export interface Hardening {
  /** Each part by itself; never rejects. */
  harden(): Promise<readonly HardeningPart[]>;
  /**
   * Lets go of pages of the program's files: what only the start needed is gone, the rest comes back as it is used. To be
   * called before `harden`; never rejects. `data`: all but code.
   */
  forget(pages: ForgottenPages): Promise<void>;
  /** Since `harden`: no page of our own can go to swap. */
  readonly keepsOwnMemory: boolean;
}

/** Whoever is hardened does not hand it on: what he starts is an ordinary process. */
export interface UsualRights {
  /** Calls `start` with the rights that the program had before, and gives the process the rest of them. */
  asUsual<T>(start: () => T, pidOf: (started: T) => number | undefined): T;
}

/** Pressure stall triggers (psi.rst): told when memory, I/O or CPU stalls, without waiting for a tick. */
export interface PressureTriggers {
  /**
   * Calls `onEvent` from now on, at most every two seconds or so per resource; `unsupported` or `denied` where
   * the kernel has none for us. `close` resolves when the waiting thread is back.
   */
  watch(onEvent: () => void): Promise<Result<{ close(): Promise<void> }>>;
}

/**
 * What takes more than being oneself. `read-all-processes`: I/O, environment and open files of others' processes,
 * and all of them under hidepid. `set-priority`: that of others' processes, and to take back what was lowered.
 * `administer`: what programs that we start may do as root only.
 */
export type Right = 'read-all-processes' | 'signal-all' | 'set-priority' | 'administer';

/** Datagrams to sockets of this machine, sent at once or not at all. */
export interface Datagrams {
  /** `to`: a path, or `@name` of an abstract socket. `timeout`: its queue is full. `gone`: nobody is there. */
  send(to: string, bytes: Uint8Array): Result<void>;
  close(): void;
}

/** What only the kernel or the C library can tell. */
export interface Native {
  /** Whose we are; what we may is asked of `missing`. */
  readonly uid: number;
  /** What a right takes that we do not have (`CAP_KILL`, `root`); empty where we have it. */
  missing(right: Right): readonly string[];
  may(right: Right): boolean;
  readonly pid: number;
  /** auxv AT_CLKTCK, 100 on every Linux. */
  readonly ticksPerSec: number;
  /** auxv AT_PAGESZ. */
  readonly pageSizeBytes: number;
}

/** Records of the kernel's log that have not been read yet: dev-kmsg of Documentation/ABI. */
export interface KernelLog {
  /**
   * The next ones, oldest first, at most `most`; the first call begins with the oldest that the kernel still has.
   * `denied`: it takes CAP_SYSLOG here (kernel.dmesg_restrict); `gone`, `unsupported`: no such device. Once that was
   * said nothing is opened again. One call at a time.
   */
  read(most: number): Promise<Result<readonly string[]>>;
  close(): void;
}

export interface Ports {
  readonly files: Files;
  readonly clock: Clock;
  readonly spawn: Spawn;
  readonly signals: Signals;
  readonly priorities: Priorities;
  readonly ownFiles: OwnFiles;
  readonly native: Native;
  /** Absent: none, or that of another machine than the files are of. */
  readonly kernelLog?: KernelLog;
}
