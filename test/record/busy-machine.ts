/**
 * A machine in the midst of a rebuild, made up: ten builds, about 200 processes of Nix, of which compilers
 * come and go and every busy one changes each second. Two Samples a second, as the dashboard takes them.
 */
import type { ForestRaw, PressureRaw, ProcessRaw, Reading, Sample } from '../../src/model/sample.ts';
import { forest, process } from '../support/forest-raw.ts';
import { createRandom, type Random } from './random.ts';

const builds = 10;
const jobsPerBuild = 4;
const steadyPerBuild = 8;

interface Job {
  readonly processes: ProcessRaw[];
  /** Seconds still to run. */
  left: number;
}

const reading = <T>(value: T, atMs: number): Reading<T> => ({ atMs, ok: true, value });
const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** Endless; the same for the same seed. */
export function* busyMachine(seed: number, startMs: number): Generator<Sample, never> {
  const random = createRandom(seed);
  let pid = 2000;
  const build = (i: number) => {
    const uid = 30_001 + i;
    const root = process({ pid: pid++, uid, comm: 'bash', facts: builderFacts(i) });
    const steady = Array.from({ length: steadyPerBuild - 1 }, () =>
      process({ pid: pid++, ppid: root.pid, pgrp: root.pid, session: root.pid, uid, comm: 'make' }),
    );
    return {
      uid,
      root,
      steady,
      jobs: Array.from({ length: jobsPerBuild }, (): Job => ({ processes: [], left: 0 })),
    };
  };
  const running = Array.from({ length: builds }, (_, i) => build(i));
  const daemons = Array.from({ length: 4 }, () => process({ pid: pid++, comm: 'nix-daemon' }));

  function second(uptimeSec: number): ProcessRaw[] {
    for (const { uid, root, jobs } of running) {
      for (const job of jobs) {
        job.left -= 1;
        if (job.left > 0) {
          const [gcc, cc1plus] = job.processes;
          if (cc1plus) job.processes[1] = worked(cc1plus, random);
          if (gcc && random.chance(0.1)) job.processes[0] = { ...gcc, systemTicks: gcc.systemTicks + 1 };
          continue;
        }
        job.left = 1 + random.below(9);
        let parent = root.pid;
        job.processes.splice(0);
        for (const comm of ['gcc', 'cc1plus', 'as']) {
          const startTime = Math.floor(uptimeSec * 100) - random.below(100);
          const residentBytes = 4096 * (400 + random.below(300));
          const made = { pid: pid++, ppid: parent, pgrp: root.pid, session: root.pid, uid, comm };
          job.processes.push(process({ ...made, startTime, residentBytes }));
          parent = made.pid;
        }
      }
    }
    const processes = running.flatMap(({ root, steady, jobs }) => [
      root,
      ...steady,
      ...jobs.flatMap((job) => job.processes),
    ]);
    return [...daemons, ...processes].sort((a, b) => a.pid - b.pid);
  }

  const started = forest([]);
  let counters = { user: 100_000, system: 50_000, idle: 400_000, stalledUsec: 5_000_000, sectors: 9_000_000 };
  for (let tick = 0; ; tick += 1) {
    const uptimeSec = round(1000 + tick / 2, 2);
    const monotonicMs = round(1_000_000 + tick * 500 + random.next(), 3);
    const atMs = (lateMs: number) => round(monotonicMs + lateMs + random.next() / 10, 3);
    counters = {
      user: counters.user + 600 + random.below(200),
      system: counters.system + 60 + random.below(90),
      idle: counters.idle + random.below(40),
      stalledUsec: counters.stalledUsec + random.below(300_000),
      sectors: counters.sectors + random.below(60_000),
    };
    const always: Sample = {
      version: 1,
      timeMs: startMs + tick * 500 + random.below(2),
      monotonicMs,
      pressure: reading(pressureOf(counters.stalledUsec, random), atMs(0.1)),
      cpu: reading(
        {
          ticks: { ...counters, nice: 0, iowait: 700, irq: 0, softirq: 30, steal: 0 },
          cpus: 16,
          load: { one: round(20 + random.next(), 2), five: 18.51, fifteen: 12.01 },
          runningProcesses: 10 + random.below(20),
          blockedProcesses: random.below(3),
          uptimeSec,
        },
        atMs(0.2),
      ),
    };
    if (tick % 2 === 1) {
      yield always;
      continue;
    }
    const treeAtMs = atMs(2);
    const raw: ForestRaw = {
      ...started,
      treeAtMs,
      residentAtMs: treeAtMs,
      uptimeSec,
      processes: second(uptimeSec),
      totalProcesses: 400 + random.below(5),
    };
    yield { ...always, ...slowParts(random, counters.sectors, atMs), forest: reading(raw, treeAtMs) };
  }
}

