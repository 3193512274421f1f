/**
 * Hand-built Models: a machine in trouble with all that the screen can show at once, and calm, empty,
 * first-sample and hostile variants of it.
 */

import { decide } from '../../src/diagnose/decision-path.ts';
import { noDecision } from '../../src/model/diagnosis/decision.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import { type Hypothesis, hypothesisIds } from '../../src/model/diagnosis/hypothesis.ts';
import type { Verdict } from '../../src/model/diagnosis/verdict.ts';
import type { GuardSeen } from '../../src/model/guard/guard-seen.ts';
import type {
  Build,
  BuildProcess,
  Client,
  Disk,
  Filesystem,
  Model,
  Pressure,
  Worker,
} from '../../src/model/model.ts';
import { emptyHistory, type History } from '../../src/model/past/history.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
/** 2026-11-20T13:28:01.123Z */
export const fixtureTimeMs = Date.UTC(2026, 10, 20, 13, 28, 1, 123);
export const fixtureMonotonicMs = 259_200_000;

function ago(seconds: number): number {
  return fixtureMonotonicMs - seconds * 1000;
}

export function pressureOf(some: number, full: number | null, over: Partial<Pressure> = {}): Pressure {
  const line = (percent: number) => ({
    avg10: percent,
    avg60: Math.round(percent * 60) / 100,
    avg300: Math.round(percent * 25) / 100,
    tickPercent: percent + 0.4,
  });
  return {
    some: line(some),
    full: full === null ? null : line(full),
    level: 'ok',
    sinceMs: null,
    levelSinceMs: over.sinceMs ?? null,
    problem: null,
    ...over,
  };
}

export function processOf(over: Partial<BuildProcess> & { pid: number }): BuildProcess {
  return {
    startTime: over.pid * 10,
    ppid: 1,
    depth: 0,
    comm: 'bash',
    command: 'bash -e /nix/store/source-stdenv.sh /nix/store/default-builder.sh',
    state: 'S',
    uid: 30_003,
    ageSec: 2822,
    threads: 1,
    cpuPercent: 0,
    residentBytes: 4 * MiB,
    readBytesPerSec: 0,
    writeBytesPerSec: 0,
    escapee: false,
    ...over,
  };
}

export function buildOf(over: Partial<Build> & { pid: number }): Build {
  return {
    startTime: over.pid * 10,
    name: 'hello-2.12.1',
    pname: 'hello',
    version: '2.12.1',
    drvHash: 'a1b2c3d4e5f6g7h8i9j0k1l2m3n4p5q6',
    namedBy: 'sandbox',
    uid: 30_001,
    user: 'nixbld1',
    sandboxed: true,
    ageSec: 12,
    processes: 2,
    residentBy: 'rss',
    cgroup: null,
    escapees: 0,
    states: { R: 1, S: 1, D: 0, Z: 0, T: 0 },
    cpuPercent: 99,
    residentBytes: 240 * MiB,
    residentGrowthBytesPerMin: 0,
    readBytesPerSec: 0,
    writeBytesPerSec: 1.2 * MiB,
    now: 'configure',
    phase: null,
    log: null,
    idleSec: 0,
    paused: false,
    pausedFrom: null,
    lowered: false,
    limited: false,
    memoryHighBytes: null,
    host: null,
    workerPid: 900,
    daemonPid: 700,
    clientPid: 800,
    out: '/nix/store/z1y2x3w4v5u6t7s8r9q0p1n2m3l4k5j6-hello-2.12.1',
    buildDirectory: '/tmp/nix-build-hello-2.12.1.drv-0',
    cores: 16,
    system: 'x86_64-linux',
    lock: null,
    tree: [],
    residentHistory: [],
    ...over,
  };
}

const firefoxTree: readonly BuildProcess[] = [
  processOf({ pid: 2001 }),
  processOf({
    pid: 2050,
    ppid: 2001,
    depth: 1,
    comm: 'make',
    command: 'make -j16 -C obj',
    residentBytes: 38 * MiB,
  }),
  ...Array.from({ length: 12 }, (_, index) =>
    processOf({
      pid: 2100 + index,
      ppid: 2050,
      depth: 2,
      comm: 'cc1plus',
      command: `cc1plus -quiet -I gfx/angle -O2 gfx/angle/checkout/src/compiler/translator/Part${index}.cpp -o /build/part.s`,
      state: index < 3 ? 'D' : 'R',
      ageSec: 31 - index,
      cpuPercent: index < 3 ? 4 : 66,
      residentBytes: (940 - index * 6) * MiB,
      readBytesPerSec: 0,
      writeBytesPerSec: 1.1 * MiB,
    }),
  ),
  processOf({
    pid: 2300,
    depth: 1,
    ppid: 1,
    comm: 'sccache',
    command: 'sccache --server',
    ageSec: 2700,
    cpuPercent: 2,
    residentBytes: 210 * MiB,
    escapee: true,
  }),
];

