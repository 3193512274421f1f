/** What helps against what rules find of builds, evaluations and memory. */

import { nixString } from '../base/nix-string.ts';
import { listText } from '../base/plural.ts';
import { shellWord } from '../base/shell-word.ts';
import type { FaultyModules, MemoryFound } from '../model/diagnosis/found-memory.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';
import type { Remedies } from './remedies-of.ts';

const killBuild: Remedy = {
  kind: 'key',
  command: 'kill',
  title: 'End this build; what it has made so far is lost, and it is built again at the next rebuild',
  risk: 'the work of this build',
};

const pauseBuild: Remedy = {
  kind: 'key',
  command: 'pause',
  title: 'Pause this build: it stops growing, and gives back nothing; time limits of Nix go on',
  risk: null,
};
const cancelClient: Remedy = {
  kind: 'key',
  command: 'cancel',
  title: 'Cancel this client, as its ^C would',
  risk: 'its work, and that of its builds',
};
const fewerAtOnce: Remedy = {
  kind: 'nix',
  lines: ['nix.settings.max-jobs = 1;', 'nix.settings.cores = 4;'],
  title: 'Build less at once, so that less memory is needed',
  risk: 'rebuilds take longer',
};
const wait = (title: string): Remedy => ({ kind: 'advice', title, risk: null });

const resumeIt: Remedy = { kind: 'key', command: 'pause', verb: 'resume', title: 'Resume it', risk: null };
const guarded: readonly Remedy[] = [
  wait('The guard resumes it once it has been calm for a while'),
  { ...resumeIt, title: 'Resume it now: the guard may pause it again' },
  { kind: 'key', command: 'hold-guard', verb: 'guard hold', title: 'Hold the guard for an hour', risk: null },
];

const leaveOut = (modules: FaultyModules): Remedy => {
  const keys = modules.filter((key) => key.startsWith('/')).slice(0, 3);
  if (keys.length === 0) return wait(`Leave out ${listText(modules, 3)}, and look what it defines`);
  return {
    kind: 'nix',
    lines: [`disabledModules = [ ${keys.map(nixString).join(' ')} ];`],
    title: `Leave out ${modules.length > 1 ? 'one of these' : 'this'} until it is mended`,
    risk: 'what the module configures',
  };
};

