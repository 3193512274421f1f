/**
 * The one table of commands and flags: parser, `--help`, defaults, man pages (scripts/manual/) and completions
 * (scripts/completions/) are drawn from it.
 */
import type { ListenAddress } from '../base/listen-address.ts';
import type { Thresholds } from '../diagnose/thresholds.ts';
import type { GuardLimits } from '../guard/limits.ts';
import type { ProbeId } from '../model/diagnosis/probe.ts';
import type { HardenChoice } from '../model/health/hardening.ts';
import type { TargetKind } from '../model/intents/target-kind.ts';
import { procedureIds } from '../model/recover/procedure.ts';

export type CommandId =
  | 'dashboard'
  | 'snapshot'
  | 'status'
  | 'diagnose'
  | 'explain'
  | 'check-rebuild'
  | 'check-deploy'
  | 'check-cache'
  | 'watch'
  | 'collect'
  | 'record'
  | 'replay'
  | 'report'
  | 'demo'
  | 'rescue'
  | 'guard'
  | 'guard-status'
  | 'guard-hold'
  | 'guard-release'
  | 'guard-simulate'
  | 'complete'
  | 'config'
  | 'recover'
  | 'export'
  | 'fleet'
  | VerbId;
/** Commands that change the machine. */
export type VerbId =
  | 'kill'
  | 'pause'
  | 'resume'
  | 'lower'
  | 'limit'
  | 'restore'
  | 'cancel'
  | 'rollback'
  | 'verify';

export interface CommandRow {
  readonly id: CommandId;
  /** As typed, two of them where the first is a group: `check rebuild`; the dashboard has none. */
  readonly word: string | null;
  readonly help: string;
  /** What follows it in the usage, if not its operand and `[OPTIONS]`. */
  readonly usage?: string;
  /** A word that must follow. */
  readonly operand?: Operand;
  /** A command of the user's own follows `--`. */
  readonly wraps?: true;
  /** For programs: in no help, no page and no completion. */
  readonly hidden?: true;
}
export interface Operand {
  readonly name: string;
  readonly help: string;
  readonly optional?: boolean;
  /** What a shell offers for it, as a list what it may be; null: only the user knows. */
  readonly offers: 'files' | 'hosts' | TargetKind | readonly string[] | null;
}

/** What a flag's argument may be, and what an unusable one is told to be. */
export type Argument =
  | { readonly kind: 'seconds'; readonly name: string; readonly min: number; readonly max: number }
  | { readonly kind: 'directory'; readonly name: string }
  | { readonly kind: 'file'; readonly name: string }
  /** One that a textfile collector reads: its name ends in `.prom`. */
  | { readonly kind: 'metrics-file'; readonly name: string }
  | { readonly kind: 'listen'; readonly name: string }
  /** Of HTTP or HTTPS, a path may follow the host. */
  | { readonly kind: 'url'; readonly name: string }
  | { readonly kind: 'time'; readonly name: string }
  /** `30s`, `5m`, `1h`: in seconds. */
  | { readonly kind: 'length'; readonly name: string; readonly min: number; readonly max: number }
  | { readonly kind: 'generation'; readonly name: string }
  | { readonly kind: 'bytes'; readonly name: string; readonly min: number }
  | { readonly kind: 'number'; readonly name: string; readonly min: number; readonly max: number }
  /** Anything that is no option. */
  | { readonly kind: 'text'; readonly name: string }
  | { readonly kind: 'threshold'; readonly name: string }
  | { readonly kind: 'limits'; readonly name: string }
  /** Several, with commas between them. */
  | { readonly kind: 'names'; readonly name: string }
  /** May be left out. */
  | { readonly kind: 'probes'; readonly name: string; readonly optional: true }
  | { readonly kind: 'choice'; readonly name: string; readonly choices: readonly string[] };

export interface FlagRow {
  readonly id: keyof Flags;
  /** As typed: `--interval`. */
  readonly name: `--${string}`;
  /** Absent: a switch. */
  readonly argument?: Argument;
  /** May be given several times: a record, to which each adds. */
  readonly repeats?: true;
  readonly help: string;
  /** Absent: all of them, before or after the command. */
  readonly commands?: readonly CommandId[];
}