const firefoxLock = '/nix/store/8h7g6f5d4s3a2p1o9i8u7y6t5r4e3w2q-firefox-130.0.lock';

export const firefox = buildOf({
  pid: 2001,
  name: 'firefox-130.0',
  pname: 'firefox',
  version: '130.0',
  drvHash: '0f3k9x2m7c1v5b8n4q6w0r2t9y1p3s5d',
  uid: 30_003,
  user: 'nixbld3',
  ageSec: 2822,
  processes: 15,
  escapees: 1,
  states: { R: 9, S: 3, D: 3, Z: 0, T: 0 },
  cpuPercent: 612,
  residentBytes: 11.2 * GiB,
  residentGrowthBytesPerMin: 840 * MiB,
  readBytesPerSec: 0,
  writeBytesPerSec: 14 * MiB,
  now: 'cc1plus ×12 gfx/angle/checkout/src',
  phase: 'build',
  out: '/nix/store/8h7g6f5d4s3a2p1o9i8u7y6t5r4e3w2q-firefox-130.0',
  buildDirectory: '/build/firefox-130.0',
  lock: firefoxLock,
  tree: firefoxTree,
  residentHistory: Array.from({ length: 120 }, (_, i) => (9.5 + i * 0.0142) * GiB),
});

export const chromium = buildOf({
  pid: 3001,
  name: 'chromium-unwrapped-129.0.6668.89',
  pname: 'chromium-unwrapped',
  version: '129.0.6668.89',
  uid: 30_005,
  user: 'nixbld5',
  ageSec: 8553,
  processes: 18,
  states: { R: 16, S: 2, D: 0, Z: 0, T: 0 },
  cpuPercent: 1580,
  residentBytes: 9.6 * GiB,
  residentGrowthBytesPerMin: 120 * MiB,
  readBytesPerSec: 2.2 * MiB,
  writeBytesPerSec: 31 * MiB,
  now: 'clang++ ×16 third_party/blink',
  phase: 'build',
  tree: [
    processOf({ pid: 3001, uid: 30_005 }),
    processOf({
      pid: 3002,
      ppid: 3001,
      depth: 1,
      comm: 'ninja',
      command: 'ninja -j16 -C out/Release chrome',
      uid: 30_005,
    }),
  ],
  residentHistory: Array.from({ length: 60 }, (_, i) => (8 + Math.sin(i / 6)) * GiB),
});

export const linux = buildOf({
  pid: 4001,
  name: 'linux-6.11.3',
  pname: 'linux',
  version: '6.11.3',
  uid: 30_007,
  user: 'nixbld7',
  ageSec: 431,
  processes: 9,
  states: { R: 0, S: 1, D: 0, Z: 0, T: 8 },
  cpuPercent: 0,
  residentBytes: 1.1 * GiB,
  residentGrowthBytesPerMin: 0,
  readBytesPerSec: 0,
  writeBytesPerSec: 0,
  now: 'stopped',
  phase: 'build',
  idleSec: 92,
  paused: true,
  pausedFrom: { pid: 4242, timeMs: Date.UTC(2026, 8, 14, 9, 30) },
});

export const python = buildOf({
  pid: 5001,
  name: 'python3.12-numpy-2.1.2',
  pname: 'numpy',
  version: '2.1.2',
  uid: 30_002,
  user: 'nixbld2',
  ageSec: 64,
  processes: 3,
  states: { R: 0, S: 2, D: 0, Z: 1, T: 0 },
  cpuPercent: 0.3,
  residentBytes: 88 * MiB,
  residentGrowthBytesPerMin: -12 * MiB,
  readBytesPerSec: null,
  writeBytesPerSec: null,
  now: 'idle 4 min',
  phase: 'check',
  idleSec: 240,
  sandboxed: false,
  namedBy: 'environment',
});

export const remote = buildOf({
  pid: 6001,
  name: 'llvm-18.1.8',
  pname: 'llvm',
  version: '18.1.8',
  uid: 0,
  user: 'root',
  ageSec: 1204,
  processes: 2,
  states: { R: 0, S: 2, D: 0, Z: 0, T: 0 },
  cpuPercent: 0,
  residentBytes: 22 * MiB,
  residentGrowthBytesPerMin: null,
  readBytesPerSec: null,
  writeBytesPerSec: null,
  now: 'ssh builder@big-arm.example.org',
  phase: null,
  host: 'ssh-ng://builder@big-arm.example.org',
  sandboxed: null,
  system: 'aarch64-linux',
});

export const rebuild: Client = {
  pid: 800,
  startTime: 8000,
  command: 'nixos-rebuild switch --flake .#box',
  tool: 'nixos-rebuild',
  uid: 0,
  user: 'root',
  tty: 'pts/3',
  ageSec: 2832,
  residentBytes: 1.9 * GiB,
  cpuPercent: 3,
  phase: 'building',
  activation: null,
  direct: false,
  keepGoing: false,
  builds: 5,
  waitsFor: null,
  processes: [{ pid: 800, startTime: 8000 }],
};

