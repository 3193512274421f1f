/** Fields of a build and of one of its processes. */

import type { Build, BuildParent, BuildProcess, Cgroup, PausedFrom } from '../model.ts';

import type { BuildLog } from '../rebuild/followed.ts';
import type { ProgressRaw } from '../sample.ts';
import {
  bytes,
  bytesPerMin,
  bytesPerSec,
  changingFlag,
  changingText,
  count,
  counter,
  cpuPercent,
  type Field,
  flag,
  number,
  seconds,
  text,
  time,
  within,
} from './field.ts';
import { identityFields, lockFields, measureHelp } from './shared.ts';

/** Of a process of which nothing seems to move; null: not looked at. */
const progressFields: readonly Field<ProgressRaw>[] = [
  changingText(
    'wchan',
    'SLEEPS IN',
    "The kernel's function in which its first thread sleeps (/proc/<pid>/wchan: root or owner only).",
  ),
  changingFlag('timed', 'TIMED', 'That sleep ends by itself; null where it cannot be seen.'),
  counter('voluntarySwitches', 'SWITCHES', 'Voluntary context switches of its first thread.'),
  counter('nonvoluntarySwitches', 'PREEMPTED', 'Involuntary ones.'),
  bytes('callBytes', 'CALLS', 'Bytes that went through read() and write() (rchar and wchar).'),
];

export const buildFields: readonly Field<Build>[] = [
  text('name', 'DERIVATION', 'Name of the derivation without `.drv`.'),
  text('pname', 'PNAME', 'Its package name.'),
  text('version', 'VERSION', 'Its version.'),
  text('drvHash', 'HASH', 'The 32 characters before the name of the .drv file.'),
  text('namedBy', 'NAMED BY', 'What told the name: `sandbox`, `environment`, `log`, `directory` or `lock`.'),
  ...identityFields,
  text('phase', 'PHASE', "Phase as the client's log says; null until one is read."),
  ...within('log', (b: Build) => b.log, [
    text('rebuild', 'REBUILD', 'Id of its `rebuilds[]`; `log` is null where its log is not followed.'),
    text('drv', 'DRV', 'The .drv file.'),
    time(
      'phaseTime',
      'PHASE SINCE',
      'Since when it is in its phase.',
      ({ phaseSinceMs }: BuildLog) => phaseSinceMs,
    ),
    count('lines', 'LINES', 'Lines of its log.'),
    time('lastLineTime', 'LAST LINE', 'When the last one came.', ({ lastLineMs }: BuildLog) => lastLineMs),
    seconds(
      'usualSec',
      'USUALLY',
      'What builds of its name took before, the median; null where none was seen.',
      ({ usual }: BuildLog) => usual?.medianSec ?? null,
    ),
  ]),
  seconds('ageSec', 'TIME', 'Seconds since it started.'),
  text('user', 'USER', 'Build user.'),
  number('uid', 'UID', 'Its uid.'),
  flag('sandboxed', 'SANDBOX', 'It runs in a sandbox.'),
  cpuPercent('cpuPercent', 'CPU%', 'CPU of all its processes; 100 is one CPU.'),
  bytes(
    'residentBytes',
    'RSS',
    'Memory of its tree and the other processes of its uid, as `residentBy` says.',
  ),
  changingText('residentBy', 'BY', measureHelp),
  bytesPerMin(
    'residentGrowthBytesPerMin',
    'ΔRSS/min',
    'Slope of the RSS over the last minute; null until 20 s are known.',
  ),
  bytesPerSec('readBytesPerSec', 'READ', 'Read from disks (/proc/<pid>/io: root only).'),
  bytesPerSec('writeBytesPerSec', 'WRITE', 'Written.'),
  text('now', 'NOW', 'What its busiest processes do, in words.'),
  seconds('idleSec', 'IDLE', 'Seconds without CPU use or I/O; 0 while it works.'),
  changingFlag('paused', 'PAUSED', 'Its processes are stopped, or its cgroup is frozen.'),
  ...within('pausedFrom', (b: Build) => b.pausedFrom, [
    number('pid', 'PAUSED BY', 'The nixpulse that paused it, running or not; null where somebody else did.'),
    time('time', 'PAUSED SINCE', 'When it did so.', ({ timeMs }: PausedFrom) => timeMs),
    flag(
      'guard',
      'PAUSED BY A GUARD',
      'That one is a guard, which did it by itself.',
      ({ guard }: PausedFrom) => guard === true,
    ),
  ]),
  changingFlag(
    'lowered',
    'LOWERED',
    'CPU and disk come to it last: nice 19 where who started it has more, or nixpulse lowered it.',
  ),
  changingFlag('limited', 'LIMITED', 'By memory.high of its own cgroup, or by nixpulse.'),
  bytes('memoryHighBytes', 'HIGH', 'Past it it is held up (memory.high); null without such a limit.'),
  count('processes', 'PROCS', 'Processes of the tree and of its uid.'),
  count('escapees', 'ESCAPED', 'Processes of its uid outside of its tree.'),
  ...within('states', (b: Build) => b.states, [
    count('R', 'R', 'Processes running (R).'),
    count('S', 'S', 'Processes sleeping (S).'),
    count('D', 'D', 'Processes blocked, mostly by a disk (D).'),
    count('Z', 'Z', 'Processes ended but not waited for (Z).'),
    count('T', 'T', 'Processes stopped (T).'),
  ]),
  text('host', 'HOST', 'Remote builder; null for a build on this machine.'),
  number('clientPid', 'CLIENT', 'Client it runs for.'),
  number('workerPid', 'WORKER', 'Daemon process it runs below.'),
  number('daemonPid', 'DAEMON', 'Main daemon it runs below; null without one.'),
  text('out', 'OUT', 'Output path.'),
  text('buildDirectory', 'DIRECTORY', 'Build directory.'),
  number('cores', 'CORES', 'NIX_BUILD_CORES.'),
  text('system', 'SYSTEM', 'Platform it builds for.'),
  text('lock', 'LOCK', 'Lock file of its output.'),
  text('cgroup', 'CGROUP', 'Path of its cgroup (v2): its own with `use-cgroups`, else that of the daemon.'),
  ...within('waitsFor', (b: Build) => b.waitsFor ?? null, lockFields),
  ...within('parent', (b: Build) => b.parent ?? null, [
    ...identityFields,
    text('comm', 'PARENT', 'Who reads its log, looked at while it seems to stand still.'),
    ...within('progress', (parent: BuildParent) => parent.progress, progressFields),
  ]),
];