export type ColorChoice = 'auto' | 'always' | 'never';
export type SourceChoice = 'auto' | 'proc' | 'portable';

/** What was asked for, checked; flags that were not given have their default. */
export interface Flags {
  readonly interval: number;
  readonly root: string;
  readonly source: SourceChoice;
  readonly color: ColorChoice;
  readonly ascii: boolean;
  readonly readOnly: boolean;
  readonly json: boolean;
  readonly tmux: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly all: boolean;
  /** Null: the one before the default. */
  readonly to: number | null;
  readonly boot: boolean;
  readonly profile: string;
  readonly repair: boolean;
  /** Of `limit`, in bytes and from 1 to 10000; both null: what is usual. */
  readonly memoryHigh: number | null;
  readonly ioWeight: number | null;
  /** False: `--no-record`. */
  readonly record: boolean;
  readonly harden: HardenChoice;
  /** Of the recorder; null: the usual one. */
  readonly dir: string | null;
  /** Where a replay begins: `03:28`, `2026-11-20T03:28`, `-10m`; null: the start. */
  readonly at: string | null;
  /** Of a report: as `at`; null: the last incident decides. */
  readonly from: string | null;
  readonly until: string | null;
  /** A status report is written again after so many seconds; null: one of what was. */
  readonly every: number | null;
  /** Of `export`: the file that is kept; of `check-cache`: the one that it writes; null: none. */
  readonly textfile: string | null;
  /** Seconds after which that one is written again; null: as usual. */
  readonly fileEvery: number | null;
  /** Of `export`; null: the usual address, or none beside a file. */
  readonly listen: ListenAddress | null;
  /** Of `fleet`: whom it asks; it needs one. */
  readonly prometheus: string | null;
  /** How it is known there, one of the two at most, and by which certificate it knows the other side. */
  readonly tokenFile: string | null;
  readonly userFile: string | null;
  readonly caFile: string | null;
  /** Seconds between two questions; null: as usual. */
  readonly askEvery: number | null;
  /** Of `export`: so many builds by name; null: none. */
  readonly top: number | null;
  /** Of `check-cache`: it begins after a time by chance, so many seconds at most; null: now. */
  readonly jitter: number | null;
  /** Seconds that it has; null: as the settings say. */
  readonly within: number | null;
  /** False: `--no-fetch`, `--no-build`. */
  readonly fetch: boolean;
  readonly build: boolean;
  /** A log that is followed; null: none. */
  readonly log: string | null;
  /** False: `--no-logs`. */
  readonly logs: boolean;
  /** Those that are not as usual. */
  readonly threshold: Partial<Thresholds>;
  /** Of the checks, as `nixos-rebuild --flake` takes it; null: what a rebuild without words takes. */
  readonly flake: string | null;
  /** False: `--no-evaluation`, no dry run. */
  readonly evaluation: boolean;
  /** Of `watch`: look first. */
  readonly check: boolean;
  /** Read instead of the files of the machine and the user; null: those. */
  readonly config: string | null;
  /** Of `watch`: act while the command goes beyond its limits. */
  readonly guard: boolean;
  /** Those of that guard that are not as usual. */
  readonly limit: GuardLimits;
  /** Of `watch`: last in line for CPU and disk. */
  readonly calm: boolean;
  /** Of `watch`: one build at a time, with two cores. */
  readonly safe: boolean;
  /** Units of systemd that are to stand still while the command runs. */
  readonly stopServices: readonly string[] | null;
  /** Where the score card is written; null: it is only printed. */
  readonly scoreCard: string | null;
  /** Where a report or an archive is written; null: stdout, and for the archive where it is best kept. */
  readonly output: string | null;
  /** Of `collect`: aliases for hosts and users. */
  readonly names: boolean;
  /** Of `collect`: of logs of builds all lines. */
  readonly wholeLogs: boolean;
  /** Null: none; `true`: those that settle what is open and cost little. */
  readonly probe: readonly AskedProbe[] | true | null;
  /** Of the diagnosis: one screen in five seconds. */
  readonly quick: boolean;
  /** Of `recover`: what an earlier run did does not count. */
  readonly again: boolean;
}
export interface AskedProbe {
  readonly probe: ProbeId;
  /** Null: whatever it would be about by itself. */
  readonly subject: string | null;
}