export const waiting: Client = {
  pid: 810,
  startTime: 8100,
  command: 'nix build .#firefox',
  tool: 'nix',
  uid: 1000,
  user: 'ada',
  tty: 'pts/5',
  ageSec: 312,
  residentBytes: 210 * MiB,
  cpuPercent: 0,
  phase: 'waiting',
  activation: null,
  direct: false,
  keepGoing: null,
  builds: 0,
  waitsFor: {
    path: firefoxLock,
    holderPid: 900,
    holder: rebuild.command,
  },
  processes: [{ pid: 810, startTime: 8100 }],
};

export const evaluating: Client = {
  pid: 820,
  startTime: 8200,
  command: 'home-manager switch',
  tool: 'home-manager',
  uid: 1000,
  user: 'ada',
  tty: null,
  ageSec: 41,
  residentBytes: 2.4 * GiB,
  cpuPercent: 99,
  phase: 'evaluating',
  activation: null,
  direct: false,
  keepGoing: null,
  builds: 0,
  waitsFor: null,
  processes: [{ pid: 820, startTime: 8200 }],
};

/** The rebuild some minutes later; systemd runs the switch. */
export const activating: Client = {
  ...rebuild,
  phase: 'activating',
  activation: {
    action: 'switch',
    unit: 'nixos-rebuild-switch-to-configuration',
    stage: 'script',
    profile: true,
    bootloader: true,
  },
  builds: 0,
  processes: [800, 880, 881].map((pid) => ({ pid, startTime: pid * 10 })),
};

const workers: readonly Worker[] = [
  {
    pid: 900,
    startTime: 9000,
    clientPid: 800,
    residentBytes: 46 * MiB,
    cpuPercent: 1,
    builds: 5,
    waitsFor: null,
    hook: {
      pid: 990,
      startTime: 9900,
      program: 'upload.sh',
      child: { pid: 991, program: 'attic' },
      wchan: 'inet_csk_accept',
      cpuPercent: 0,
    },
  },
  {
    pid: 910,
    startTime: 9100,
    clientPid: 810,
    residentBytes: 31 * MiB,
    cpuPercent: 0,
    builds: 0,
    // A worker's wait names what is locked, a client's who has it (derive-clients).
    waitsFor: { path: firefoxLock, holderPid: 900, holder: 'firefox-130.0' },
  },
];

export const nvme: Disk = {
  device: 'nvme0n1',
  title: null,
  model: 'Samsung SSD 990 PRO 2TB',
  carries: ['/nix', '/', '/tmp'],
  slaves: [],
  readsPerSec: 412,
  writesPerSec: 1893.5,
  readBytesPerSec: 41 * MiB,
  writeBytesPerSec: 96 * MiB,
  readAwaitMs: 312,
  writeAwaitMs: 1208,
  flushAwaitMs: 96.2,
  queueSize: 84.2,
  utilPercent: 100,
  inFlight: 64,
  stalledSec: 2.1,
};

export const crypt: Disk = {
  ...nvme,
  device: 'dm-0',
  title: 'cryptroot',
  model: null,
  slaves: ['nvme0n1'],
  queueSize: 91,
  flushAwaitMs: null,
  stalledSec: null,
};

export const hdd: Disk = {
  device: 'sda',
  title: null,
  model: 'WDC WD40EFRX-68N',
  carries: [],
  slaves: [],
  readsPerSec: 0,
  writesPerSec: 2,
  readBytesPerSec: 0,
  writeBytesPerSec: 24 * 1024,
  readAwaitMs: null,
  writeAwaitMs: 8.4,
  flushAwaitMs: null,
  queueSize: 0,
  utilPercent: 1,
  inFlight: 0,
  stalledSec: null,
};

export const filesystems: readonly Filesystem[] = [
  {
    path: '/nix',
    mountPoint: '/nix',
    type: 'btrfs',
    device: 'dm-0',
    disks: ['nvme0n1'],
    totalBytes: 156.8 * GiB,
    availableBytes: 14.2 * GiB,
    freeInodesPercent: null,
    level: 'warning',
    problem: null,
  },
  {
    path: '/',
    mountPoint: '/',
    type: 'ext4',
    device: 'dm-0',
    disks: ['nvme0n1'],
    totalBytes: 1800 * GiB,
    availableBytes: 611 * GiB,
    freeInodesPercent: 88,
    level: 'ok',
    problem: null,
  },
  {
    path: '/tmp',
    mountPoint: '/tmp',
    type: 'tmpfs',
    device: null,
    disks: [],
    totalBytes: 15.6 * GiB,
    availableBytes: 2.1 * GiB,
    freeInodesPercent: 99,
    level: 'ok',
    problem: null,
  },
];

