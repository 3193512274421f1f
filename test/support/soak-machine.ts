/**
 * A machine that never rests: about 200 processes of Nix, builds and clients that come and go under ever new
 * names and pids, memory that gets short and recovers, now and then an OOM kill. One Sample a second, for ever.
 */
import { fail } from '../../src/base/problem.ts';
import type { ProcessRaw, Sample } from '../../src/model/sample.ts';
import {
  cpuRaw,
  diskRaw,
  memoryRaw,
  pressureRaw,
  psi,
  sampleAt,
  storageRaw,
} from '../model/machine/machine-samples.ts';
import { builder, child, client, daemon, forest, worker } from './forest-raw.ts';

const slots = 8;
const compilersPerBuild = 20;
const programs = ['cc1plus', 'rustc', 'ld', 'cc1', 'bash', 'make', 'python3', 'ghc'] as const;
const users = Array.from({ length: slots }, (_, index) => [30001 + index, `nixbld${index + 1}`] as const);
const buildUsers = Object.fromEntries(users);

/** Deterministic: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Slot {
  readonly root: ProcessRaw;
  readonly endsAt: number;
  children: ProcessRaw[];
}

export interface SoakMachine {
  /** The next second. */
  next(): Sample;
}

export function createSoakMachine(seed = 1): SoakMachine {
  const random = createRandom(seed);
  let second = 0;
  let lastPid = 1000;
  let built = 0;
  let clientPid = 0;
  let workerPid = 0;
  let clientEndsAt = 0;
  let builds: Slot[] = [];
  let someUsec = 0;
  let fullUsec = 0;
  let oomKills = 0;

  function newPid(): number {
    lastPid = lastPid >= 4_000_000 ? 1000 : lastPid + 1 + Math.floor(random() * 3);
    return lastPid;
  }

  function newBuild(index: number): Slot {
    built += 1;
    const spec = { uid: 30001 + index, startTime: second * 100 + index };
    const root = builder(newPid(), workerPid, `package-${built}-${second % 17}.${index}`, spec);
    return { root, endsAt: second + 5 + Math.floor(random() * 200), children: [] };
  }

  function step(slot: Slot): void {
    const stay: ProcessRaw[] = slot.children
      .filter(() => random() > 0.1)
      .map((process) => ({
        ...process,
        userTicks: process.userTicks + Math.floor(random() * 90),
        residentBytes: (process.residentBytes ?? 0) + Math.floor((random() - 0.4) * 2 ** 22),
        writeBytes: (process.writeBytes ?? 0) + Math.floor(random() * 2 ** 20),
      }));
    while (stay.length < compilersPerBuild) {
      const pid = newPid();
      const name = programs[Math.floor(random() * programs.length)] ?? 'cc1';
      const argv = [name, '-c', `src/module-${Math.floor(random() * 1e6)}.cpp`, '-o', `out/${pid}.o`];
      const facts = { argv };
      stay.push(
        child(pid, slot.root, name, { state: 'R', startTime: second * 100, residentBytes: 2e8, facts }),
      );
    }
    slot.children = stay;
  }

  function forestNow(atMs: number) {
    if (second >= clientEndsAt) {
      clientPid = newPid();
      workerPid = newPid();
      clientEndsAt = second + 100 + Math.floor(random() * 900);
      builds = [];
    }
    builds = builds.filter(({ endsAt }) => endsAt > second);
    for (let index = 0; index < slots; index += 1) {
      if (!builds.some(({ root }) => root.uid === 30001 + index)) builds.push(newBuild(index));
    }
    for (const slot of builds) step(slot);
    const argv = ['nix-build', '-A', `package-${clientPid}`];
    const processes = [
      daemon(),
      client(clientPid, { facts: { argv } }),
      worker(workerPid, clientPid),
      ...builds.flatMap(({ root, children }) => [root, ...children]),
    ];
    return forest(processes, { buildUsers, treeAtMs: atMs, residentAtMs: atMs, uptimeSec: 1000 + second });
  }

  return {
    next() {
      second += 1;
      const atMs = 1_000_000 + second * 1000;
      // A freeze of a minute every ten minutes.
      const short = second % 600 >= 540;
      someUsec += short ? 800_000 : Math.floor(random() * 20_000);
      fullUsec += short ? 600_000 : 0;
      if (second % 3600 === 599) oomKills += 1;
      return sampleAt(atMs, {
        ...(second % 5 === 0 ? { storage: storageRaw() } : {}),
        pressure: pressureRaw({
          memory: psi(someUsec, short ? 75 : 1, fullUsec, short ? 60 : 0),
          io: psi(second * 50_000, 5),
          irq: fail('unsupported', '/proc/pressure/irq'),
        }),
        cpu: cpuRaw({ user: second * 200, idle: second * 200 }, 5000 + second),
        memory: memoryRaw({ availableBytes: short ? 2e8 : 8e9, oomKills, majorFaults: second * 10 }),
        disks: [
          diskRaw({ readsDone: 100 + second * 20, readMs: 50 + second * 60, busyMs: 60 + second * 300 }),
        ],
        forest: forestNow(atMs),
      });
    },
  };
}
