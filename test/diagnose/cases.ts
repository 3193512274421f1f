/**
 * For each hypothesis a story that its rule has to find something in, and one like it in which it has not. Of every kind
 * of finding, and of what must stay silent, the tests in rules/ tell more.
 */
import type { Health, HealthRaw } from '../../src/model/diagnosis/health.ts';
import type { HypothesisId } from '../../src/model/diagnosis/hypothesis.ts';
import type { ProbeResult } from '../../src/model/diagnosis/probe.ts';
import { noProbes } from '../../src/model/diagnosis/probes-done.ts';
import type { Reason, Verdict, VerdictState } from '../../src/model/diagnosis/verdict.ts';
import type { Build, Model, Shortage } from '../../src/model/model.ts';
import { daemon, process, client as someClient, worker } from '../support/forest-raw.ts';
import { busy, fixtureMonotonicMs } from '../support/model-fixture.ts';
import { start, stop } from '../support/rebuild-log.ts';
import { asleepIn, type Scene, tell } from './story.ts';

/** Looks, one after the other. */
export type Story = readonly Model[];
export interface RuleCase {
  readonly fires: Story;
  readonly silent: Story;
}

const gib = 2 ** 30;
const [build] = busy.builds as [Build];
const [client] = busy.clients as [Model['clients'][number]];

/** The busy machine, on which nothing is short and everything gets on. */
const calm: Model = {
  ...busy,
  ...{ shortages: [], verdicts: [], findings: [], hypotheses: [], events: [], notices: [], rebuilds: [] },
  probes: noProbes,
  disks: busy.disks.map((disk) => ({ ...disk, stalledSec: null })),
  filesystems: busy.filesystems.map((one) => ({
    ...one,
    ...{ level: 'ok' as const, totalBytes: 500 * gib, availableBytes: 300 * gib, freeInodesPercent: 90 },
  })),
  pressure: {
    ...busy.pressure,
    memory: { ...busy.pressure.memory, level: 'ok' },
    io: { ...busy.pressure.io, level: 'ok' },
  },
};

const one = (more: Partial<Model>): Story => [{ ...calm, ...more }];
/** The same for so many seconds. */
const lasting = (more: Partial<Model>, seconds = 30): Story =>
  Array.from({ length: seconds }, (_, second) => {
    const atMs = fixtureMonotonicMs + second * 1000;
    const times = { monotonicMs: atMs, timeMs: calm.timeMs + second * 1000, readAtMs: { forest: atMs } };
    return { ...calm, ...times, ...more };
  });

function verdictOn(kind: 'build' | 'client', state: VerdictState, reason: Reason, forSec = 600): Verdict {
  const { pid, startTime } = kind === 'build' ? build : client;
  return {
    subject: kind === 'build' ? { kind, pid, startTime } : { kind, pid, startTime, rebuild: null },
    ...{ state, reason, sinceMs: fixtureMonotonicMs - forSec * 1000, atLeast: false },
    ...{ certainty: 'certain', unseen: [], evidence: [] },
  };
}

const works: Reason = { kind: 'progress', signs: ['cpu'] };
const sleeper = { pid: build.pid, program: 'cmake', wchan: 'do_wait' };

/** Every look of a story of processes and logs. */
function told(seconds: number, scene: (second: number) => Scene): Story {
  const models: Model[] = [];
  tell(seconds, scene, { each: ({ model }) => void models.push(model) });
  return models;
}

const cache = 'https://cache.example';
const asked = (id: number) => {
  const path = `/nix/store/${`${id}`.padStart(32, 'a')}-thing`;
  return [
    start(id, 109, `querying info about '${path}' on '${cache}'`, [path, cache]),
    start(id + 1, 101, `downloading '${cache}/${id}.narinfo'`, [`${cache}/${id}.narinfo`], id),
  ];
};
const questions = Array.from({ length: 10 }, (_, i) => 10 * (i + 1));
/** Ten questions at once: `answered` after a second, or never. */
const asking = (answered: boolean) => (second: number) => ({
  says:
    second === 0
      ? questions.flatMap(asked)
      : second === 1 && answered
        ? questions.flatMap((id) => [stop(id + 1), stop(id)])
        : [],
});

