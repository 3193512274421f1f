/**
 * A machine that never rests as files below a root: builds, compilers and clients that come and go under ever new
 * names and pids, a freeze of a minute every ten minutes, now and then an OOM kill. For runs that last: what has
 * ended leaves nothing behind.
 */
import { existsSync } from 'node:fs';
import { fail } from '../../src/base/problem.ts';
import type { Files } from '../../src/platform/ports.ts';
import { addBuild } from './proc-forest.ts';
import { createProcTree, type ProcTree } from './proc-tree.ts';
import { createRandom } from './soak-machine.ts';

const slots = 6;
const compilersPerBuild = 4;
const firstUid = 30001;
const programs = ['cc1plus', 'rustc', 'ld', 'cc1', 'ghc'] as const;

interface Build {
  readonly name: string;
  readonly uid: number;
  readonly out: string;
  readonly root: number;
  readonly make: number;
  compilers: number[];
  readonly endsAt: number;
}

export interface SoakTree {
  readonly root: string;
  /** The next second. */
  next(): void;
  dispose(): void;
}

export function createSoakTree(seed = 1): SoakTree {
  const random = createRandom(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  const tree = createProcTree();
  let second = 0;
  let lastPid = 1000;
  let built = 0;
  let client = { pid: 0, worker: 0, endsAt: 0 };
  let builds: Build[] = [];
  const machine = createFigures(tree);
  tree.addBystanders(30, 200);
  const daemon = tree.addNixForest({ builds: [], clients: 0, firstPid: 300 }).daemonPid ?? 1;

  function newPid(): number {
    lastPid = lastPid >= 4_000_000 ? 1000 : lastPid + 1 + upTo(3);
    return lastPid;
  }

  function newClient(): void {
    for (const build of builds.splice(0)) end(build);
    if (client.pid > 0) {
      tree.removeProcess(client.worker);
      tree.removeProcess(client.pid);
      tree.remove(`/nix/var/nix/temproots/${client.worker}`);
    }
    client = { pid: newPid(), worker: newPid(), endsAt: second + 100 + upTo(900) };
    const argv = ['nix-build', '-A', `package-${client.pid}`];
    tree.addProcess({ pid: client.pid, comm: 'nix-build', argv, tty: 34816 });
    const title = ['nix-daemon', String(client.pid)];
    tree.addProcess({ pid: client.worker, ppid: daemon, comm: 'nix-daemon', argv: title });
  }

  function begin(uid: number): Build {
    built += 1;
    const name = `package-${built}-${second % 17}.${uid % 10}`;
    const spec = { name, uid, sandbox: random() < 0.7, compilers: 0 };
    const { pid: root, pids, out } = addBuild(tree, spec, client.worker, built, newPid);
    const make = pids[1] ?? root;
    return { name, uid, out, root, make, compilers: [], endsAt: second + 5 + upTo(200) };
  }

  function end({ name, uid, out, root, make, compilers }: Build): void {
    for (const pid of [...compilers, make, root]) tree.removeProcess(pid);
    tree.remove(`/tmp/nix-build-${name}.drv-0`);
    tree.removeLock(client.worker, `${out}.lock`);
    tree.removeLock(client.worker, `/nix/var/nix/userpool/${uid}`);
    const fds = Object.entries(tree.process(client.worker).fds).filter(([, path]) => !path.includes(name));
    tree.update(client.worker, { fds: Object.fromEntries(fds) });
  }

  function compile(build: Build): void {
    build.compilers = build.compilers.filter((pid) => {
      if (random() < 0.1) {
        tree.removeProcess(pid);
        return false;
      }
      const { userTicks, residentBytes, writeBytes } = tree.process(pid);
      if (random() < 0.5) {
        tree.update(pid, {
          userTicks: userTicks + upTo(90),
          residentBytes: Math.max(0, residentBytes + upTo(2 ** 22) - 2 ** 21),
          writeBytes: writeBytes + upTo(2 ** 20),
        });
      }
      return true;
    });
    while (build.compilers.length < compilersPerBuild) {
      const pid = newPid();
      const comm = programs[upTo(programs.length)] ?? 'cc1';
      const argv = [comm, '-c', `src/module-${upTo(1e6)}.cpp`, '-o', `out/${pid}.o`];
      const { uid, root, make } = build;
      const { rootMount, cwd, environment } = tree.process(root);
      const own = { uid, gid: 30000, rootMount, cwd, environment, pgrp: root, session: root };
      tree.addProcess({ ...own, pid, ppid: make, comm, argv, state: 'R', residentBytes: 2e8 });
      build.compilers.push(pid);
    }
  }

  return {
    root: tree.root,
    next() {
      second += 1;
      tree.advance(1);
      machine.next(second, random);
      if (second >= client.endsAt) newClient();
      for (const build of builds.filter(({ endsAt }) => endsAt <= second)) end(build);
      builds = builds.filter(({ endsAt }) => endsAt > second);
      for (let uid = firstUid; uid < firstUid + slots; uid += 1) {
        if (!builds.some((build) => build.uid === uid)) builds.push(begin(uid));
      }
      for (const build of builds) compile(build);
    },
    dispose: tree.dispose,
  };
}

/** What is kept open of a process that has ended says so, as /proc does and a deleted file does not. */
export function likeTheKernel(files: Files, root: string): Files {
  return {
    ...files,
    keep(path) {
      const kept = files.keep(path);
      const read = () => (existsSync(root + path) ? kept.read() : fail('gone', path));
      return { read, close: kept.close };
    },
  };
}

/** Pressure, memory and the disk. */
function createFigures(tree: ProcTree) {
  let someUsec = 0;
  let fullUsec = 0;
  let oomKills = 0;
  const pressure = (name: string, avg: number, some: number, full: number) =>
    tree.write(
      `/proc/pressure/${name}`,
      `some avg10=${avg}.00 avg60=0.00 avg300=0.00 total=${some}\nfull avg10=${avg}.00 avg60=0.00 avg300=0.00 total=${full}\n`,
    );
  return {
    next(second: number, random: () => number): void {
      const short = second % 600 >= 540;
      someUsec += short ? 800_000 : Math.floor(random() * 20_000);
      fullUsec += short ? 600_000 : 0;
      if (second % 3600 === 599) oomKills += 1;
      pressure('memory', short ? 75 : 1, someUsec, fullUsec);
      pressure('io', 5, second * 50_000, second * 20_000);
      const free = short ? 200_000 : 8_000_000 + Math.floor(random() * 1e6);
      const swap = 8_388_604 - (short ? 4_000_000 : 0);
      tree.write(
        '/proc/meminfo',
        `MemTotal:       24684092 kB\nMemFree:        ${free} kB\nMemAvailable:   ${free} kB\nBuffers:            1688 kB\nCached:          1349860 kB\nSwapCached:            0 kB\nSwapTotal:       8388604 kB\nSwapFree:        ${swap} kB\nDirty:              1028 kB\nWriteback:             0 kB\nShmem:              8856 kB\nSReclaimable:     135284 kB\n`,
      );
      tree.write(
        '/proc/vmstat',
        `nr_free_pages 977940\npgpgin 1692913\npswpin ${second * 3}\npswpout ${second * 2}\npgmajfault ${second * 10}\noom_kill ${oomKills}\n`,
      );
      const done = second * 20;
      tree.write(
        '/proc/diskstats',
        ` 259       0 nvme0n1 ${done} 0 ${done * 64} ${second * 60} ${second} 0 ${second * 8} ${second} 0 ${second * 300} ${second * 360} 0 0 0 0 0 0\n`,
      );
    },
  };
}
