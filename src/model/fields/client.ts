/** Fields of a client, of the daemon process that serves it, and of what it copies. */

import type { HookProcess } from '../diagnosis/found-wait.ts';
import type { Activation, Client, OtherDaemon, Transfer, Worker } from '../model.ts';
import {
  bytes,
  bytesPerSec,
  changingText,
  count,
  cpuPercent,
  type Field,
  flag,
  number,
  seconds,
  text,
  ticks,
  within,
} from './field.ts';
import { identityFields, lockWaitFields } from './shared.ts';

const activationFields: readonly Field<Activation>[] = [
  text(
    'action',
    'ACTION',
    '`switch`, `test`, `boot`, `dry-activate` or `check`; `activation` is null when nothing is activated.',
  ),
  text('unit', 'UNIT', 'systemd unit that runs it apart from the client; null where it runs below it.'),
  text(
    'stage',
    'STAGE',
    '`script`: the activation script runs; `units`: it has run, units restart; null where it cannot be told.',
  ),
  flag('profile', 'PROFILE', 'The profile is written already; null where it cannot be told.'),
  flag('bootloader', 'BOOTLOADER', 'The bootloader is written already; null where it cannot be told.'),
  text(
    'child',
    'WAITS FOR',
    'What it has started last; null when nothing runs below it.',
    ({ child }) => child?.command ?? null,
  ),
];

export const clientFields: readonly Field<Client>[] = [
  ...identityFields,
  text('command', 'COMMAND', 'As typed, without store paths.'),
  text('tool', 'TOOL', 'The tool alone: `nixos-rebuild`.'),
  text('user', 'USER', 'Who started it.'),
  number('uid', 'UID', 'Effective uid.'),
  text('tty', 'TTY', 'Terminal; null without one.'),
  seconds('ageSec', 'TIME', 'Seconds since it started.'),
  bytes('residentBytes', 'RSS', 'VmRSS of its own processes (evaluation), builds not counted.'),
  cpuPercent('cpuPercent', 'CPU%', 'CPU of its own processes; 100 is one CPU.'),
  text(
    'phase',
    'PHASE',
    '`evaluating`, `building`, `copying`, `waiting`, `activating`, `installing bootloader`, `dry activation`, `collecting garbage`, `verifying`, `optimising` or `idle`; null where what would tell it cannot be seen.',
  ),
  ...within('activation', (client: Client) => client.activation, activationFields),
  flag('direct', 'DIRECT', 'It builds in its own process tree, not through the daemon.'),
  flag('keepGoing', 'KEEP GOING', 'Goes on when a build fails (--keep-going).'),
  count('builds', 'BUILDS', 'Builds that run for it; null where none is seen and some may be hidden.'),
  ...lockWaitFields,
  changingText(
    'waitsForUnit',
    'WAITS FOR UNIT',
    'Unit of systemd that a `systemctl` or `systemd-run` of it waits for; null: none.',
    (client) => client.waitsForUnit ?? null,
  ),
  bytes(
    'readBytes',
    'READ',
    'Read from disks by its living processes since each began (/proc/<pid>/io: root or owner only).',
    (client) => client.readBytes ?? null,
  ),
  flag(
    'findsTrash',
    'FINDS TRASH',
    "Of a garbage collection: it found what an interrupted one had left in the store's trash; null: not known.",
    (client) => client.findsTrash ?? null,
  ),
  text('cgroup', 'CGROUP', 'Path of its cgroup (v2); null: not read.', (client) => client.cgroup ?? null),
];

const hookFields: readonly Field<HookProcess>[] = [
  number('pid', 'HOOK', 'A program that it has started and that is no builder: its post-build-hook, mostly.'),
  ticks('startTime', 'STARTED', 'With `pid` it names the process for ever.'),
  text('program', 'PROGRAM', 'Its name.'),
  text(
    'child',
    'WAITS FOR',
    'The deepest process below it; null: it has none.',
    ({ child }) => child?.program ?? null,
  ),
  number('childPid', 'PID', 'Of that one.', ({ child }) => child?.pid ?? null),
  text(
    'wchan',
    'SLEEPS IN',
    'Function of the kernel in which the deepest one sleeps; null where it cannot be seen.',
  ),
  cpuPercent('cpuPercent', 'CPU%', 'CPU of it and all below it; 100 is one CPU.'),
];

export const workerFields: readonly Field<Worker>[] = [
  ...identityFields,
  number('clientPid', 'CLIENT', 'Client it serves.'),
  bytes('residentBytes', 'RSS', 'VmRSS.'),
  cpuPercent('cpuPercent', 'CPU%', 'CPU; 100 is one CPU.'),
  count('builds', 'BUILDS', 'Builds below it.'),
  ...lockWaitFields,
  ...within('hook', (worker: Worker) => worker.hook ?? null, hookFields),
];

export const otherDaemonFields: readonly Field<OtherDaemon>[] = [
  ...identityFields,
  flag('elsewhere', 'ELSEWHERE', 'It works on another Nix of this machine: of a container, a chroot.'),
  text('root', 'ROOT', "That one's root on its file system; null where it has a file system of its own."),
  bytes('residentBytes', 'RSS', 'VmRSS, workers not counted.'),
  count('builds', 'BUILDS', 'Builds below it.'),
];

export const transferFields: readonly Field<Transfer>[] = [
  ...identityFields,
  text('name', 'NAME', 'Name of the store path.'),
  text('path', 'PATH', 'Store path it brings; null where the kernel does not tell us.'),
  number('clientPid', 'CLIENT', 'Client it is for.'),
  bytesPerSec('readBytesPerSec', 'READ', 'Read (/proc/<pid>/io: root only).'),
  bytesPerSec('writeBytesPerSec', 'WRITE', 'Written.'),
];