export const processFields: readonly Field<BuildProcess>[] = [
  ...identityFields,
  number('ppid', 'PPID', 'Parent.'),
  number('depth', 'DEPTH', '0 for the builder, its children 1, and so on.'),
  text('comm', 'NAME', 'Name, 15 characters.'),
  text('command', 'COMMAND', 'Command line in words.'),
  changingText('state', 'S', "`R`, `S`, `D`, `Z` or `T`, as in the build's `states`."),
  number('uid', 'UID', 'Effective uid.'),
  seconds('ageSec', 'TIME', 'Seconds since it started.'),
  count('threads', 'THR', 'Threads.'),
  cpuPercent('cpuPercent', 'CPU%', 'CPU; 100 is one CPU.'),
  bytes('residentBytes', 'RSS', 'VmRSS.'),
  bytesPerSec('readBytesPerSec', 'READ', 'Read, children that ended included (root only).'),
  bytesPerSec('writeBytesPerSec', 'WRITE', 'Written.'),
  flag('escapee', 'ESCAPED', 'Outside of the tree, found by its uid.'),
  ...within('progress', (one: BuildProcess) => one.progress ?? null, progressFields),
];

export const cgroupFields: readonly Field<Cgroup>[] = [
  text('path', 'CGROUP', 'From the root of the hierarchy.'),
  bytes('currentBytes', 'MEM', 'What is charged to it, page cache included (memory.current).'),
  bytes('limitBytes', 'LIMIT', 'Past it processes are killed (memory.max); null without one.'),
  bytes('highBytes', 'HIGH', 'Past it processes are held up (memory.high); null without one.'),
  bytes('metBytes', 'MET', 'The limit that it met within the last seconds; null when it met none.'),
];
