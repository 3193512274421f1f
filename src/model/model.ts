/**
 * What everything is drawn from: screen, JSON, status line, later exports, guards and diagnosis.
 * Field names carry their unit. `null` = unknown, never 0. The JSON document is this object
 * as `format/json.ts` writes it; names are stable.
 */
import type { ProcessIdentity } from '../base/identity.ts';
import type { Problem } from '../base/problem.ts';
import type { CachesRaw } from './caches/caches-raw.ts';
import type { DecisionPath } from './diagnosis/decision.ts';
import type { Finding } from './diagnosis/finding.ts';
import type { HookProcess } from './diagnosis/found-wait.ts';
import type { Health } from './diagnosis/health.ts';
import type { Hypothesis, HypothesisId } from './diagnosis/hypothesis.ts';
import type { Notice } from './diagnosis/notice.ts';
import type { ProbesDone } from './diagnosis/probes-done.ts';
import type { Verdict } from './diagnosis/verdict.ts';
import type { Unit } from './fields/field.ts';
import type { GuardAction, GuardRuleId, GuardUndo } from './guard/guard.ts';
import type { GuardSeen } from './guard/guard-seen.ts';
import type { OutcomeStatus } from './intents/outcome-status.ts';
import type { Killer } from './machine/killers.ts';
import type { PlacesRaw } from './machine/places.ts';
import type { Cause } from './rebuild/cause.ts';
import type { DerivationRaw } from './rebuild/derivation.ts';
import type { Durations } from './rebuild/durations.ts';
import type { BuildLog, FollowedRebuild } from './rebuild/followed.ts';
import type { LogPath } from './rebuild/log-path.ts';
import type { PressureResource, ProcessState, ProgressRaw } from './sample.ts';
import type { Part } from './source-table.ts';

export type Level = 'ok' | 'warning' | 'critical';

export interface Model {
  readonly version: 1;
  /** Wall clock of the sample, Unix ms. */
  readonly timeMs: number;
  readonly monotonicMs: number;
  /** Seconds between the two samples the rates are made of; null on the first. */
  readonly intervalSec: number | null;
  readonly host: Host;
  readonly pressure: Readonly<Record<PressureResource, Pressure>>;
  /** What is short now, worst first; empty when nothing is. */
  readonly shortages: readonly Shortage[];
  readonly memory: Memory;
  readonly cpu: Cpu;
  readonly disks: readonly Disk[];
  readonly filesystems: readonly Filesystem[];
  /** What lies where of what a rebuild writes to; absent = not read. */
  readonly places?: PlacesRaw;
  readonly daemon: Daemon;
  /** Main daemons that are not the one we would talk to. */
  readonly otherDaemons: readonly OtherDaemon[];
  readonly clients: readonly Client[];
  readonly workers: readonly Worker[];
  readonly builds: readonly Build[];
  /** As their log streams tell them, in the order in which they were first heard. */
  readonly rebuilds: readonly FollowedRebuild[];
  /** By .drv path: what rebuilds need. */
  readonly derivations: ReadonlyMap<string, DerivationRaw>;
  readonly logPath: LogPath;
  /** How long builds took before, of the names that rebuilds need: `usualOf` (rebuild/durations.ts) looks one up. */
  readonly durations: Durations;
  /** Of builds, then of clients, then of rebuilds without a client (diagnose/). */
  readonly verdicts: readonly Verdict[];
  /** What rules have found, the worst first (diagnose/rules/). */
  readonly findings: readonly Finding[];
  /** All of them, what is likely first; empty before anything was looked at. */
  readonly hypotheses: readonly Hypothesis[];
  /** Of a rebuild that hangs: which questions are answered how, where it stands, what comes next. */
  readonly decision: DecisionPath;
  /** Null: not read yet, or nobody here tells. */
  readonly health: Health | null;
  /** What kernel and guards said, newest last; bounded. Without `readAtMs.notices` nobody could hear them. */
  readonly notices: readonly Notice[];
  /** Guards of nixpulse: that of the machine, our own. Empty: none is armed, or none can be seen. */
  readonly guards: readonly GuardSeen[];
  /** Probes that run, and what each brought last. */
  readonly probes: ProbesDone;
  /** What caches and builders there are by the settings and the last checks; null: not read. Rows: model/caches. */
  readonly caches: CachesRaw | null;
  readonly transfers: readonly Transfer[];
  readonly cgroups: readonly Cgroup[];
  readonly totals: NixTotals;
  /** Newest last; bounded. */
  readonly events: readonly ModelEvent[];
  readonly problems: readonly Problem[];
  /** Monotonic ms at which each part was last read well; absent = never. */
  readonly readAtMs: Readonly<Partial<Record<Part, number>>>;
}

