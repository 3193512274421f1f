/**
 * A builder of a Hydra as files below a root: many builds of twenty processes each, half of whose compilers move
 * every second, hundreds of clients, dozens of disks. The same for the same numbers.
 */
import { firstBuildUid } from './proc-forest.ts';
import { machineFiles } from './proc-machine.ts';
import { createProcTree } from './proc-tree.ts';

export interface ScaleSize {
  readonly builds: number;
  readonly processesPerBuild: number;
  readonly clients: number;
  readonly disks: number;
}

export interface ScaleTree {
  readonly root: string;
  /** The next second: half of the compilers worked, one of each build ended and another one began. */
  next(): void;
  /** Builds of a moment, which make two events each: begun, or all of them ended. */
  beginShort(count: number): void;
  endShort(): void;
  /** Pids that ended since this was asked last. */
  takeGone(): readonly number[];
  dispose(): void;
}

const firstShortUid = 50_001;
const mostShort = 500;
const firstPid = 3000;
const programs = ['cc1plus', 'rustc', 'ld', 'cc1', 'ghc'] as const;

export function createScaleTree({ builds, processesPerBuild, clients, disks }: ScaleSize): ScaleTree {
  const tree = createProcTree();
  addBuildUsers(builds);
  tree.addBystanders(100, 200);
  const compilers = processesPerBuild - 2;
  const forest = tree.addNixForest({
    clients,
    firstPid,
    builds: Array.from({ length: builds }, (_, i) => ({ name: `package-${i}-1.${i}`, compilers })),
  });
  const running = forest.builds.map(({ pids: [root, make, ...jobs] }) => ({ root, make, jobs }));
  let lastPid = Math.max(...tree.pids().filter((pid) => pid < 100_000)) + 1000;
  let second = 0;
  let short: number[] = [];
  let shorts = 0;
  let gone: number[] = [];
  moveMachine();

  function addBuildUsers(count: number): void {
    const name = (i: number) => `nixbld${i + 1}`;
    const users = [
      ...Array.from({ length: count }, (_, i) => `${name(i)}:x:${firstBuildUid + i}`),
      ...Array.from({ length: mostShort }, (_, i) => `${name(count + i)}:x:${firstShortUid + i}`),
    ].map((user) => `${user}:30000:Nix build user:/var/empty:/bin/false\n`);
    const [root] = String(machineFiles['/etc/passwd']).split('\n');
    tree.write('/etc/passwd', `${root}\n${users.join('')}`);
    const members = Array.from({ length: count + mostShort }, (_, i) => name(i)).join(',');
    tree.write('/etc/group', `root:x:0:\nnixbld:x:30000:${members}\n`);
  }

  /** Disks that work, and stalls that grow. */
  function moveMachine(): void {
    const line = (name: string, avg: number, total: number) =>
      `${name} avg10=${avg}.00 avg60=${avg}.00 avg300=${avg}.00 total=${total}\n`;
    for (const [name, share] of [
      ['cpu', 60],
      ['io', 20],
      ['memory', 5],
    ] as const) {
      const some = second * share * 10_000;
      tree.write(`/proc/pressure/${name}`, line('some', share, some) + line('full', share >> 1, some >> 1));
    }
    const rows = Array.from({ length: disks }, (_, i) => {
      const done = second * (20 + i);
      return ` 259 ${String(i).padStart(7)} nvme${i}n1 ${done} 0 ${done * 64} ${done * 3} ${done} 0 ${done * 8} ${done} 0 ${second * 300} ${second * 360} 0 0 0 0 0 0\n`;
    });
    tree.write('/proc/diskstats', rows.join(''));
  }

  function end(pid: number): void {
    tree.removeProcess(pid);
    gone.push(pid);
  }

  function work(pid: number): void {
    const { userTicks, residentBytes, writeBytes } = tree.process(pid);
    tree.update(pid, {
      userTicks: userTicks + 10 + ((pid * 7 + second) % 80),
      residentBytes: residentBytes + 2 ** 12 * ((pid + second) % 900),
      writeBytes: writeBytes + 2 ** 14 * ((pid + second) % 30),
    });
  }

  function replaceOne(build: (typeof running)[number]): void {
    const { root = 0, make = 0, jobs } = build;
    const ended = jobs.shift();
    if (ended !== undefined) end(ended);
    const { uid, gid, rootMount, cwd, environment } = tree.process(root);
    const pid = ++lastPid;
    const comm = programs[pid % programs.length] ?? 'cc1';
    const argv = [comm, '-c', `src/module-${pid}.cpp`, '-o', `out/${pid}.o`];
    const own = { uid, gid, rootMount, cwd, environment, pgrp: root, session: root };
    tree.addProcess({ ...own, pid, ppid: make, comm, argv, state: 'R', residentBytes: 2e8 });
    jobs.push(pid);
  }

  return {
    root: tree.root,
    next() {
      second += 1;
      tree.advance(1);
      moveMachine();
      for (const build of running) {
        replaceOne(build);
        for (const pid of build.jobs) if ((pid + second) % 2 === 0) work(pid);
      }
    },
    beginShort(count) {
      for (let i = 0; i < count; i += 1) {
        shorts += 1;
        const name = `short-${shorts}-1.0`;
        const worker = forest.clients[i % forest.clients.length]?.workerPid ?? 1;
        const root = ++lastPid;
        const directory = `/tmp/nix-build-${name}.drv-0`;
        const uid = firstShortUid + i;
        const environment = {
          HOME: '/homeless-shelter',
          NIX_BUILD_TOP: directory,
          name,
          out: `/nix/store/${name}`,
        };
        tree.addProcess({
          pid: root,
          ppid: worker,
          uid,
          gid: 30_000,
          comm: 'bash',
          cwd: directory,
          environment,
        });
        short.push(root);
      }
    },
    endShort() {
      for (const pid of short) end(pid);
      short = [];
    },
    takeGone() {
      const taken = gone;
      gone = [];
      return taken;
    },
    dispose: tree.dispose,
  };
}
