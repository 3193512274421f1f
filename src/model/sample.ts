/**
 * What the samplers read, raw: counters as the kernel counts them, nothing divided, nothing guessed.
 * A Sample is recorded as it is; everything shown is derived from two neighbouring Samples.
 */
import type { ProcessIdentity } from '../base/identity.ts';
import type { Problem, Result } from '../base/problem.ts';
import type { CachesRaw } from './caches/caches-raw.ts';
import type { HealthRaw } from './diagnosis/health.ts';
import type { Notice } from './diagnosis/notice.ts';
import type { ProbesRaw } from './diagnosis/probe.ts';
import type { GuardSeen } from './guard/guard-seen.ts';
import type { PlacesRaw } from './machine/places.ts';
import type { LogsRaw } from './rebuild/followed.ts';
import type { Part } from './source-table.ts';

/** One source's reading inside a Sample. `atMs` is the monotonic time of the read, in ms. */
export type Reading<T> = { readonly atMs: number } & Result<T>;

/** What each part holds. */
interface SampleValues {
  readonly host: HostRaw;
  readonly pressure: PressureRaw;
  readonly memory: MemoryRaw;
  readonly cpu: CpuRaw;
  readonly disks: readonly DiskRaw[];
  readonly storage: StorageRaw;
  readonly forest: ForestRaw;
  readonly logs: LogsRaw;
  readonly health: HealthRaw;
  /** What the kernel said since the last Sample. */
  readonly notices: readonly Notice[];
  readonly guards: readonly GuardSeen[];
  readonly probes: ProbesRaw;
  readonly caches: CachesRaw;
}

/** A part is absent when its source was not due; a part that was due and failed carries a Problem. */
export type SampleParts = { readonly [P in Part]?: Reading<SampleValues[P]> };

export interface Sample extends SampleParts {
  readonly version: 1;
  /** Wall clock, Unix ms. May jump. */
  readonly timeMs: number;
  /** CLOCK_MONOTONIC in ms: never jumps, does not count suspend. */
  readonly monotonicMs: number;
}

/** Slow and static facts about the machine. Unknown is null. */
export interface HostRaw {
  readonly name: string;
  readonly kernel: string | null;
  readonly system: string | null;
  readonly cpuModel: string | null;
  readonly cpus: number | null;
  readonly nixVersion: string | null;
  /** Block device name (`nvme0n1`) to model name. */
  readonly diskModels: Readonly<Record<string, string>>;
}

/** One line of /proc/pressure/*: averages in percent, `totalUsec` stalled microseconds since boot. */
export interface PressureLineRaw {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  readonly totalUsec: number;
}
export interface PressureFileRaw {
  readonly some: PressureLineRaw | null;
  readonly full: PressureLineRaw | null;
}
export type PressureResource = 'cpu' | 'memory' | 'io' | 'irq';
export type PressureRaw = Readonly<Record<PressureResource, Result<PressureFileRaw>>>;

/** /proc/meminfo in bytes, /proc/vmstat counters as counted (pages, events). Missing rows are null. */
export interface MemoryRaw {
  readonly totalBytes: number;
  readonly freeBytes: number | null;
  /** MemAvailable (kernel 3.14+). */
  readonly availableBytes: number | null;
  readonly buffersBytes: number | null;
  /** Cached + SReclaimable - Shmem: what people call page cache. */
  readonly pageCacheBytes: number | null;
  readonly sharedBytes: number | null;
  readonly dirtyBytes: number | null;
  readonly writebackBytes: number | null;
  readonly swapTotalBytes: number | null;
  readonly swapFreeBytes: number | null;
  /** pswpin, pswpout: pages since boot. */
  readonly swapInPages: number | null;
  readonly swapOutPages: number | null;
  /** pgmajfault since boot. */
  readonly majorFaults: number | null;
  /** oom_kill since boot (kernel 4.13+). */
  readonly oomKills: number | null;
  /** workingset_refault_file: pages of files that were dropped and needed again. Not in old recordings. */
  readonly refaults?: number | null;
  /** pgscan_kswapd, pgscan_direct and the like: pages looked at for what could be dropped. Not in old recordings. */
  readonly scannedPages?: number | null;
  readonly pageSizeBytes: number;
  /** Sum over /sys/block/zram*\/mm_stat; null without zram. */
  readonly zram: { readonly originalBytes: number; readonly usedBytes: number } | null;
  /** ZFS ARC size from /proc/spl/kstat/zfs/arcstats; null without ZFS. */
  readonly arc: { readonly sizeBytes: number; readonly minBytes: number | null } | null;
}