export interface Host {
  readonly name: string | null;
  readonly kernel: string | null;
  readonly system: string | null;
  readonly nixVersion: string | null;
  readonly cpuModel: string | null;
  readonly cpus: number | null;
  readonly uptimeSec: number | null;
}

/** One resource's PSI. `problem` says why there are no numbers (PSI off, kernel too old). */
export interface Pressure {
  readonly some: PressureLine | null;
  readonly full: PressureLine | null;
  readonly level: Level;
  /** Monotonic ms since which the level is not ok, and since which it is this one. */
  readonly sinceMs: number | null;
  readonly levelSinceMs: number | null;
  readonly problem: Problem | null;
}
export interface PressureLine {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  /** Exact share of the last tick, 0-100, from `total` over elapsed monotonic time; null on the first. */
  readonly tickPercent: number | null;
}

/** What says that something is short. The words are made in format/shortages.ts. */
export type ShortageCause =
  /** `percent`: what was judged, not always this tick's share. `irq` counts as cpu. */
  | {
      readonly kind: 'pressure';
      readonly resource: PressureResource;
      readonly line: 'some' | 'full';
      readonly percent: number;
    }
  /** Nulls: one has stalled a moment ago, and without pressure nothing else is known. */
  | { readonly kind: 'stall'; readonly device: string | null; readonly stalledSec: number | null }
  /** Memory is short in a cgroup that has met its limit; `percent` as of `pressure`. */
  | {
      readonly kind: 'limit';
      readonly resource: 'memory';
      readonly line: 'some' | 'full';
      readonly percent: number;
      readonly cgroup: string;
      readonly limitBytes: number;
    }
  | {
      readonly kind: 'space';
      readonly path: string;
      readonly usedPercent: number;
      readonly availableBytes: number;
    }
  | { readonly kind: 'inodes'; readonly path: string; readonly freeInodesPercent: number };

export interface Shortage {
  readonly resource: 'memory' | 'io' | 'cpu' | 'space';
  readonly level: Exclude<Level, 'ok'>;
  readonly cause: ShortageCause;
  /** Monotonic ms since which it is short at all, and as much as this. */
  readonly sinceMs: number;
  readonly levelSinceMs: number;
}

export interface Memory {
  readonly totalBytes: number | null;
  readonly availableBytes: number | null;
  /** total - available. */
  readonly usedBytes: number | null;
  readonly pageCacheBytes: number | null;
  readonly dirtyBytes: number | null;
  readonly writebackBytes: number | null;
  readonly swapTotalBytes: number | null;
  readonly swapUsedBytes: number | null;
  readonly swapInBytesPerSec: number | null;
  readonly swapOutBytesPerSec: number | null;
  readonly majorFaultsPerSec: number | null;
  /** Pages of files that had been dropped for want of memory and were needed again. */
  readonly refaultsPerSec: number | null;
  /** Pages that were looked at for what could be dropped. */
  readonly scannedPagesPerSec: number | null;
  /** Since boot. */
  readonly oomKills: number | null;
  /** Uncompressed over used memory; null without zram. */
  readonly zramRatio: number | null;
  readonly arcBytes: number | null;
  /** What ZFS does not give back of it. */
  readonly arcMinBytes: number | null;
}