/** The example of the design: memory short, a disk stalled, five builds. */
/** Of some of them; nothing is stuck here. */
const verdicts: readonly Verdict[] = [
  {
    subject: { kind: 'build', pid: linux.pid, startTime: linux.startTime },
    state: 'slow',
    sinceMs: fixtureMonotonicMs - 400_000,
    atLeast: false,
    reason: { kind: 'spinning', yields: false },
    certainty: 'likely',
    unseen: ['lines'],
    evidence: [
      { for: true, field: 'cpu', value: 100, unit: 'cpu', sinceMs: fixtureMonotonicMs - 400_000 },
      { for: true, field: 'resident', value: 2 ** 28, unit: 'bytes', sinceMs: null },
    ],
  },
  {
    subject: { kind: 'client', rebuild: null, pid: waiting.pid, startTime: waiting.startTime },
    state: 'waiting',
    sinceMs: fixtureMonotonicMs - 300_000,
    atLeast: true,
    reason: {
      kind: 'wait',
      partner: { kind: 'lock', path: firefoxLock, holderPid: 900, holder: rebuild.command },
    },
    certainty: 'certain',
    unseen: [],
    evidence: [],
  },
];

const findings: readonly Finding[] = [
  {
    id: `build build-stuck ${linux.pid}:${linux.startTime}`,
    hypothesis: 'build',
    subject: { kind: 'build', pid: linux.pid, startTime: linux.startTime },
    level: 'warning',
    state: 'possible',
    found: { kind: 'build-stuck', build: 'linux-6.11.3', how: 'spinning' },
    evidence: [{ for: true, field: 'cpu', value: 100, unit: 'cpu', sinceMs: fixtureMonotonicMs - 400_000 }],
    sinceMs: fixtureMonotonicMs - 400_000,
    probe: 'stack',
  },
  {
    id: 'space space /nix',
    hypothesis: 'space',
    subject: { kind: 'filesystem', mountPoint: '/nix' },
    level: 'warning',
    state: 'confirmed',
    found: {
      kind: 'space',
      path: '/nix',
      mountPoint: '/nix',
      type: 'ext4',
      what: 'bytes',
      availableBytes: 14.2 * 2 ** 30,
      usedPercent: 91,
      role: 'store',
    },
    evidence: [],
    sinceMs: fixtureMonotonicMs - 60_000,
    probe: null,
  },
];
const nothingKnown = { state: 'untested', untested: { kind: 'probe' }, evidence: [] } as const;
const needsRoot = {
  ...nothingKnown,
  untested: { kind: 'privilege', privilege: 'root' },
} as const;
const hypotheses: readonly Hypothesis[] = hypothesisIds.map((id) => {
  const own = findings.filter(({ hypothesis }) => hypothesis === id);
  const state = own[0]?.state ?? 'untested';
  const ground = id === 'volume' ? needsRoot : nothingKnown;
  return { id, state, findings: own.map((one) => one.id), probes: id === 'disk' ? ['smart'] : [], ground };
});

/** One of the machine that only tells: what most have first. */
export const armedGuard: GuardSeen = {
  version: 1,
  ...{ pid: 640, startTime: 6400, directory: '/run/nixpulse-guard', uid: 0, ended: false },
  atMs: fixtureTimeMs - 1000,
  sinceMs: fixtureTimeMs - 3 * 3_600_000,
  scope: 'machine',
  dryRun: true,
  heldUntilMs: null,
  readings: [
    {
      ...{ rule: 'memory', state: 'resting', subject: { kind: 'machine' }, name: null },
      ...{ value: 63, limit: 20, unit: 'percent', heldSec: 133, forSec: 5 },
      ...{ worsening: true, agrees: true, taken: 2 },
    },
    {
      ...{ rule: 'leak', state: 'over', subject: { kind: 'build', pid: 901, startTime: 9010 } },
      ...{ name: 'firefox-130.0', value: 35.9, limit: 25, unit: 'percent', heldSec: 6, forSec: 10 },
      ...{ worsening: true, agrees: true, taken: 0 },
    },
    {
      ...{ rule: 'io', state: 'calm', subject: { kind: 'device', device: 'nvme0n1' }, name: 'nvme0n1' },
      ...{ value: 1208, limit: 2000, unit: 'ms', heldSec: 0, forSec: 20 },
      ...{ worsening: false, agrees: true, taken: 0 },
    },
    {
      ...{ rule: 'stuck', state: 'unknown', subject: null, name: null },
      ...{ value: null, limit: 0, unit: 'none', heldSec: 0, forSec: 1800 },
      ...{ worsening: null, agrees: null, taken: 0 },
    },
    {
      ...{ rule: 'space', state: 'calm', subject: { kind: 'filesystem', mountPoint: '/nix' }, name: '/nix' },
      ...{ value: 9, limit: 3, unit: 'percent', heldSec: 0, forSec: 5, below: true },
      ...{ worsening: null, agrees: null, taken: 0 },
    },
  ],
  acts: [
    {
      atMs: fixtureTimeMs - 128_000,
      ...{ rule: 'memory', action: 'lower', names: ['firefox-130.0', 'linux-6.11.3'] },
      ...{ value: 41, limit: 20, unit: 'percent', heldSec: 5, dryRun: true, status: null, summary: null },
      evidence: [
        {
          for: true,
          field: 'memory.available',
          value: 0.9 * GiB,
          unit: 'bytes',
          sinceMs: ago(133),
        },
      ],
    },
    {
      atMs: fixtureTimeMs - 113_000,
      ...{ rule: 'memory', action: 'pause', names: ['firefox-130.0'] },
      ...{ value: 58, limit: 20, unit: 'percent', heldSec: 20, dryRun: true, status: null },
      ...{ summary: null, evidence: [] },
    },
  ],
};