export interface Invocation extends Flags {
  readonly command: CommandId;
  readonly operand: string | null;
  /** Flags that were given: they win over files of settings, also where they say what is usual. */
  readonly typed?: readonly (keyof Flags)[];
  /** Of `watch`: what follows `--`, untouched. */
  readonly words?: readonly string[];
}

export const defaultFlags: Flags = {
  interval: 1,
  root: '/',
  source: 'auto',
  color: 'auto',
  ascii: false,
  readOnly: false,
  json: false,
  tmux: false,
  yes: false,
  dryRun: false,
  all: false,
  to: null,
  boot: false,
  profile: '/nix/var/nix/profiles/system',
  repair: false,
  memoryHigh: null,
  ioWeight: null,
  record: true,
  harden: 'auto',
  dir: null,
  at: null,
  from: null,
  until: null,
  output: null,
  every: null,
  textfile: null,
  fileEvery: null,
  listen: null,
  prometheus: null,
  tokenFile: null,
  userFile: null,
  caFile: null,
  askEvery: null,
  top: null,
  jitter: null,
  within: null,
  fetch: true,
  build: true,
  log: null,
  logs: true,
  threshold: {},
  flake: null,
  evaluation: true,
  check: false,
  config: null,
  guard: false,
  limit: {},
  calm: false,
  safe: false,
  stopServices: null,
  scoreCard: null,
  names: false,
  wholeLogs: false,
  probe: null,
  quick: false,
  again: false,
};

export const summary = 'htop for a Nix rebuild: what is short, which derivation takes it, and since when.';

const build = {
  name: 'TARGET',
  help: 'Name of a derivation, build user, or PID.',
  offers: 'builds',
} as const;