/** First line of /proc/stat in clock ticks, plus /proc/loadavg and procs_running / procs_blocked. */
export interface CpuRaw {
  readonly ticks: {
    readonly user: number;
    readonly nice: number;
    readonly system: number;
    readonly idle: number;
    /** Null where the system does not tell (portable source). */
    readonly iowait: number | null;
    readonly irq: number;
    readonly softirq: number;
    readonly steal: number | null;
  };
  readonly cpus: number;
  readonly load: { readonly one: number; readonly five: number; readonly fifteen: number } | null;
  readonly runningProcesses: number | null;
  readonly blockedProcesses: number | null;
  /** /proc/uptime, seconds since boot, suspend included (CLOCK_BOOTTIME). */
  readonly uptimeSec: number | null;
}

/**
 * One row of /proc/diskstats; the numbers count since boot, ms fields wrap as u32. Null where a source
 * counts requests but not their time (portable source).
 */
export interface DiskRaw {
  readonly device: string;
  readonly major: number;
  readonly minor: number;
  readonly readsDone: number;
  readonly readsMerged: number;
  readonly readSectors: number;
  readonly readMs: number | null;
  readonly writesDone: number;
  readonly writesMerged: number;
  readonly writeSectors: number;
  readonly writeMs: number | null;
  readonly inFlight: number | null;
  readonly busyMs: number | null;
  readonly weightedMs: number | null;
  /** Kernel 4.18+. */
  readonly discardsDone: number | null;
  readonly discardMs: number | null;
  /** Kernel 5.5+. */
  readonly flushesDone: number | null;
  readonly flushMs: number | null;
}

/** The file systems we care about (/nix, /, /tmp, the build directory) and what carries them. */
export interface StorageRaw {
  readonly filesystems: readonly FilesystemRaw[];
  /** Whole disks and stacked devices worth a row (no loop, ram, or partition rows). */
  readonly devices: readonly BlockDeviceRaw[];
  /** Devices that swap lies on, with all below them: `['dm-1', 'nvme0n1']`. Absent = not read. */
  readonly swap?: readonly string[];
  /** Absent = not read. */
  readonly places?: PlacesRaw;
}
export interface FilesystemRaw {
  /** The path asked for: `/nix`, `/`, `/tmp`, the build directory. */
  readonly path: string;
  readonly mountPoint: string;
  readonly type: string;
  /** Mount source as mountinfo names it: `/dev/mapper/root`, `tank/nix`, `tmpfs`. */
  readonly source: string;
  /** Kernel name of the device mounted (`dm-0`, `nvme0n1p2`); null for tmpfs, ZFS, network. */
  readonly device: string | null;
  /** Hardware below it, through partitions, dm-crypt, LVM, md and bcache: `['nvme0n1']`. */
  readonly disks: readonly string[];
  readonly space: Result<{
    readonly totalBytes: number;
    readonly availableBytes: number;
    readonly inodes: number;
    readonly freeInodes: number;
  }>;
}
export interface BlockDeviceRaw {
  readonly device: string;
  readonly model: string | null;
  /** dm name (`cryptroot`), md name, null for hardware. */
  readonly title: string | null;
  readonly rotational: boolean | null;
  readonly sizeBytes: number | null;
  /** Devices directly below (slaves). */
  readonly slaves: readonly string[];
}

/** Process states as /proc/<pid>/stat gives them, idle (I) counted as S, parked and dead as Z. */
export type ProcessState = 'R' | 'S' | 'D' | 'Z' | 'T';

/** One process of the Nix forest at one moment. CPU in clock ticks; c* include waited-for children. */
export interface ProcessRaw extends ProcessIdentity {
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  /** Controlling terminal device number, 0 without one. */
  readonly tty: number;
  readonly state: ProcessState;
  readonly comm: string;
  /** Effective uid; null while unknown. */
  readonly uid: number | null;
  /** -20 to 19, of its first thread; absent: 0. */
  readonly nice?: number;
  readonly threads: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly childUserTicks: number;
  readonly childSystemTicks: number;
  readonly majorFaults: number;
  readonly childMajorFaults: number;
  /** VmRSS (statm field 2); null when not readable. */
  readonly residentBytes: number | null;
  /**
   * Pss of smaps_rollup: pages that others have too count in part. Read while the sum of all VmRSS is more than the
   * machine holds, root or owner only; what VmRSS has grown by since is added. Absent = not read.
   */
  readonly proportionalBytes?: number;
  /** /proc/<pid>/io, root or owner only; includes waited-for children. null = not readable. */
  readonly readBytes: number | null;
  readonly writeBytes: number | null;
  /** Of a build that seems to stand still; absent = not read. The same object until it is read again. */
  readonly progress?: ProgressRaw;
  /** Read once per program image (pid, start time, comm); the same object while unchanged. */
  readonly facts: ProcessFacts;
}