const undecided: Model = {
  version: 1,
  timeMs: fixtureTimeMs,
  monotonicMs: fixtureMonotonicMs,
  intervalSec: 1,
  host: {
    name: 'box',
    kernel: '6.11.3',
    system: 'NixOS 24.11',
    nixVersion: '2.26.3',
    cpuModel: 'AMD Ryzen 9 7950X',
    cpus: 16,
    uptimeSec: 273_600,
  },
  findings,
  hypotheses,
  decision: noDecision,
  health: {
    kernel: {
      panicOnOom: 0,
      overcommitMemory: 0,
      hungTasks: 1,
      newHungTasks: 1,
      pidMax: 4_194_304,
      threadsMax: 250_000,
      threads: 1800,
      filesOpen: 9000,
      filesMax: 9_000_000,
    },
    devices: [
      {
        device: 'nvme0n1',
        kind: 'nvme',
        state: 'live',
        suspended: false,
        layer: 'crypt',
        ioErrors: 0,
        ioTimeouts: 0,
        degraded: 0,
        syncAction: 'idle',
        newErrors: 0,
        newErrorMs: null,
      },
    ],
    filesystems: [
      {
        type: 'ext4',
        name: 'dm-0',
        mountPoint: '/',
        readOnly: false,
        errors: 0,
        newErrors: 0,
        newErrorMs: null,
        lastErrorMs: fixtureTimeMs - 86_400_000,
        state: 'ONLINE',
        operation: 'none',
        btrfs: {
          unallocatedBytes: 9 * GiB,
          data: { totalBytes: 90 * GiB, usedBytes: 84 * GiB },
          metadata: { totalBytes: 2 * GiB, usedBytes: GiB },
          reserveBytes: 200 * 2 ** 20,
        },
      },
    ],
    memoryErrors: { corrected: 0, uncorrected: 0 },
    daemon: {
      pid: 900,
      oomScoreAdj: 0,
      openFilesMax: 1_048_576,
      openFiles: 90,
      processesMax: 250_000,
      tasksMax: 1_048_576,
      tasks: 300,
    },
  },
  notices: [
    {
      kind: 'hung-task',
      pid: 4012,
      comm: 'kworker/u9:4',
      sec: 120,
      timeMs: fixtureTimeMs - 60_000,
      from: 'kernel',
      text: 'INFO: task kworker/u9:4:4012 blocked for more than 120 seconds.',
    },
    {
      kind: 'block-error',
      device: 'sda',
      what: 'I/O',
      timeMs: fixtureTimeMs - 50_000,
      from: 'kernel',
      text: 'I/O error, dev sda, sector 12345 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2',
    },
    {
      kind: 'unit-failed',
      unit: 'backup.service',
      result: 'exit-code',
      timeMs: fixtureTimeMs - 40_000,
      from: 'journal',
      text: "backup.service: Failed with result 'exit-code'.",
    },
  ],
  guards: [],
  probes: { running: [], results: [] },
  caches: null,
  pressure: {
    memory: pressureOf(81, 63, { level: 'critical', sinceMs: ago(133) }),
    io: pressureOf(58, 44, { level: 'warning', sinceMs: ago(121) }),
    cpu: pressureOf(31, 0),
    irq: {
      some: null,
      full: { avg10: 0.4, avg60: 0.2, avg300: 0.1, tickPercent: 0.3 },
      level: 'ok',
      sinceMs: null,
      levelSinceMs: null,
      problem: null,
    },
  },
  shortages: [
    {
      resource: 'memory',
      level: 'critical',
      cause: { kind: 'pressure', resource: 'memory', line: 'full', percent: 63 },
      sinceMs: ago(133),
      levelSinceMs: ago(133),
    },
    {
      resource: 'io',
      level: 'critical',
      cause: { kind: 'stall', device: 'nvme0n1', stalledSec: 2.1 },
      sinceMs: ago(121),
      levelSinceMs: ago(121),
    },
    {
      resource: 'space',
      level: 'warning',
      cause: { kind: 'space', path: '/nix', usedPercent: 91, availableBytes: 14.2 * GiB },
      sinceMs: ago(900),
      levelSinceMs: ago(900),
    },
  ],
  memory: {
    totalBytes: 31.2 * GiB,
    availableBytes: 0.9 * GiB,
    usedBytes: 30.3 * GiB,
    pageCacheBytes: 1.4 * GiB,
    dirtyBytes: 620 * MiB,
    writebackBytes: 48 * MiB,
    swapTotalBytes: 8 * GiB,
    swapUsedBytes: 7.8 * GiB,
    swapInBytesPerSec: 41 * MiB,
    swapOutBytesPerSec: 63 * MiB,
    majorFaultsPerSec: 9100,
    refaultsPerSec: 12_400,
    scannedPagesPerSec: 260_000,
    oomKills: 1,
    zramRatio: 2.9,
    arcBytes: null,
    arcMinBytes: null,
  },
  cpu: {
    cpus: 16,
    userPercent: 22,
    systemPercent: 61,
    iowaitPercent: 14,
    stealPercent: 0,
    idlePercent: 3,
    load1: 38.2,
    load5: 31.4,
    load15: 22,
    runningProcesses: 41,
    blockedProcesses: 12,
  },
  disks: [nvme, crypt, hdd],
  filesystems,
  daemon: { pid: 700, startTime: 7000, running: true, socket: 'listening', residentBytes: 18 * MiB },
  otherDaemons: [],
  clients: [rebuild, waiting, evaluating],
  workers,
  builds: [firefox, chromium, linux, python, remote],
  cgroups: [],
  rebuilds: [],
  verdicts,
  derivations: new Map(),
  logPath: { path: null, problem: null },
  durations: new Map(),
  transfers: [
    {
      pid: 900,
      startTime: 9000,
      path: '/nix/store/q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6-linux-firmware-20241017',
      name: 'linux-firmware-20241017',
      clientPid: 800,
      readBytesPerSec: 0,
      writeBytesPerSec: 18 * MiB,
    },
  ],
  totals: {
    residentBy: 'rss',
    residentBytes: 24.8 * GiB,
    cpuPercent: 2310,
    processes: 61,
    running: 4,
    waiting: 1,
    remote: 1,
  },
  events: [
    {
      timeMs: fixtureTimeMs - 902_000,
      kind: 'build-ended',
      level: 'ok',
      pid: 880,
      startTime: 26_000,
      name: 'glibc-2.40',
      user: null,
      ageSec: null,
    },
    {
      timeMs: fixtureTimeMs - 133_000,
      kind: 'pressure',
      level: 'critical',
      resource: 'memory',
      line: 'full',
      percent: 63,
    },
    {
      timeMs: fixtureTimeMs - 61_000,
      kind: 'oom-kill',
      level: 'critical',
      count: 1,
    },
  ],
  problems: [],
  readAtMs: {
    host: fixtureMonotonicMs,
    pressure: fixtureMonotonicMs,
    memory: fixtureMonotonicMs,
    cpu: fixtureMonotonicMs,
    disks: fixtureMonotonicMs,
    storage: fixtureMonotonicMs,
    forest: fixtureMonotonicMs,
  },
};