function worked(one: ProcessRaw, random: Random): ProcessRaw {
  return {
    ...one,
    state: random.chance(0.8) ? 'R' : 'S',
    userTicks: one.userTicks + 20 + random.below(75),
    systemTicks: one.systemTicks + random.below(5),
    residentBytes: (one.residentBytes ?? 0) + 4096 * random.below(8000),
    readBytes: (one.readBytes ?? 0) + (random.chance(0.3) ? 4096 * random.below(500) : 0),
    writeBytes: (one.writeBytes ?? 0) + (random.chance(0.1) ? 4096 * random.below(500) : 0),
  };
}

function builderFacts(i: number): ProcessRaw['facts'] {
  const name = `package${i}-1.${i}`;
  const hash = `${i}c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v`.slice(0, 32);
  return {
    argv: ['/nix/store/d9c29p4njcn82v77s60nwq885nisi9cb-bash-5.2/bin/bash', '-e', 'default-builder.sh'],
    environment: {
      name,
      pname: `package${i}`,
      version: `1.${i}`,
      out: `/nix/store/${hash}-${name}`,
      buildTop: '/build',
      system: 'x86_64-linux',
      cores: 16,
    },
    cwd: '/build',
    rootMount: `/nix/store/${hash}-${name}.drv.chroot`,
  };
}

function pressureOf(totalUsec: number, random: Random): PressureRaw {
  const line = (scale: number) => ({
    avg10: round(scale * (20 + 5 * random.next()), 2),
    avg60: round(scale * (15 + random.next()), 2),
    avg300: round(scale * (12 + random.next() / 4), 2),
    totalUsec: Math.floor(totalUsec * scale),
  });
  const both = (scale: number) => ({
    ok: true as const,
    value: { some: line(scale), full: line(scale / 2) },
  });
  const irq = { ok: false as const, problem: { kind: 'unsupported' as const, where: '/proc/pressure/irq' } };
  return { cpu: both(1), memory: both(0.3), io: both(0.6), irq };
}

function slowParts(random: Random, sectors: number, atMs: (lateMs: number) => number): Partial<Sample> {
  const freeBytes = 4096 * (1_000_000 + random.below(200_000));
  const memory = {
    totalBytes: 64 * 2 ** 30,
    freeBytes,
    availableBytes: freeBytes + 4096 * random.below(9000),
    buffersBytes: 4096 * 700,
    pageCacheBytes: 4096 * (900_000 + random.below(9000)),
    sharedBytes: 4096 * 7000,
    dirtyBytes: 4096 * random.below(20_000),
    writebackBytes: 4096 * random.below(300),
    swapTotalBytes: 8 * 2 ** 30,
    swapFreeBytes: 4096 * (1_500_000 + random.below(50)),
    swapInPages: 374_118,
    swapOutPages: 408_012,
    majorFaults: sectors >> 4,
    oomKills: 1,
    pageSizeBytes: 4096,
    zram: null,
    arc: null,
  };
  const disk = (device: string, share: number) => ({
    device,
    major: 259,
    minor: 0,
    readsDone: Math.floor(sectors * share) >> 3,
    readsMerged: 3684,
    readSectors: Math.floor(sectors * share),
    readMs: Math.floor(sectors * share) >> 5,
    writesDone: Math.floor(sectors / share) >> 3,
    writesMerged: Math.floor(sectors / share) >> 9,
    writeSectors: Math.floor(sectors / share),
    writeMs: Math.floor(sectors / share) >> 4,
    inFlight: random.below(4),
    busyMs: sectors >> 6,
    weightedMs: sectors >> 4,
    discardsDone: 12,
    discardMs: 3,
    flushesDone: sectors >> 12,
    flushMs: sectors >> 11,
  });
  return {
    memory: reading(memory, atMs(1)),
    disks: reading([disk('nvme0n1', 0.5), disk('dm-0', 0.5), disk('dm-1', 0.9)], atMs(1)),
  };
}