export const commandTable: readonly CommandRow[] = [
  { id: 'dashboard', word: null, help: 'The live dashboard.' },
  {
    id: 'watch',
    word: 'watch',
    usage: '[OPTIONS] -- CMD...\n       CMD... |& nixpulse watch [OPTIONS]',
    help: 'Run a command and follow its rebuild; ends as it ends.',
    wraps: true,
  },
  { id: 'snapshot', word: 'snapshot', help: 'Look for one interval, print what is there, and exit.' },
  { id: 'status', word: 'status', help: 'Print one line for a status bar or a prompt, and exit.' },
  {
    id: 'diagnose',
    word: 'diagnose',
    help: 'Say whether it is stuck or slow, why, what would settle it, and the way out.',
    operand: {
      name: 'RECORDING',
      help: 'A recording, a directory of them, or a bundle; none: this machine, as it is now.',
      optional: true,
      offers: 'files',
    },
  },
  {
    id: 'explain',
    word: 'explain',
    help: 'Say what an error in a log or a paste comes from, and the way out.',
    operand: {
      name: 'FILE',
      help: 'A log or a paste; none: standard input.',
      optional: true,
      offers: 'files',
    },
  },
  {
    id: 'check-rebuild',
    word: 'check rebuild',
    help: 'Look before a rebuild whether it can succeed: space, memory, caches, builders, evaluation.',
  },
  {
    id: 'check-deploy',
    word: 'check deploy',
    help: 'Look before a deployment whether HOST and its configuration are fit for it.',
    operand: { name: 'HOST', help: 'As ssh takes it: host, root@host.', offers: 'hosts' },
  },
  {
    id: 'check-cache',
    word: 'check-cache',
    help: 'Ask the caches, fetch a package, have something built elsewhere: on the screen, as JSON, as metrics.',
    operand: {
      name: 'CACHE',
      help: 'Address of the local cache; none: that of the settings, or the first that Nix asks.',
      optional: true,
      offers: null,
    },
  },
  {
    id: 'collect',
    word: 'collect',
    help: 'Gather what a maintainer asks for into one archive, without secrets.',
  },
  { id: 'record', word: 'record', help: 'Record without a screen, until Ctrl-C.' },
  {
    id: 'replay',
    word: 'replay',
    help: 'Show a recording in the dashboard.',
    operand: {
      name: 'PATH',
      help: 'A recording, a directory of them, or a bundle; none: your own, its last 10 minutes.',
      optional: true,
      offers: 'files',
    },
  },
  {
    id: 'report',
    word: 'report',
    help: 'Write the report of an incident: what happened, why, what was done, what would prevent it.',
    operand: {
      name: 'RECORDING',
      help: 'A recording, a directory of them or a bundle; none: your own, its last incident.',
      optional: true,
      offers: 'files',
    },
  },
  { id: 'demo', word: 'demo', help: 'Replay a recorded incident; needs neither Nix nor root.' },
  {
    id: 'rescue',
    word: 'rescue',
    help: 'One plain screen to end builds from, for a machine that hardly answers.',
  },
  {
    id: 'guard',
    word: 'guard run',
    help: 'Guard this machine without a screen, until Ctrl-C; a fresh install only tells.',
    operand: {
      name: 'FILE',
      help: 'With --check: the settings to look at.',
      optional: true,
      offers: 'files',
    },
  },
  {
    id: 'guard-status',
    word: 'guard status',
    help: 'Say whether a guard runs, how far each of its rules is from acting, and what it did.',
  },
  {
    id: 'guard-hold',
    word: 'guard hold',
    help: 'Have the guard leave everything alone for a while.',
    operand: {
      name: 'TIME',
      help: '30m, 2h, a day at most; 0 ends it; none: an hour.',
      optional: true,
      offers: null,
    },
  },
  {
    id: 'guard-release',
    word: 'guard release',
    help: 'Undo what guards that are gone have paused, lowered or limited.',
  },
  {
    id: 'guard-simulate',
    word: 'guard simulate',
    help: 'Say what the guard would have done over a recording, when, and what it would have cost.',
    operand: { name: 'RECORDING', help: 'A recording or a directory of them.', offers: 'files' },
  },
  {
    id: 'recover',
    word: 'recover',
    help: 'Get the machine back, step by step, each after a question; it goes on after a crash where it stood.',
    operand: {
      name: 'PROCEDURE',
      help: `${procedureIds.join(', ')}; none: which there are, and what fits.`,
      optional: true,
      offers: procedureIds,
    },
  },
  {
    id: 'export',
    word: 'export',
    help: 'Metrics for Prometheus: over HTTP, or as a file for a textfile collector, until Ctrl-C.',
  },
  {
    id: 'fleet',
    word: 'fleet',
    help: 'Many machines, as a Prometheus knows them: who needs help first; Enter opens one over ssh.',
  },
  { id: 'kill', word: 'kill', help: 'Kill a build: every process of it.', operand: build },
  {
    id: 'pause',
    word: 'pause',
    help: 'Stop a build until it is resumed.',
    operand: { ...build, offers: 'running-builds' },
  },
  {
    id: 'resume',
    word: 'resume',
    help: 'Let a paused build go on.',
    operand: { ...build, offers: 'paused-builds' },
  },
  {
    id: 'lower',
    word: 'lower',
    help: 'CPU and disk for a build only where nobody else wants them.',
    operand: build,
  },
  {
    id: 'limit',
    word: 'limit',
    help: 'Hold a build up past so much memory, and behind others at the disk.',
    operand: build,
  },
  {
    id: 'restore',
    word: 'restore',
    help: 'Put back what lower and limit changed.',
    operand: { ...build, offers: 'changed-builds' },
  },
  {
    id: 'cancel',
    word: 'cancel',
    help: 'Cancel a client, with all that builds for it.',
    operand: {
      name: 'TARGET',
      help: 'PID of a client, or a build of it; none with --all.',
      optional: true,
      offers: 'clients',
    },
  },
  { id: 'rollback', word: 'rollback', help: 'Go back to an older generation.' },
  { id: 'verify', word: 'verify', help: 'Check the contents of every store path; changes nothing.' },
  {
    id: 'config',
    word: 'config',
    help: 'Print the settings in force, and where each is said; 1 where a file of them is wrong.',
    operand: {
      name: 'KEY',
      help: 'Of these alone: screen.columns, guard.rules.memory; none: all of them.',
      optional: true,
      offers: 'settings',
    },
  },
  {
    id: 'complete',
    word: 'complete',
    hidden: true,
    help: 'Print what may be named now, one a line with a note behind a tab: for completions of shells.',
    operand: { name: 'KIND', help: 'builds, generations:PROFILE and the like.', offers: null },
  },
];