export const busy: Model = { ...undecided, decision: decide(undecided) };

/** A rebuild that uses every CPU and has room for it; one file system. No phase is known. */
export const calm: Model = {
  ...busy,
  pressure: {
    memory: pressureOf(0, 0),
    io: pressureOf(2, 1),
    cpu: pressureOf(88, 0, { level: 'warning', sinceMs: ago(62) }),
    irq: pressureOf(0, 0, { some: null }),
  },
  shortages: [
    {
      resource: 'cpu',
      level: 'warning',
      cause: { kind: 'pressure', resource: 'cpu', line: 'some', percent: 88 },
      sinceMs: ago(62),
      levelSinceMs: ago(62),
    },
  ],
  memory: {
    ...busy.memory,
    availableBytes: 22 * GiB,
    usedBytes: 9.2 * GiB,
    swapUsedBytes: 0,
    swapInBytesPerSec: 0,
    swapOutBytesPerSec: 0,
    majorFaultsPerSec: 0,
    refaultsPerSec: 0,
    scannedPagesPerSec: 0,
    oomKills: 0,
    zramRatio: null,
  },
  cpu: { ...busy.cpu, userPercent: 41, systemPercent: 6, iowaitPercent: 1, idlePercent: 52, load1: 7.2 },
  disks: [
    {
      ...nvme,
      readsPerSec: 12,
      readBytesPerSec: 1.2 * MiB,
      writesPerSec: 88,
      writeBytesPerSec: 9 * MiB,
      readAwaitMs: 0.1,
      writeAwaitMs: 0.4,
      queueSize: 0.3,
      utilPercent: 6,
      inFlight: 0,
      stalledSec: null,
    },
  ],
  filesystems: filesystems
    .slice(1, 2)
    .flatMap((root) => ['/nix', '/', '/tmp'].map((path) => ({ ...root, path }))),
  clients: [
    {
      ...rebuild,
      builds: 2,
      command: 'nix build nixpkgs#hello',
      tool: 'nix',
      ageSec: 64,
      residentBytes: 310 * MiB,
    },
  ],
  workers: workers.slice(0, 1),
  builds: [
    buildOf({ pid: 2500, name: 'hello-2.12.1', residentGrowthBytesPerMin: null, ageSec: 4 }),
    buildOf({
      pid: 2600,
      name: 'gcc-wrapper-13.3.0',
      uid: 30_002,
      user: 'nixbld2',
      now: 'cc1 lib/quotearg.c',
      cpuPercent: 100,
      residentBytes: 61 * MiB,
    }),
  ],
  transfers: [],
  totals: {
    residentBy: 'rss',
    residentBytes: 611 * MiB,
    cpuPercent: 199,
    processes: 8,
    running: 2,
    waiting: 0,
    remote: 0,
  },
  events: [],
};