export interface Cpu {
  readonly cpus: number | null;
  /** Shares of all CPUs in the last tick, 0-100. */
  readonly userPercent: number | null;
  readonly systemPercent: number | null;
  readonly iowaitPercent: number | null;
  readonly stealPercent: number | null;
  readonly idlePercent: number | null;
  readonly load1: number | null;
  readonly load5: number | null;
  readonly load15: number | null;
  readonly runningProcesses: number | null;
  readonly blockedProcesses: number | null;
}

/** As iostat(1) -x defines them. */
export interface Disk {
  readonly device: string;
  readonly title: string | null;
  readonly model: string | null;
  /** Paths of interest on it (directly or through dm, md), and `swap`. */
  readonly carries: readonly string[];
  readonly slaves: readonly string[];
  readonly readsPerSec: number | null;
  readonly writesPerSec: number | null;
  readonly readBytesPerSec: number | null;
  readonly writeBytesPerSec: number | null;
  /** Mean over requests that finished in the tick; null when none did. */
  readonly readAwaitMs: number | null;
  readonly writeAwaitMs: number | null;
  readonly flushAwaitMs: number | null;
  readonly queueSize: number | null;
  readonly utilPercent: number | null;
  readonly inFlight: number | null;
  /** Seconds for which requests wait and none has finished; null when not stalled. */
  readonly stalledSec: number | null;
}

export interface Filesystem {
  readonly path: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly device: string | null;
  readonly disks: readonly string[];
  readonly totalBytes: number | null;
  readonly availableBytes: number | null;
  readonly freeInodesPercent: number | null;
  /** Absent where their number is not fixed. */
  readonly freeInodes?: number;
  /** How full it is, by bytes and inodes: the one judgement for colours, shortages and exports. */
  readonly level: Level;
  readonly problem: Problem | null;
}

export interface Daemon {
  readonly pid: number | null;
  readonly startTime: number | null;
  /** Null: it is not seen, and may be hidden. */
  readonly running: boolean | null;
  readonly socket: 'listening' | 'present' | 'absent';
  /** VmRSS of the main daemon, without its workers. */
  readonly residentBytes: number | null;
}

/** A main daemon that serves another root of this machine, or one too many. */
export interface OtherDaemon extends ProcessIdentity {
  readonly residentBytes: number | null;
  /** It works on another Nix: of a container, a chroot. */
  readonly elsewhere: boolean;
  /** Where that one's root lies on its file system: `/srv/machines/a`; null where it has one of its own. */
  readonly root: string | null;
  readonly builds: number;
}

export type ClientPhase =
  | 'evaluating'
  | 'building'
  | 'copying'
  | 'waiting'
  | 'activating'
  | 'installing bootloader'
  | 'dry activation'
  | 'collecting garbage'
  | 'verifying'
  | 'optimising'
  | 'idle';

/** What a user started: the outermost Nix tool of a process tree. */
export interface Client extends ProcessIdentity {
  /** As typed, without store paths: `nixos-rebuild switch --flake .#box`. */
  readonly command: string;
  /** Its tool: `nixos-rebuild`. */
  readonly tool: string;
  readonly uid: number | null;
  readonly user: string | null;
  /** `pts/3`, `tty1`; null without a terminal. */
  readonly tty: string | null;
  readonly ageSec: number | null;
  /** VmRSS of the client's own tree, builds not counted. */
  readonly residentBytes: number | null;
  readonly cpuPercent: number | null;
  /** Null: what would tell it cannot be seen. */
  readonly phase: ClientPhase | null;
  /** Null: it puts no configuration in force now. */
  readonly activation: Activation | null;
  /** True where it builds in its own process tree (root without NIX_REMOTE). */
  readonly direct: boolean;
  readonly keepGoing: boolean | null;
  /** Null: none is seen, and some may be hidden. */
  readonly builds: number | null;
  readonly waitsFor: LockWait | null;
  /** Of a garbage collection: it found what an interrupted one had left in the store's trash. Absent: not known. */
  readonly findsTrash?: boolean;
  /** Of its living processes, builds not counted, since each began; absent: it takes root, or being its owner. */
  readonly readBytes?: number;
  /** Unit of systemd that a `systemctl` or `systemd-run` of it waits for; absent: none. */
  readonly waitsForUnit?: string;
  /** Path of its cgroup v2; absent: not read, or there is none. */
  readonly cgroup?: string;
  readonly processes: readonly ProcessIdentity[];
}