const nobodyElse = [daemon(), someClient(150), worker(200, 150)];
/** The hook of a remote build and its ssh, which brings so many bytes a second. */
const remote = (perSec: number) => (second: number) => ({
  processes: [
    ...nobodyElse,
    process({ pid: 500, ppid: 200, comm: 'nix', facts: { argv: ['nix', '__build-remote', '3'] } }),
    process({
      ...{ pid: 501, ppid: 500, session: 500, comm: 'ssh', userTicks: perSec === 0 ? 0 : second * 20 },
      facts: { argv: ['ssh', '-x', 'root@big-arm', '--', 'nix-store', '--serve', '--write'] },
    }),
  ],
});

/** A switch whose transient unit is there already, or is not. */
const switching = (waits: boolean) => () => ({
  processes: [
    daemon(),
    someClient(150, {
      ...{ comm: '.nixos-rebuild-', uid: 0, startTime: 99_500 },
      facts: { argv: ['nixos-rebuild', 'switch'] },
    }),
    ...(waits
      ? [
          process({
            ...{ pid: 152, ppid: 150, comm: 'systemd-run', startTime: 99_600 },
            facts: {
              argv: [
                ...['systemd-run', '--pipe', '--unit=nixos-rebuild-switch-to-configuration', '--wait'],
                ...['/nix/store/a-nixos-system/bin/switch-to-configuration', 'switch'],
              ],
            },
          }),
        ]
      : []),
  ],
});

const daemonWith = (openFiles: number): Health => ({
  ...sound,
  daemon: {
    ...{ pid: 5, oomScoreAdj: 0, openFilesMax: 1024, openFiles },
    ...{ processesMax: null, tasksMax: null, tasks: null },
  },
});

/** A program of the worker's that is no build, and what it waits for. */
const hook = (isThere: boolean) => (second: number) => ({
  processes: [
    ...nobodyElse,
    ...(isThere
      ? [
          process({
            ...{ pid: 400, ppid: 200, session: 200, comm: 'upload.sh' },
            facts: { argv: ['/bin/sh', '-e', '/etc/nix/upload.sh'] },
            ...asleepIn('do_wait', second),
          }),
        ]
      : []),
  ],
  says:
    second === 0
      ? [start(2, 110, "running post-build-hook '/etc/nix/upload.sh'", ['/nix/store/x-etc'])]
      : second === 2 && !isThere
        ? [stop(2)]
        : [],
});

/** The same looks with the build's memory as `bytesAt` says, each second; so much is left as is not taken. */
function growing(bytesAt: (second: number) => number): Story {
  const totalBytes = 32 * gib;
  return Array.from({ length: 30 }, (_, second) => {
    const bytes = bytesAt(second);
    const atMs = fixtureMonotonicMs + second * 1000;
    return {
      ...calm,
      ...{ monotonicMs: atMs, timeMs: calm.timeMs + second * 1000, readAtMs: { forest: atMs } },
      builds: [{ ...build, residentBytes: bytes }],
      memory: { ...calm.memory, totalBytes, availableBytes: Math.max(0, 30 * gib - bytes) },
    };
  });
}

const kernel: HealthRaw['kernel'] = {
  ...{
    panicOnOom: 0,
    overcommitMemory: 0,
    hungTasks: 0,
    pidMax: 4_194_304,
    threadsMax: 500_000,
    threads: 900,
  },
  ...{ filesOpen: 9000, filesMax: 9e15 },
};
const sound: Health = {
  kernel: { ...kernel, newHungTasks: 0 },
  ...{ devices: [], filesystems: [], memoryErrors: null, daemon: null },
} as Health;
const crypt: Health['devices'][number] = {
  ...{ device: 'dm-0', kind: 'dm', state: null, suspended: false, layer: 'lvm', ioErrors: null },
  ...{ ioTimeouts: null, degraded: null, syncAction: null, newErrors: null, newErrorMs: null },
};

const memoryShort: Shortage = {
  ...{ resource: 'memory', level: 'critical', sinceMs: fixtureMonotonicMs - 60_000 },
  ...{ levelSinceMs: fixtureMonotonicMs - 60_000 },
  cause: { kind: 'pressure', resource: 'memory', line: 'full', percent: 60 },
} as Shortage;
const used = (nixBytes: number): Partial<Model> => ({
  shortages: [memoryShort],
  memory: { ...calm.memory, usedBytes: 30 * gib, arcBytes: null, availableBytes: gib },
  totals: { ...calm.totals, residentBytes: nixBytes },
});