const unknownMemory: Model['memory'] = {
  totalBytes: null,
  availableBytes: null,
  usedBytes: null,
  pageCacheBytes: null,
  dirtyBytes: null,
  writebackBytes: null,
  swapTotalBytes: null,
  swapUsedBytes: null,
  swapInBytesPerSec: null,
  swapOutBytesPerSec: null,
  majorFaultsPerSec: null,
  refaultsPerSec: null,
  scannedPagesPerSec: null,
  oomKills: null,
  zramRatio: null,
  arcBytes: null,
  arcMinBytes: null,
};

const nothingOfNix = {
  daemon: { pid: null, startTime: null, running: false, socket: 'absent', residentBytes: null },
  clients: [],
  workers: [],
  builds: [],
  transfers: [],
  totals: {
    residentBy: 'rss',
    residentBytes: 0,
    cpuPercent: 0,
    processes: 0,
    running: 0,
    waiting: 0,
    remote: 0,
  },
  events: [],
} as const;

/** No Nix on the machine. */
export const noNix: Model = {
  ...calm,
  ...nothingOfNix,
  shortages: [],
  pressure: { ...calm.pressure, cpu: pressureOf(2, 0) },
  host: { ...calm.host, nixVersion: null },
};

/** A container with a daemon and a build of its own. */
export const withContainer: Model = {
  ...busy,
  otherDaemons: [
    {
      pid: 4711,
      startTime: 47_110,
      residentBytes: 9 * MiB,
      elsewhere: true,
      root: '/srv/machines/a',
      builds: 1,
    },
  ],
  builds: busy.builds.map((build) => (build.name === 'linux-6.11.3' ? { ...build, daemonPid: 4711 } : build)),
};

/** The daemon waits; nobody builds. */
export const idle: Model = { ...noNix, host: calm.host, daemon: busy.daemon };

/** The very first sample: no rates yet. */
export const first: Model = {
  ...busy,
  intervalSec: null,
  shortages: [],
  pressure: {
    memory: firstPressure(12),
    io: firstPressure(3),
    cpu: firstPressure(1),
    irq: { some: null, full: null, level: 'ok', sinceMs: null, levelSinceMs: null, problem: null },
  },
  memory: { ...busy.memory, swapInBytesPerSec: null, swapOutBytesPerSec: null, majorFaultsPerSec: null },
  cpu: {
    ...busy.cpu,
    userPercent: null,
    systemPercent: null,
    iowaitPercent: null,
    stealPercent: null,
    idlePercent: null,
  },
  disks: busy.disks.map((disk) => ({
    ...disk,
    readsPerSec: null,
    writesPerSec: null,
    readBytesPerSec: null,
    writeBytesPerSec: null,
    readAwaitMs: null,
    writeAwaitMs: null,
    flushAwaitMs: null,
    queueSize: null,
    utilPercent: null,
    stalledSec: null,
  })),
  builds: busy.builds.map((build) => ({
    ...build,
    phase: null,
    now: null,
    cpuPercent: null,
    residentGrowthBytesPerMin: null,
    readBytesPerSec: null,
    writeBytesPerSec: null,
    residentHistory: build.residentHistory.slice(-1),
  })),
  events: [],
};

function firstPressure(avg10: number): Pressure {
  const line = { avg10, avg60: avg10, avg300: avg10, tickPercent: null };
  return { some: line, full: line, level: 'ok', sinceMs: null, levelSinceMs: null, problem: null };
}

const psiOff: Pressure = {
  some: null,
  full: null,
  level: 'ok',
  sinceMs: null,
  levelSinceMs: null,
  problem: { kind: 'unsupported', where: '/proc/pressure', cause: 'PSI off (boot with psi=1)' },
};