/** How far a client has come in putting a configuration in force. */
export interface Activation {
  /** `switch`, `test`, `boot`, `dry-activate`, `check`; null while its command line is not known. */
  readonly action: string | null;
  /** systemd's unit that runs it apart from the client; null: it runs below the client. */
  readonly unit: string | null;
  /** `script`: the activation script runs. `units`: it has run, units are restarted. Null: it cannot be told. */
  readonly stage: 'script' | 'units' | null;
  /** Written already; false: not by this. Null: it cannot be told. */
  readonly profile: boolean | null;
  readonly bootloader: boolean | null;
  /** What it has started last and waits for; absent: nothing. */
  readonly child?: { readonly pid: number; readonly command: string };
}

/** Lock a client or worker waits for. `path` and holder are null where the kernel does not tell us. */
export interface LockWait {
  readonly path: string | null;
  readonly holderPid: number | null;
  /** Who holds it, for people: a client's command or a build's name. */
  readonly holder: string | null;
}

/** A daemon process serving one client. */
export interface Worker extends ProcessIdentity {
  readonly clientPid: number | null;
  readonly residentBytes: number | null;
  readonly cpuPercent: number | null;
  readonly builds: number;
  readonly waitsFor: LockWait | null;
  /** A program that it has started and that is no builder; absent: none. */
  readonly hook?: HookProcess;
}

/**
 * `rss`: the sum of VmRSS. Where that is more than there can be, since forked copies share pages: `pss`, the sum of
 * Pss, or `cgroup`, memory.current of the build's own cgroup.
 */
export type MemoryMeasure = 'rss' | 'pss' | 'cgroup';

/** A cgroup that builds, clients or daemons are in, or one above it, and its limits of memory. Null = none, or not readable. */
export interface Cgroup {
  /** From the root of the hierarchy. */
  readonly path: string;
  readonly currentBytes: number | null;
  /** memory.max, past which processes are killed, and memory.high, past which they are held up. */
  readonly limitBytes: number | null;
  readonly highBytes: number | null;
  /** The limit that it met within the last seconds. */
  readonly metBytes: number | null;
}

/** A nixpulse, running or not, and when it paused a build: Unix ms. */
export interface PausedFrom {
  readonly pid: number;
  readonly timeMs: number;
  /** It is a guard, which did it by itself. */
  readonly guard?: true;
}