const lock = (state: VerdictState, sec: number) =>
  verdictOn(
    'client',
    state,
    { kind: 'wait', partner: { kind: 'lock', path: '/nix/store/a.lock', holderPid: 1, holder: 'nix' } },
    sec,
  );

function verified(damaged: readonly string[]): ProbeResult {
  const value = {
    checked: 9000,
    damaged: damaged.map((path) => ({ path, how: 'modified' as const })),
  };
  return { id: 'verify-store', subject: null, startedMs: 0, endedMs: calm.timeMs, ok: true, value };
}

const limited = '/system.slice/nix-daemon.service';

export const cases: Readonly<Record<HypothesisId, RuleCase>> = {
  build: {
    fires: one({
      verdicts: [verdictOn('build', 'stuck', { kind: 'idle', asleep: { kind: 'futex', ...sleeper } })],
    }),
    silent: one({ verdicts: [verdictOn('build', 'working', works)] }),
  },
  evaluation: {
    fires: one({ verdicts: [verdictOn('client', 'slow', { kind: 'spinning', yields: false })] }),
    silent: one({ verdicts: [verdictOn('client', 'working', works)] }),
  },
  'build-leak': {
    fires: growing((second) => 12 * gib + second * 0.6 * gib),
    // A link takes as much within a minute, and then no more.
    silent: growing((second) => Math.min(14 * gib, 12 * gib + second * 0.6 * gib)),
  },
  elsewhere: { fires: one(used(2 * gib)), silent: one(used(25 * gib)) },
  'memory-limit': {
    fires: one({
      events: [
        {
          ...{ kind: 'oom-limit', level: 'critical', timeMs: calm.timeMs - 5000 },
          ...{ cgroup: limited, limitBytes: gib, count: 1, build: null },
        },
      ],
    }),
    // The machine itself was short: no limit was met.
    silent: one({
      events: [{ kind: 'oom-kill', level: 'critical', timeMs: calm.timeMs - 5000, count: 1 }],
    }),
  },
  'oom-killer': {
    fires: one({ health: { ...sound, kernel: { ...sound.kernel, panicOnOom: 1 } } }),
    silent: one({ health: sound }),
  },
  space: {
    fires: one({
      filesystems: calm.filesystems.map((each) => ({ ...each, level: 'critical', availableBytes: gib })),
    }),
    silent: one({}),
  },
  disk: {
    fires: one({ disks: calm.disks.map((disk) => ({ ...disk, stalledSec: 40, inFlight: 9 })) }),
    silent: one({ disks: calm.disks.map((disk) => ({ ...disk, utilPercent: 100, inFlight: 9 })) }),
  },
  volume: {
    fires: lasting({ health: { ...sound, devices: [{ ...crypt, suspended: true }] } }),
    silent: lasting({ health: { ...sound, devices: [crypt] } }),
  },
  lock: {
    fires: one({ verdicts: [lock('waiting', 600)] }),
    silent: one({ verdicts: [lock('waiting', 5)] }),
  },
  cache: { fires: told(60, asking(false)), silent: told(60, asking(true)) },
  builder: { fires: told(130, remote(0)), silent: told(130, remote(1000)) },
  'post-build-hook': { fires: told(130, hook(true)), silent: told(130, hook(false)) },
  switch: { fires: told(60, switching(true)), silent: told(60, switching(false)) },
  'process-limit': { fires: one({ health: daemonWith(1020) }), silent: one({ health: daemonWith(60) }) },
  store: {
    fires: one({ probes: { running: [], results: [verified(['/nix/store/x-thing'])] } }),
    silent: one({ probes: { running: [], results: [verified([])] } }),
  },
  'left-over': {
    fires: one({
      verdicts: [verdictOn('build', 'stuck', { kind: 'idle', asleep: { kind: 'zombies' } })],
    }),
    silent: one({ verdicts: [verdictOn('build', 'working', works)] }),
  },
  paused: {
    fires: one({
      verdicts: [
        verdictOn('build', 'paused', { kind: 'stopped', frozen: false, cgroup: null, fromNixpulse: false }),
      ],
    }),
    silent: one({ verdicts: [verdictOn('build', 'working', works)] }),
  },
};