export const ofMemory: Remedies<MemoryFound> = {
  'build-stuck': ({ asleep }) => [
    ...(asleep?.kind === 'log-reader'
      ? [
          wait(
            `End ${asleep.reader} (${asleep.readerPid}), which does not read; entries of nix.buildMachines with ssh-ng:// do not have this`,
          ),
        ]
      : []),
    killBuild,
    {
      kind: 'nix',
      lines: ['nix.settings.max-silent-time = 3600;', 'nix.settings.timeout = 36000;'],
      title: 'Let Nix itself end builds that say nothing for an hour, or take more than ten',
      risk: 'honest builds that are silent for longer',
    },
  ],
  'build-overdue': () => [wait('Wait: it gets on')],
  'build-leak': () => [pauseBuild, killBuild, fewerAtOnce],
  'client-leak': () => [
    cancelClient,
    wait('Evaluate less at once: one configuration, or with nix-eval-jobs and --max-memory-size'),
  ],
  'evaluation-loop': () => [cancelClient, wait('Look with --show-trace where it goes round')],
  'evaluation-recursion': ({ options, modules }) => {
    const each = options.length === 0 ? 'which definitions' : `where ${listText(options, 3)}`;
    const look = wait(`Look with --show-trace ${each} need each other`);
    return modules.length === 0 ? [look] : [leaveOut(modules), look];
  },
  'evaluation-limit': ({ modules }) => [
    modules.length === 0
      ? wait('Let the bisection find the module that does it, or the profile the files that take the time')
      : leaveOut(modules),
  ],
  'memory-elsewhere': () => [
    wait('End, or move, what is not Nix and takes the memory: killing builds frees little'),
    fewerAtOnce,
  ],
  'cpu-elsewhere': () => [wait('End, or renice, what is not Nix and takes the CPUs')],
  'cpu-stolen': () => [wait('Nothing here helps: the host of this virtual machine is too busy')],
  'disk-elsewhere': () => [wait('End, or wait for, what is not Nix and keeps the disk busy')],
  arc: ({ short, arcBytes }) =>
    short
      ? [
          {
            kind: 'command',
            command: `echo ${Math.round(arcBytes / 2)} > /sys/module/zfs/parameters/zfs_arc_max`,
            root: true,
            title: 'Let ZFS keep half as much in its cache',
            risk: 'files are read from disk more often',
          },
          fewerAtOnce,
        ]
      : [],
  'cache-thrash': ({ build }) => [...(build === null ? [] : [pauseBuild, killBuild]), fewerAtOnce],
  'limit-kill': ({ cgroup }) => [...raiseLimit(cgroup), fewerAtOnce],
  'limit-met': ({ cgroup }) => [...raiseLimit(cgroup), fewerAtOnce],
  'machine-met': () => [pauseBuild, fewerAtOnce, killBuild],
  'oom-panic': () => [
    {
      kind: 'nix',
      lines: ['boot.kernel.sysctl."vm.panic_on_oom" = 0;'],
      title: 'Let the kernel kill a process instead',
      risk: null,
    },
  ],
  'overcommit-never': () => [
    {
      kind: 'nix',
      lines: ['boot.kernel.sysctl."vm.overcommit_memory" = 0;'],
      title: 'Let memory be promised as usual',
      risk: null,
    },
  ],
  'oom-immune': () => [
    {
      kind: 'nix',
      lines: ['systemd.services.nix-daemon.serviceConfig.OOMScoreAdjust = 250;'],
      title: 'Let the OOM killer end builds before sessions',
      risk: 'builds that take much memory are ended first',
    },
  ],
  'high-alone': () => [
    {
      kind: 'nix',
      lines: ['systemd.services.nix-daemon.serviceConfig.MemoryMax = "80%";'],
      title: 'Set MemoryMax above MemoryHigh, so that one process is killed instead of all being slowed down',
      risk: 'a build that needs more fails',
    },
  ],
  'oom-bystander': () => [
    killBuild,
    {
      kind: 'nix',
      lines: ['systemd.services.nix-daemon.serviceConfig.OOMScoreAdjust = 250;'],
      title: 'Let the OOM killer end builds before sessions',
      risk: 'builds that take much memory are ended first',
    },
  ],
  'zombie-build': () => [killBuild, cancelClient],
  'unreaped-child': () => [killBuild],
  'orphan-build': () => [killBuild],
  'stale-client': () => [cancelClient],
  paused: ({ build, by, cgroup, fromNixpulse, guard }) =>
    fromNixpulse
      ? [
          ...(guard === true ? guarded : [resumeIt]),
          {
            kind: 'command',
            command: `nixpulse resume ${shellWord(build)}`,
            root: false,
            title: 'Resume it, as who paused it',
            risk: null,
          },
        ]
      : by === 'signal'
        ? [{ kind: 'key', command: 'pause', verb: 'resume', title: 'Let it go on', risk: null }]
        : [
            { kind: 'key', command: 'pause', verb: 'resume', title: 'Let it go on', risk: null },
            {
              kind: 'command',
              command: `systemctl thaw ${shellWord(unitOf(cgroup) ?? 'nix-daemon.service')}`,
              root: true,
              title: 'Thaw its unit, if systemd froze it',
              risk: null,
            },
          ],
};

/** The unit of systemd whose limit it is; a cgroup of Nix's own has none of its own. */
function raiseLimit(cgroup: string | null): readonly Remedy[] {
  const unit = unitOf(cgroup);
  if (unit === null) return [wait('Raise the limit of the cgroup (memory.max): the machine has more')];
  return [
    {
      kind: 'command',
      command: `systemctl set-property --runtime ${shellWord(unit)} MemoryMax=infinity MemoryHigh=infinity`,
      root: true,
      title: 'Take the limit away until the next boot',
      risk: 'the machine may become short of memory',
    },
  ];
}

/** The innermost service, scope or slice of a path. */
function unitOf(cgroup: string | null): string | null {
  return cgroup?.split('/').findLast((part) => /^\w[\w@:.-]*\.(?:service|scope|slice)$/.test(part)) ?? null;
}
