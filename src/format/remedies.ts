/** What helps against what was found: a row a kind, the gentlest first. */
import type { Found } from '../model/diagnosis/found.ts';
import type { MemoryFound } from '../model/diagnosis/found-memory.ts';
import type { StorageFound } from '../model/diagnosis/found-storage.ts';
import type { WaitFound } from '../model/diagnosis/found-wait.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';

type Remedies<Kinds extends { readonly kind: string }> = {
  readonly [Kind in Kinds['kind']]: (one: Extract<Kinds, { readonly kind: Kind }>) => readonly Remedy[];
};

const killBuild: Remedy = {
  kind: 'key',
  command: 'kill',
  title: 'End this build; what it has made so far is lost, and it is built again at the next rebuild',
  risk: 'the work of this build',
};
const collectGarbage: Remedy = {
  kind: 'command',
  command: 'nix-collect-garbage --delete-older-than 30d',
  root: true,
  title: 'Delete what no generation of the last 30 days needs',
  risk: 'rollback to generations older than 30 days',
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

const ofMemory: Remedies<MemoryFound> = {
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
      title: 'Let Nix itself end builds that say nothing for an hour, or take ten',
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
  'evaluation-recursion': ({ module }) => [
    wait(
      module === null
        ? 'Look with --show-trace which definitions need each other'
        : `Leave out ${module} (disabledModules), and look which of its definitions need each other`,
    ),
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
  'limit-kill': ({ cgroup }) => raiseLimit(cgroup),
  'limit-met': ({ cgroup }) => [...raiseLimit(cgroup), fewerAtOnce],
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
  paused: ({ by, cgroup }) =>
    by === 'signal'
      ? [{ kind: 'key', command: 'pause', title: 'Let it go on', risk: null }]
      : [
          { kind: 'key', command: 'pause', title: 'Let it go on', risk: null },
          {
            kind: 'command',
            command: `systemctl thaw ${unitOf(cgroup) ?? 'nix-daemon.service'}`,
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
      command: `systemctl set-property --runtime ${unit} MemoryMax=infinity MemoryHigh=infinity`,
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

const ofStorage: Remedies<StorageFound> = {
  space: ({ role, type, mountPoint }) => {
    if (role === 'store') return [collectGarbage];
    if (type !== 'tmpfs') return [{ kind: 'advice', title: `Free some of ${mountPoint}`, risk: null }];
    return [
      {
        kind: 'nix',
        lines: ['nix.settings.build-dir = "/nix/var/nix/builds";'],
        title: 'Build on the disk of the store instead of in memory (Nix 2.30 and newer do so by themselves)',
        risk: null,
      },
    ];
  },
};

const ofWaits: Remedies<WaitFound> = {
  'lock-held': ({ holderState }) =>
    holderState === 'stuck' || holderState === 'paused'
      ? [{ kind: 'key', command: 'cancel', title: 'Cancel who holds it', risk: 'its work' }]
      : [{ kind: 'advice', title: 'Wait: it is given back when its holder ends', risk: null }],
};

const rows = { ...ofMemory, ...ofStorage, ...ofWaits } as Remedies<Found>;

/** The gentlest first; never empty of what is not `ok`. */
export function remediesOf(found: Found): readonly Remedy[] {
  return (rows[found.kind] as (one: Found) => readonly Remedy[])(found);
}