export interface Build extends ProcessIdentity {
  /** Derivation name without `.drv`: `firefox-130.0`; null while unknown. */
  readonly name: string | null;
  readonly pname: string | null;
  readonly version: string | null;
  /** The 32 characters before the name of the .drv file. */
  readonly drvHash: string | null;
  /** Which source named it. */
  readonly namedBy: 'sandbox' | 'environment' | 'log' | 'directory' | 'lock' | null;
  readonly uid: number | null;
  readonly user: string | null;
  readonly sandboxed: boolean | null;
  readonly ageSec: number | null;
  readonly processes: number;
  readonly escapees: number;
  readonly states: Readonly<Record<ProcessState, number>>;
  /** Of one CPU: 612 = six CPUs. Null on the first sight. */
  readonly cpuPercent: number | null;
  /** Of the tree and the build uid's other processes: the sum of VmRSS, or what `residentBy` says. */
  readonly residentBytes: number | null;
  readonly residentBy: MemoryMeasure;
  /** Slope of residentBytes over the last minute; null until 20 s are known. */
  readonly residentGrowthBytesPerMin: number | null;
  readonly readBytesPerSec: number | null;
  readonly writeBytesPerSec: number | null;
  /** What its busiest processes do: `cc1plus ×12 gfx/angle`, `configure`, `idle 4 min`. */
  readonly now: string | null;
  /** Phase from the log of its rebuild; null where none is followed. */
  readonly phase: string | null;
  /** Null where its log is not followed. */
  readonly log: BuildLog | null;
  /** Seconds without CPU use or I/O; 0 while it works. */
  readonly idleSec: number;
  /** Its processes are stopped, or its cgroup is frozen. */
  readonly paused: boolean;
  /** The nixpulse that paused it; null: it is not paused, or somebody else did it. */
  readonly pausedFrom: PausedFrom | null;
  /** CPU and disk come to it last: nice 19 where who started it has more, or a nixpulse lowered it. */
  readonly lowered: boolean;
  /** By memory.high of its own cgroup, or by a nixpulse. */
  readonly limited: boolean;
  /** Past it it is held up; null: its memory is not limited so. */
  readonly memoryHighBytes: number | null;
  /** Path of its cgroup v2: its own, or that of the daemon. */
  readonly cgroup: string | null;
  /** Remote builder; null for a local build. */
  readonly host: string | null;
  readonly workerPid: number | null;
  /** Main daemon it runs below; null without one. */
  readonly daemonPid: number | null;
  readonly clientPid: number | null;
  readonly out: string | null;
  readonly buildDirectory: string | null;
  readonly cores: number | null;
  readonly system: string | null;
  /** Lock file of its output where known. */
  readonly lock: string | null;
  /** Of a build on another machine: what its hook waits for, the upload lock mostly; absent: nothing. */
  readonly waitsFor?: LockWait;
  /** Who started it and reads its log, while it seems to stand still; absent = not read, or gone. */
  readonly parent?: BuildParent;
  readonly tree: readonly BuildProcess[];
  /** residentBytes of the last minutes, oldest first, one a tick of the forest. */
  readonly residentHistory: readonly number[];
}

/** A daemon worker, or a client that builds by itself. */
export interface BuildParent extends ProcessIdentity {
  readonly comm: string;
  readonly progress: ProgressRaw;
}

/** Depth-first, the builder root first, escapees last. */
export interface BuildProcess extends ProcessIdentity {
  readonly ppid: number;
  readonly depth: number;
  readonly comm: string;
  /** Command line in words, null while not read. */
  readonly command: string | null;
  readonly state: ProcessState;
  readonly uid: number | null;
  readonly ageSec: number | null;
  readonly threads: number;
  readonly cpuPercent: number | null;
  readonly residentBytes: number | null;
  readonly readBytesPerSec: number | null;
  readonly writeBytesPerSec: number | null;
  readonly escapee: boolean;
  /** Absent = not read. */
  readonly progress?: ProgressRaw;
}

/** A substitution or copy that a worker or client carries out. */
export interface Transfer {
  readonly pid: number;
  readonly startTime: number;
  /** Store path it brings, null where the kernel does not tell us. */
  readonly path: string | null;
  readonly name: string | null;
  readonly clientPid: number | null;
  readonly readBytesPerSec: number | null;
  readonly writeBytesPerSec: number | null;
}

export interface NixTotals {
  /** Everything of Nix: builds, clients, workers, daemon. */
  readonly residentBytes: number | null;
  readonly residentBy: MemoryMeasure;
  readonly cpuPercent: number | null;
  /** Null from here on: none is seen, and some may be hidden. */
  readonly processes: number | null;
  readonly running: number | null;
  readonly waiting: number | null;
  readonly remote: number | null;
}

