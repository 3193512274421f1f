/** What a sound machine shows before a rebuild; tests change one thing of it. */
import { fail, ok } from '../../src/base/problem.ts';
import type {
  DryRun,
  MachineFacts,
  NixSettings,
  Plan,
  PlannedBuild,
  RebuildFacts,
} from '../../src/model/advice/rebuild-facts.ts';
import type { EvaluationRun, ProbeValues } from '../../src/model/diagnosis/probe-values.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Filesystem } from '../../src/model/model.ts';

export const MiB = 1024 ** 2;
export const GiB = 1024 ** 3;

export function filesystemAt(mountPoint: string, over: Partial<Filesystem> = {}): Filesystem {
  return {
    path: mountPoint,
    ...{ mountPoint, type: 'ext4', device: 'vda1', disks: ['vda'] },
    ...{ totalBytes: 200 * GiB, availableBytes: 80 * GiB, freeInodesPercent: 90, freeInodes: 8_000_000 },
    ...{ level: 'ok', problem: null },
    ...over,
  };
}

export function soundMachine(over: Partial<MachineFacts> = {}): MachineFacts {
  const model = emptyModel;
  return {
    ...model,
    filesystems: [filesystemAt('/')],
    places: { buildDirectory: '/nix/var/nix/builds', minFreeBytes: null, upperLayers: [], boot: null },
    memory: {
      ...model.memory,
      totalBytes: 32 * GiB,
      availableBytes: 20 * GiB,
      swapTotalBytes: 8 * GiB,
      swapUsedBytes: 0,
    },
    cpu: { ...model.cpu, cpus: 8 },
    daemon: { ...model.daemon, socket: 'listening', running: true },
    health: {
      kernel: {
        ...{
          panicOnOom: 0,
          overcommitMemory: 0,
          hungTasks: 0,
          newHungTasks: 0,
          threads: 200,
          pidMax: 1,
          threadsMax: 1,
        },
        ...{ filesOpen: 1, filesMax: 1, kvm: true },
      },
      ...{ devices: [], filesystems: [], memoryErrors: null, daemon: null },
    },
    readAtMs: { forest: 0 },
    ...over,
  };
}

export const soundRun: EvaluationRun = {
  ...{ end: 'done', configuration: '/etc/nixos#box', sec: 12, limitSec: 300 },
  ...{ peakBytes: 2 * GiB, limitBytes: 8 * GiB, error: null },
  ...{ repeated: [], omittedFrames: 0, options: [], files: [] },
};

export function built(name: string, features: readonly string[] = [], system = 'x86_64-linux'): PlannedBuild {
  return {
    drv: `/nix/store/${'a'.repeat(32)}-${name}.drv`,
    wants: { system, features, prefersLocal: false },
  };
}

export function planned(over: Partial<Plan> = {}): RebuildFacts['dryRun'] {
  const plan: Plan = {
    output: `/nix/store/${'c'.repeat(32)}-nixos-system-box`,
    builds: [built('etc'), built('nixos-system-box')],
    fetches: [`/nix/store/${'b'.repeat(32)}-firefox-130.0`],
    ...{ downloadBytes: 80 * MiB, unpackedBytes: 300 * MiB, unknown: [], empty: [], ...over },
  };
  return ok({ run: soundRun, said: [], plan: ok(plan) });
}

export function evaluated(
  over: Partial<EvaluationRun>,
  said: readonly string[] = [],
): RebuildFacts['dryRun'] {
  const run: DryRun = { run: { ...soundRun, ...over }, said, plan: null };
  return ok(run);
}

export const soundSettings: NixSettings = {
  ...{ maxJobs: 4, cores: 0, system: 'x86_64-linux', platforms: ['x86_64-linux', 'i686-linux'] },
  features: ['benchmark', 'big-parallel', 'kvm', 'nixos-test'],
  ...{ minFreeBytes: null, substituters: ['https://cache.nixos.org'] },
};

export const soundCache: ProbeValues['cache'] = {
  ...{
    reachable: true,
    sec: 0.08,
    httpStatus: 200,
    bytesPerSec: 40 * MiB,
    trusted: true,
    keys: ['cache.nixos.org-1'],
  },
  ...{ priority: 40, storeDirectory: '/nix/store', said: null },
};

export const soundBuilder: ProbeValues['builder'] = {
  ...{ reachable: true, sec: 0.4, nixVersion: '2.31.2', trusted: true, said: null },
  ...{ systems: ['aarch64-linux'], features: ['big-parallel'] },
};

export function soundFacts(over: Partial<RebuildFacts> = {}): RebuildFacts {
  return {
    machine: soundMachine(),
    dryRun: planned(),
    settings: ok(soundSettings),
    boot: {
      ...{ mountPoint: '/boot', freeBytes: 300 * MiB, pairBytes: 52 * MiB, coming: null },
      ...{ stale: { files: 0, bytes: 0 }, temporaryFiles: 0 },
    },
    memoryLimit: null,
    daemonSaid: null,
    state: { readOnly: ok(false), database: ok({ bytes: 40 * MiB, sqlite: true }) },
    caches: [{ address: 'https://cache.nixos.org', found: ok(soundCache) }],
    builders: [
      {
        address: 'ssh-ng://nix@arm',
        ...{ systems: ['aarch64-linux'], features: ['big-parallel'], mandatory: [], found: ok(soundBuilder) },
      },
    ],
    refusedMachines: [],
    unreadMachines: [],
    units: ok({ failed: [], jobs: [] }),
    asRoot: true,
    ...over,
  };
}

/** A user without root, network and Nix, on a kernel that tells little. */
export function blindFacts(): RebuildFacts {
  const none = (where: string) => fail<never>('unsupported', where, 'not installed');
  return {
    machine: {
      ...emptyModel,
      places: { buildDirectory: null, minFreeBytes: null, upperLayers: [], boot: null },
    },
    dryRun: none('nix-instantiate'),
    settings: none('nix'),
    ...{
      boot: null,
      memoryLimit: null,
      daemonSaid: null,
      caches: [],
      builders: [],
      refusedMachines: [],
      unreadMachines: [],
      asRoot: false,
    },
    state: { readOnly: none('mountinfo'), database: fail('gone', '/nix/var/nix/db/db.sqlite') },
    units: none('systemctl'),
  };
}