/** PSI off, disks late, /tmp hung, no right to look into other users' builds, nothing named. */
export const blind: Model = {
  ...busy,
  pressure: { memory: psiOff, io: psiOff, cpu: psiOff, irq: psiOff },
  shortages: [],
  memory: unknownMemory,
  host: {
    name: null,
    kernel: null,
    system: null,
    nixVersion: null,
    cpuModel: null,
    cpus: null,
    uptimeSec: null,
  },
  filesystems: busy.filesystems.map((filesystem) => ({
    ...filesystem,
    totalBytes: null,
    availableBytes: null,
    freeInodesPercent: null,
    problem: { kind: 'timeout', where: filesystem.path },
  })),
  daemon: { pid: null, startTime: null, running: false, socket: 'present', residentBytes: null },
  builds: busy.builds.map((build) => ({
    ...build,
    name: null,
    pname: null,
    version: null,
    drvHash: null,
    namedBy: null,
    user: null,
    sandboxed: null,
    readBytesPerSec: null,
    writeBytesPerSec: null,
    phase: null,
    now: null,
  })),
  problems: [
    { kind: 'denied', where: '/proc/2001/environ' },
    { kind: 'timeout', where: '/tmp', cause: 'statfs gave no answer in 500 ms' },
  ],
  readAtMs: {
    pressure: ago(0),
    memory: ago(0),
    cpu: ago(0),
    disks: ago(14),
    storage: ago(14),
    forest: ago(5),
  },
};

export const hostileName =
  'evil\u001b[31m\u001b]0;title\u0007\r\n\t日本語パッケージ‮👩‍👩‍👧é-1.0 "quoted" \u0000\u009b2J';

/** Names and commands as an attacker or an accident writes them. */
export const hostile: Model = {
  ...busy,
  host: { ...busy.host, name: hostileName, nixVersion: hostileName },
  clients: busy.clients.map((client) => ({
    ...client,
    command: hostileName,
    tty: hostileName,
    user: hostileName,
  })),
  builds: busy.builds.map((build) => ({
    ...build,
    name: hostileName,
    user: hostileName,
    now: hostileName,
    phase: hostileName,
    host: build.host === null ? null : hostileName,
    cpuPercent: 1e15,
    residentBytes: 1e18,
    residentGrowthBytesPerMin: -1e15,
    ageSec: 1e12,
    readBytesPerSec: Number.NaN,
    writeBytesPerSec: Number.POSITIVE_INFINITY,
    tree: build.tree.map((process) => ({ ...process, comm: hostileName, command: hostileName })),
  })),
  disks: busy.disks.map((disk) => ({
    ...disk,
    device: hostileName,
    model: hostileName,
    carries: [hostileName],
  })),
  filesystems: busy.filesystems.map((filesystem) => ({
    ...filesystem,
    path: hostileName,
    mountPoint: hostileName,
    totalBytes: 0,
    availableBytes: 1e15,
  })),
  shortages: busy.shortages.map((shortage) => ({
    ...shortage,
    cause: { kind: 'stall', device: hostileName, stalledSec: 2 },
  })),
  events: busy.events.map(({ timeMs, level }) => ({
    timeMs,
    level,
    kind: 'foreign',
    was: 'stall',
    text: hostileName,
  })),
};

/** Forty builds and a dozen clients. */
export const crowded: Model = {
  ...busy,
  builds: Array.from({ length: 40 }, (_, index) =>
    buildOf({
      pid: 10_000 + index,
      name: `package-with-a-rather-long-name-${index}-1.2.${index}`,
      uid: 30_001 + index,
      user: `nixbld${index + 1}`,
      residentBytes: (4000 - index * 90) * MiB,
    }),
  ),
  clients: Array.from({ length: 12 }, (_, index) => ({
    ...waiting,
    pid: 20_000 + index,
    tty: `pts/${index}`,
  })),
  totals: { ...busy.totals, running: 40, waiting: 12, remote: 0 },
};

/** The last minute of the busy machine. */
export const busyHistory: History = {
  memorySome: rising(81),
  memoryFull: rising(63),
  ioSome: rising(58),
  ioFull: rising(44),
  cpuSome: rising(31),
};

function rising(to: number): readonly number[] {
  return Array.from({ length: 120 }, (_, i) =>
    Math.max(0, to * (0.2 + (0.8 * i) / 119 + 0.05 * Math.sin(i / 3))),
  );
}

export interface FixtureCase {
  readonly name: string;
  readonly model: Model;
  readonly history: History;
}

export const fixtureCases: readonly FixtureCase[] = [
  { name: 'busy', model: busy, history: busyHistory },
  { name: 'calm', model: calm, history: emptyHistory },
  { name: 'no-nix', model: noNix, history: emptyHistory },
  { name: 'idle', model: idle, history: emptyHistory },
  { name: 'first', model: first, history: emptyHistory },
  { name: 'blind', model: blind, history: emptyHistory },
  { name: 'hostile', model: hostile, history: busyHistory },
  { name: 'crowded', model: crowded, history: busyHistory },
];