/** What happened, as data. The words are made in format/events.ts. */
export type ModelEvent = { readonly timeMs: number; readonly level: Level } & (
  | { readonly kind: 'oom-kill'; readonly count: number }
  /** The same for a limit of memory. `build`: of those in it the one that ended then; null where none did, or several. */
  | {
      readonly kind: 'oom-limit';
      readonly cgroup: string;
      readonly limitBytes: number | null;
      readonly count: number;
      readonly build: string | null;
    }
  /**
   * One process, or all of a cgroup, was killed for want of memory; a build was ended by a limit of Nix's, or a build or
   * client by nixpulse. One event a death. Null = not said, not known, or none.
   */
  | {
      readonly kind: 'killed';
      readonly killer: Killer;
      readonly pid: number | null;
      readonly comm: string | null;
      readonly uid: number | null;
      readonly residentBytes: number | null;
      /** Whose limit it was, or that of the victim. */
      readonly cgroup: string | null;
      readonly limitBytes: number | null;
      /** Of a limit of Nix's that counts time; absent of all others, and in old recordings. */
      readonly lengthSec?: number;
      /** Build that it was of, where that is proven; of `builds` several were hit. */
      readonly build: string | null;
      readonly drv: string | null;
      readonly builds: number;
      /** Client that it was of. */
      readonly command: string | null;
      /** The build, or the client, that had the most memory then or grew the most. */
      readonly causeBuild: string | null;
      readonly causeCommand: string | null;
      readonly causeResidentBytes: number | null;
      readonly causeGrowthBytesPerMin: number | null;
    }
  /** A task did not run for so long (kernel/hung_task.c). */
  | {
      readonly kind: 'hung-task';
      readonly pid: number;
      readonly comm: string;
      readonly lengthSec: number;
      readonly build: string | null;
      readonly drv: string | null;
      readonly command: string | null;
    }
  /** Something became short, more so, or for another cause. */
  | ShortageCause
  | {
      readonly kind: 'shortage-ended';
      readonly resource: Shortage['resource'];
      /** Of a file system. */
      readonly path: string | null;
      readonly lengthSec: number;
    }
  | { readonly kind: 'suspend'; readonly lengthSec: number }
  /** Positive: forward. `unsure`: it may have been a suspend. */
  | { readonly kind: 'clock-jump'; readonly bySec: number; readonly unsure: boolean }
  | ({ readonly kind: 'build-started' } & BuildNamed)
  | ({ readonly kind: 'build-ended'; readonly ageSec: number | null } & BuildNamed)
  | ({ readonly kind: 'client-ended'; readonly command: string } & ProcessIdentity)
  /** One for each root cause. `drv` null: no build failed, but evaluation, a download, the tool. */
  | {
      readonly kind: 'build-failed';
      /** `FollowedRebuild.id`. */
      readonly rebuild: string;
      readonly command: string | null;
      readonly drv: string | null;
      readonly name: string | null;
      readonly phase: string | null;
      readonly ageSec: number | null;
      readonly cause: Cause;
      /** Its last line, else Nix's words. */
      readonly said: string;
    }
  /** Only of one that built, fetched or failed. */
  | {
      readonly kind: 'rebuild-ended';
      readonly rebuild: string;
      readonly command: string | null;
      readonly built: number;
      readonly failed: number;
      /** Not built because of what failed. */
      readonly unbuilt: number;
      readonly lengthSec: number;
    }
  /** Something to mend began to be likely. `found`: kind of what was found; `about` null: the machine. */
  | {
      readonly kind: 'finding';
      readonly hypothesis: HypothesisId;
      readonly state: 'likely' | 'confirmed';
      readonly found: string;
      readonly about: string | null;
    }
  /** What a guard of nixpulse did, or would have done. `names`: on whom; empty: the machine. `status` and `summary` null: nothing was to be done. */
  | {
      readonly kind: 'guard';
      readonly rule: GuardRuleId;
      readonly action: GuardAction | GuardUndo;
      readonly names: readonly string[];
      readonly dryRun: boolean;
      readonly status: OutcomeStatus | null;
      readonly value: number | null;
      readonly limit: number;
      readonly unit: Unit;
      readonly heldSec: number;
      /** The value is below the limit; absent: above. */
      readonly below?: true;
      readonly summary: string | null;
    }
  /** Recorded by another version: its kind, and its words in place of data. */
  | { readonly kind: 'foreign'; readonly was: string; readonly text: string }
);
type BuildNamed = ProcessIdentity & Pick<Build, 'name' | 'user'>;