/** For people. */
export const shownCommands: readonly CommandRow[] = commandTable.filter(({ hidden }) => hidden !== true);

/** In the order of the table, those for everybody last. */
export function flagsOf(command: CommandId): readonly FlagRow[] {
  return flagTable
    .filter(({ commands }) => commands === undefined || commands.includes(command))
    .toSorted((a, b) => Number(a.commands === undefined) - Number(b.commands === undefined));
}

/** As it is typed, or called where it has no word. */
export function commandWord(command: CommandId): string {
  return commandTable.find(({ id }) => id === command)?.word ?? command;
}

/** Words that take another one behind them. */
export const groups: Readonly<Record<string, string>> = {
  check: 'Look at what may go wrong, before it does; check alone is check rebuild.',
  guard: 'Act when nobody watches: on leaks, memory, disks and time; guard alone is guard run.',
};

const verbs: readonly CommandId[] = [
  'kill',
  'pause',
  'resume',
  'lower',
  'limit',
  'restore',
  'cancel',
  'rollback',
  'verify',
] satisfies readonly VerbId[];

export function isVerb(command: CommandId): command is VerbId {
  return verbs.includes(command);
}

export const flagTable: readonly FlagRow[] = [
  {
    id: 'interval',
    name: '--interval',
    argument: { kind: 'seconds', name: 'SECONDS', min: 0.1, max: 3600 },
    help: 'Time between two looks at builds, memory and disks; pressure is read twice as often.',
  },
  {
    id: 'root',
    name: '--root',
    argument: { kind: 'directory', name: 'DIR' },
    help: 'Read proc, sys and nix below DIR: a captured tree, another root file system.',
  },
  {
    id: 'source',
    name: '--source',
    argument: { kind: 'choice', name: 'SOURCE', choices: ['auto', 'proc', 'portable'] },
    help: 'Where figures come from: /proc, or what every system can tell.',
  },
  {
    id: 'color',
    name: '--color',
    argument: { kind: 'choice', name: 'WHEN', choices: ['auto', 'always', 'never'] },
    help: 'Colours: auto means on a terminal, unless NO_COLOR is set.',
  },
  { id: 'ascii', name: '--ascii', help: 'Draw with ASCII characters only.' },
  {
    id: 'readOnly',
    name: '--read-only',
    help: 'Only look: no key and no command changes anything. It still records.',
  },
  {
    id: 'json',
    name: '--json',
    help: 'One JSON document; null means unknown.',
    commands: [
      'snapshot',
      'diagnose',
      'explain',
      'check-rebuild',
      'check-deploy',
      'check-cache',
      'collect',
      'report',
      'recover',
      'kill',
      'pause',
      'resume',
      'lower',
      'limit',
      'restore',
      'cancel',
      'rollback',
      'verify',
      'guard-status',
      'guard-simulate',
      'config',
      'fleet',
    ],
  },
  {
    id: 'json',
    name: '--json',
    help: 'One JSON document a line, one a moment; null means unknown.',
    commands: ['replay'],
  },
  { id: 'tmux', name: '--tmux', help: 'With the colours of a tmux status line.', commands: ['status'] },
  {
    id: 'yes',
    name: '--yes',
    help: 'Do it without asking.',
    commands: [
      'watch',
      'recover',
      'kill',
      'pause',
      'resume',
      'lower',
      'limit',
      'restore',
      'cancel',
      'rollback',
      'verify',
    ],
  },
  {
    id: 'dryRun',
    name: '--dry-run',
    help: 'Say what would be done, and do nothing.',
    commands: [
      'collect',
      'recover',
      'kill',
      'pause',
      'resume',
      'lower',
      'limit',
      'restore',
      'cancel',
      'rollback',
      'verify',
      'guard',
      'guard-release',
    ],
  },
  {
    id: 'again',
    name: '--again',
    help: 'Begin anew: what an unfinished run did before does not count.',
    commands: ['recover'],
  },
  {
    id: 'names',
    name: '--names',
    help: 'Aliases for hosts and users: the same for the same name.',
    commands: ['collect'],
  },
  {
    id: 'wholeLogs',
    name: '--whole-logs',
    help: 'Logs of builds with all their lines, not the last ones alone.',
    commands: ['collect'],
  },
  {
    id: 'all',
    name: '--all',
    help: 'Cancel everything: all clients and builds.',
    commands: ['cancel'],
  },
  {
    id: 'to',
    name: '--to',
    argument: { kind: 'generation', name: 'N' },
    help: 'Number of the generation to go to.',
    commands: ['rollback', 'recover'],
  },
  {
    id: 'boot',
    name: '--boot',
    help: 'With the next boot, instead of now.',
    commands: ['rollback'],
  },
  {
    id: 'profile',
    name: '--profile',
    argument: { kind: 'directory', name: 'PATH' },
    help: 'Profile to roll back.',
    commands: ['rollback'],
  },
  {
    id: 'repair',
    name: '--repair',
    help: 'Repair what is found damaged, after a question of its own.',
    commands: ['verify'],
  },
  {
    id: 'memoryHigh',
    name: '--memory',
    argument: { kind: 'bytes', name: 'SIZE', min: 1024 ** 2 },
    help: 'Hold it up past so much memory: 4G, 512M; without one and without --io-weight half of what there is.',
    commands: ['limit'],
  },
  {
    id: 'ioWeight',
    name: '--io-weight',
    argument: { kind: 'number', name: 'N', min: 1, max: 10_000 },
    help: 'Its weight at the disk, where others have 100: 1 to 10000.',
    commands: ['limit'],
  },
  {
    id: 'harden',
    name: '--harden',
    argument: { kind: 'choice', name: 'WHEN', choices: ['auto', 'off', 'require'] },
    help: 'Stay alive in a freeze: lock memory, raise priority; auto does what it may.',
    commands: ['dashboard', 'watch', 'record', 'rescue', 'guard', 'export'],
  },
  {
    id: 'record',
    name: '--no-record',
    help: 'Do not record what is seen.',
    commands: ['dashboard', 'watch'],
  },
  {
    id: 'dir',
    name: '--dir',
    argument: { kind: 'directory', name: 'DIR' },
    help: 'Where recordings are kept.',
    commands: ['dashboard', 'watch', 'record', 'diagnose', 'report', 'collect'],
  },
  {
    id: 'at',
    name: '--at',
    argument: { kind: 'time', name: 'TIME' },
    help: 'Begin at 03:28, 2026-11-20T03:28, or -10m before the end; diagnose: judge then.',
    commands: ['replay', 'diagnose'],
  },
  {
    id: 'from',
    name: '--from',
    argument: { kind: 'time', name: 'TIME' },
    help: 'Report from this time on: 03:28, 2026-11-20T03:28, or -10m before the end.',
    commands: ['report'],
  },
  {
    id: 'until',
    name: '--to',
    argument: { kind: 'time', name: 'TIME' },
    help: 'Report up to this time.',
    commands: ['report'],
  },
  {
    id: 'output',
    name: '--output',
    argument: { kind: 'file', name: 'FILE' },
    help: 'Write it into FILE.',
    commands: ['report', 'recover'],
  },
  {
    id: 'output',
    name: '--output',
    argument: { kind: 'file', name: 'FILE' },
    help: 'Write it into FILE, instead of beside the recordings, or in memory while that disk hangs.',
    commands: ['collect'],
  },
  {
    id: 'every',
    name: '--every',
    argument: { kind: 'length', name: 'TIME', min: 10, max: 86_400 },
    help: 'Keep the status of now in --output, written again after each TIME (5m), until Ctrl-C.',
    commands: ['report'],
  },
  {
    id: 'listen',
    name: '--listen',
    argument: { kind: 'listen', name: 'ADDR:PORT' },
    help: 'Serve them there, at /metrics; a port alone is on this machine only (usually 127.0.0.1:19977).',
    commands: ['export'],
  },
  {
    id: 'textfile',
    name: '--textfile',
    argument: { kind: 'metrics-file', name: 'PATH' },
    help: 'Write the metrics to PATH (*.prom), in a directory that a textfile collector reads.',
    commands: ['export', 'check-cache'],
  },
  {
    id: 'fileEvery',
    name: '--every',
    argument: { kind: 'length', name: 'TIME', min: 1, max: 3600 },
    help: 'Write --textfile again after each TIME (15s).',
    commands: ['export'],
  },
  {
    id: 'prometheus',
    name: '--prometheus',
    argument: { kind: 'url', name: 'URL' },
    help: 'Address of a Prometheus that has the metrics of nixpulse export.',
    commands: ['fleet'],
  },
  {
    id: 'tokenFile',
    name: '--token-file',
    argument: { kind: 'file', name: 'FILE' },
    help: 'The bearer token that Prometheus wants is the first line of FILE.',
    commands: ['fleet'],
  },
  {
    id: 'userFile',
    name: '--user-file',
    argument: { kind: 'file', name: 'FILE' },
    help: 'NAME:PASSWORD for Prometheus (basic authentication) is the first line of FILE.',
    commands: ['fleet'],
  },
  {
    id: 'caFile',
    name: '--ca-file',
    argument: { kind: 'file', name: 'FILE' },
    help: 'Certificates (PEM) by which Prometheus is known, instead of those of the system.',
    commands: ['fleet'],
  },
  {
    id: 'askEvery',
    name: '--every',
    argument: { kind: 'length', name: 'TIME', min: 1, max: 3600 },
    help: 'Ask again after each TIME (15s).',
    commands: ['fleet'],
  },
  {
    id: 'top',
    name: '--top',
    argument: { kind: 'number', name: 'N', min: 1, max: 100 },
    help: 'Also by name: the N builds that hold the most memory.',
    commands: ['export'],
  },
  {
    id: 'jitter',
    name: '--jitter',
    argument: { kind: 'length', name: 'TIME', min: 0, max: 3600 },
    help: 'Begin after a time by chance, TIME (2m) at most: many machines, one cache.',
    commands: ['check-cache'],
  },
  {
    id: 'within',
    name: '--within',
    argument: { kind: 'length', name: 'TIME', min: 30, max: 3600 },
    help: 'All of it has so long (10m); what was not done by then is not told.',
    commands: ['check-cache'],
  },
  {
    id: 'fetch',
    name: '--no-fetch',
    help: 'Fetch no package.',
    commands: ['check-cache'],
  },
  {
    id: 'build',
    name: '--no-build',
    help: 'Have nothing built.',
    commands: ['check-cache'],
  },
  {
    id: 'log',
    name: '--log',
    argument: { kind: 'file', name: 'FILE' },
    help: 'Follow the log in FILE: of json-log-path, or what a command writes to stderr.',
    commands: ['dashboard', 'watch', 'snapshot', 'record', 'diagnose', 'guard', 'report', 'export'],
  },
  {
    id: 'logs',
    name: '--no-logs',
    help: 'Do not follow the log that json-log-path of nix.conf names.',
    commands: ['dashboard', 'snapshot', 'record', 'diagnose', 'guard', 'report', 'export'],
  },
  {
    id: 'probe',
    name: '--probe',
    argument: { kind: 'probes', name: 'NAME,...', optional: true },
    help: 'Run these tests first (smart:sda names what they look at); without names those that settle what is open and cost little.',
    commands: ['diagnose'],
  },
  {
    id: 'quick',
    name: '--quick',
    help: 'One screen in five seconds: daemon, units, errors of ten minutes, space, memory, database, caches.',
    commands: ['diagnose'],
  },
  {
    id: 'check',
    name: '--check',
    help: 'Look first, as check rebuild does; ask where it would fail (refuse without a terminal).',
    commands: ['watch'],
  },
  {
    id: 'check',
    name: '--check',
    help: 'Say what is wrong with the settings, and what is in force.',
    commands: ['guard'],
  },
  {
    id: 'guard',
    name: '--guard',
    help: 'Guard too: lower, pause, then cancel what goes beyond what the machine can bear.',
    commands: ['watch'],
  },
  {
    id: 'guard',
    name: '--guard',
    help: 'Guard too, as nixpulse guard does.',
    commands: ['record'],
  },
  {
    id: 'limit',
    name: '--limit',
    argument: { kind: 'limits', name: 'NAME=VALUE,...' },
    repeats: true,
    help: 'Guard it by these limits: memory-delta=10G,await=1000ms,time=30m (docs/watch.md); beyond one it is cancelled.',
    commands: ['watch'],
  },
  {
    id: 'calm',
    name: '--calm',
    help: 'Last in line for CPU and disk from the start, with all that builds for it.',
    commands: ['watch'],
  },
  {
    id: 'safe',
    name: '--safe',
    help: 'One build at a time with two cores, for this command alone: by its options, else by NIX_CONFIG.',
    commands: ['watch'],
  },
  {
    id: 'stopServices',
    name: '--stop-services',
    argument: { kind: 'names', name: 'UNIT,...' },
    help: 'Stop these units of systemd while it runs, after a question; they start again whatever happens.',
    commands: ['watch'],
  },
  {
    id: 'scoreCard',
    name: '--score-card',
    argument: { kind: 'file', name: 'FILE' },
    help: 'Write how it did into FILE, as JSON.',
    commands: ['watch'],
  },
  {
    id: 'flake',
    name: '--flake',
    argument: { kind: 'text', name: 'REF' },
    help: 'Configuration, as nixos-rebuild takes it: .#host, github:me/config#host.',
    commands: ['check-rebuild', 'check-deploy', 'watch', 'collect', 'recover'],
  },
  {
    id: 'evaluation',
    name: '--no-evaluation',
    help: 'Leave the dry run out: nothing is evaluated, so what will be built or fetched is not known.',
    commands: ['check-rebuild', 'check-deploy', 'watch'],
  },
  {
    id: 'threshold',
    name: '--threshold',
    argument: { kind: 'threshold', name: 'NAME=VALUE' },
    repeats: true,
    help: 'Judge by another number (docs/diagnosis.md lists them); may be repeated.',
    commands: [
      'dashboard',
      'watch',
      'snapshot',
      'status',
      'diagnose',
      'record',
      'replay',
      'demo',
      'guard',
      'guard-simulate',
      'report',
      'export',
      'config',
    ],
  },
  {
    id: 'config',
    name: '--config',
    argument: { kind: 'file', name: 'FILE' },
    help: 'Settings (docs/settings.md), instead of those in /etc/nixpulse and ~/.config/nixpulse.',
    commands: [
      'dashboard',
      'watch',
      'snapshot',
      'status',
      'diagnose',
      'record',
      'replay',
      'report',
      'demo',
      'guard',
      'guard-simulate',
      'export',
      'check-cache',
      'config',
    ],
  },
];

export const exitCodes = [
  { code: 0, help: 'done' },
  { code: 1, help: 'it failed or was refused, or a check found a problem' },
  { code: 2, help: 'bad usage or bad input, named on stderr' },
  { code: 3, help: 'not permitted: stderr says which privilege is missing' },
  { code: 130, help: 'Ctrl-C' },
] as const;