/** What tells whether a process gets on, and what it waits for. Null = not readable. */
export interface ProgressRaw {
  /** Monotonic ms. */
  readonly atMs: number;
  /** voluntary_ctxt_switches and nonvoluntary_ctxt_switches of /proc/<pid>/status: of the first thread alone. */
  readonly voluntarySwitches: number | null;
  readonly nonvoluntarySwitches: number | null;
  /** The same of its other threads; absent: it has none, or they were not read. */
  readonly otherThreads?: OtherThreadsRaw;
  /** Function of the kernel in which its first thread sleeps (/proc/<pid>/wchan, root or owner only). */
  readonly wchan: string | null;
  /** That sleep ends by itself (/proc/<pid>/syscall, root or owner only). */
  readonly timed: boolean | null;
  /** rchar + wchar of /proc/<pid>/io: whatever went through read() and write(), pipes and page cache included. */
  readonly callBytes: number | null;
}

/** Of /proc/<pid>/task/<tid>/status, of so many threads as were read. */
export interface OtherThreadsRaw {
  /** Context switches of both kinds, of all of them together. */
  readonly switches: number;
  /** Involuntary ones of the thread with the most. */
  readonly mostNonvoluntary: number;
  /** One of them is in nanosleep (wchan, root or owner only). */
  readonly sleeps: boolean;
}

/**
 * What is read once per process, off the main thread. `undefined` = not asked or not back yet,
 * a Problem = asked and not had.
 */
export interface ProcessFacts {
  readonly argv?: readonly string[] | Problem;
  /** What the settings call it: a tool of somebody's own, which starts commands of Nix. */
  readonly ownTool?: string;
  /** Environment of a builder root. */
  readonly environment?: BuildEnvironment | Problem;
  /** Root of the row mounted at `/` in mountinfo; outside a sandbox `/`, or where `/` itself lies: `/@`. */
  readonly rootMount?: string | Problem;
  readonly cwd?: string | Problem;
  /**
   * Where `/nix/var/nix` lies for it, by file system: `254:0 /srv/machines/a/nix/var/nix`. Of the outermost
   * tools, and of processes of a build user that hang below none.
   */
  readonly statePlace?: string | Problem;
  /** Of the outermost tools: it is in a pid namespace below ours, so that pids it tells are not ours; else absent. */
  readonly nestedPids?: true;
  /** Of a builder, and of the outermost tools: path of its cgroup v2. */
  readonly cgroup?: string | Problem;
  /** Of a daemon worker or direct client (root only): derivations whose build log it holds open. */
  readonly openLogs?: readonly string[] | Problem;
  /**
   * Of a daemon worker or direct client (root only): those store paths of its temporary roots file
   * whose lock somebody holds. A builder registers its outputs there before it locks them.
   */
  readonly tempRoots?: readonly string[] | Problem;
  /**
   * Of a daemon worker or direct client (root only): store paths whose lock it holds and that are there
   * already, so that somebody writes them: a substitution or copy, unless a builder is at work on them.
   */
  readonly writing?: readonly string[] | Problem;
}

/** The variables of a builder that name its derivation; others are never kept. */
export interface BuildEnvironment {
  readonly name: string | null;
  readonly pname: string | null;
  readonly version: string | null;
  /** Output path (`$out`). */
  readonly out: string | null;
  readonly buildTop: string | null;
  readonly system: string | null;
  readonly cores: number | null;
}

/** One row of /proc/locks. */
export interface LockRaw {
  readonly pid: number;
  /** `maj:min:inode` as printed (hex:hex:decimal). */
  readonly file: string;
  readonly kind: string;
  readonly mode: 'READ' | 'WRITE';
  /** A `->` row: this pid waits for the row it is printed under. */
  readonly waiting: boolean;
}

