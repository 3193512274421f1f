/** A large builder, made up: many builds at once below one daemon, a worker and a client for each few of them. */
import type { DiskRaw, ForestRaw, ProcessRaw, Sample } from '../../src/model/sample.ts';
import { builder, child, client, daemon, forest, later, lock, worker } from './forest-raw.ts';

export interface HydraSpec {
  readonly builds: number;
  readonly processesPerBuild: number;
  readonly clients: number;
  readonly disks: number;
}

const firstUid = 872_415_232;
const uidsPerBuild = 65_536;

/** Each build holds the lock of its output; each fourth client waits for the lock of another's. */
export function hydraForest({ builds, processesPerBuild, clients }: HydraSpec): ForestRaw {
  let pid = 1000;
  const main = daemon(100);
  const processes: ProcessRaw[] = [main];
  const workers: ProcessRaw[] = [];
  const locks: ReturnType<typeof lock>[] = [];
  const lockPaths: Record<string, string> = {};
  for (let i = 0; i < clients; i += 1) {
    const one = client(pid++, { comm: 'nix-build' });
    const its = worker(pid++, one.pid, main.pid);
    workers.push(its);
    processes.push(one, its);
    if (i % 4 === 0 && i > 0) locks.push(lock(its.pid, `fe:00:${i - 1}`, true));
  }
  for (let i = 0; i < builds; i += 1) {
    const parent = workers[i % workers.length] ?? main;
    const uid = firstUid + i * uidsPerBuild;
    const root = builder(pid++, parent.pid, `package${i}-1.0`, { uid });
    processes.push(root);
    locks.push(lock(parent.pid, `fe:00:${i}`));
    lockPaths[`fe:00:${i}`] = `/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-package${i}-1.0.lock`;
    let above = root;
    for (let k = 1; k < processesPerBuild; k += 1) {
      const one = child(pid++, root, k % 3 === 0 ? 'cc1plus' : 'make', { ppid: above.pid });
      if (k % 3 === 1) above = one;
      if (k % 3 === 0) above = root;
      processes.push(one);
    }
  }
  return forest(processes, {
    locks,
    lockPaths,
    locksNamedAtMs: 10_000,
    totalProcesses: processes.length + 100,
  });
}

/** A second later; of the processes each `busyEvery`th has worked, the others are the same objects. */
export function nextSecond(raw: ForestRaw, busyEvery: number): ForestRaw {
  const processes = raw.processes.map((process, i) =>
    i % busyEvery === 0
      ? { ...process, userTicks: process.userTicks + 50, residentBytes: (process.residentBytes ?? 0) + 4096 }
      : process,
  );
  return later(raw, 1, { processes });
}

export function hydraDisks(count: number, second: number): readonly DiskRaw[] {
  return Array.from({ length: count }, (_, i) => ({
    device: `sd${i}`,
    major: 8,
    minor: i * 16,
    readsDone: 1000 + second * 10,
    readsMerged: 0,
    readSectors: 8000 + second * 80,
    readMs: 500 + second * 5,
    writesDone: 1000 + second * 20,
    writesMerged: 0,
    writeSectors: 8000 + second * 160,
    writeMs: 900 + second * 9,
    inFlight: 0,
    busyMs: 700 + second * 7,
    weightedMs: 1400 + second * 14,
    discardsDone: 0,
    discardMs: 0,
    flushesDone: 0,
    flushMs: 0,
  }));
}

export function sampleOf(raw: ForestRaw, disks: readonly DiskRaw[]): Sample {
  const { treeAtMs: atMs } = raw;
  return {
    version: 1,
    timeMs: 1_700_000_000_000 + atMs,
    monotonicMs: atMs,
    forest: { atMs, ok: true, value: raw },
    disks: { atMs, ok: true, value: disks },
  };
}