/** What a locked output is of, as everybody can find out. */
export interface LockedOutput {
  /** `/nix/store/<hash>-<name>.drv`. */
  readonly derivation: string;
  /** Its build log on disk, Unix ms; null where there is none. */
  readonly log: { readonly bornMs: number; readonly changedMs: number; readonly bytes: number } | null;
}

/** A cgroup (v2) that builds or the outermost tools are in, or one above it. Null = not there, not readable, or no limit. */
export interface CgroupRaw {
  /** From the root of the hierarchy, as /proc/<pid>/cgroup has it. */
  readonly path: string;
  /** `frozen 1` of cgroup.events. */
  readonly frozen: boolean | null;
  /** Monotonic ms at which the rest was read; null = not yet. */
  readonly memoryAtMs: number | null;
  readonly currentBytes: number | null;
  /** memory.max and memory.high. */
  readonly limitBytes: number | null;
  readonly highBytes: number | null;
  /** Of memory.events.local: how often each of them was met, and how often the first ended in an OOM kill. */
  readonly throttled: number | null;
  readonly limitHits: number | null;
  readonly ooms: number | null;
  /** Processes killed for want of memory in it and below, for whatever limit. */
  readonly oomKills: number | null;
}

/** A build that a nixpulse paused: its root. */
export interface PausedRaw extends ProcessIdentity {
  /** Unix ms. */
  readonly atMs: number;
  /** The nixpulse that did it. */
  readonly byPid: number;
}

export interface ForestRaw {
  /** Monotonic ms of the last reading of stat (CPU, states) and of statm (VmRSS). */
  readonly treeAtMs: number;
  readonly residentAtMs: number;
  readonly ticksPerSec: number;
  /** Seconds since boot, suspend included: age = uptimeSec - startTime / ticksPerSec. */
  readonly uptimeSec: number;
  readonly processes: readonly ProcessRaw[];
  /** Locks held or waited for by a process of the forest. */
  readonly locks: readonly LockRaw[];
  /** Monotonic ms of the last reading of the locks of which all outputs are named. Not in old recordings. */
  readonly locksNamedAtMs?: number;
  /** Lock file names, as far as we may resolve them: `maj:min:inode` to path. */
  readonly lockPaths: Readonly<Record<string, string>>;
  /**
   * /nix/store/trash while somebody collects garbage, with Unix ms of its birth (null: the file system does not keep it);
   * null: it is not there. Absent: nobody collects, and in old recordings.
   */
  readonly storeTrash?: { readonly bornMs: number | null } | null;
  /**
   * Of what stands still, what a nixpulse of this user paused (its paused.json), by the root of the build. Absent where
   * nothing stands still or was recorded, and in old recordings.
   */
  readonly paused?: readonly PausedRaw[];
  /** By output path; only for those who may not see open logs, and while that names builds. */
  readonly lockedOutputs?: Readonly<Record<string, LockedOutput>>;
  /** Build users: uid to name. */
  readonly buildUsers: Readonly<Record<number, string>>;
  /** User names of other uids in the forest. */
  readonly userNames: Readonly<Record<number, string>>;
  /** Build directories and whose they are; since Nix 2.32 they name no derivation. */
  readonly buildDirectories: readonly {
    readonly uid: number;
    readonly name: string | null;
    readonly path: string;
    /** Unix ms of its last change: one from before the build is left over from another. */
    readonly changedMs?: number;
  }[];
  /** The daemon's socket: who listens is not readable without root, that it exists is. */
  readonly daemonSocket: 'listening' | 'present' | 'absent';
  /** Seconds after boot at which it was bound. Not in old recordings. */
  readonly daemonSocketBoundSec?: number;
  /** Absent where no build is in one, in old recordings, and without cgroup v2. */
  readonly cgroups?: readonly CgroupRaw[];
  /** Pids in /proc at the last listing: how large the machine is. */
  readonly totalProcesses: number;
  /** True when /proc hides other users' processes (hidepid). */
  readonly hidden: boolean;
  /** True when we may read everything (root or the needed capabilities). */
  readonly privileged: boolean;
  /** `statePlace` of our own: who has another one is of another Nix. Not in old recordings. */
  readonly statePlace?: string;
  /** Our own pid: what we start ourselves is not told as news. Not in old recordings. */
  readonly ownPid?: number;
  /** What it takes and we do not have: `CAP_SYS_PTRACE`. Not in old recordings. */
  readonly missingPrivileges?: readonly string[];
  /** What this source cannot tell at all (portable source: build mapping). */
  readonly problems?: readonly Problem[];
}
