/** Control groups of either version: a group of our own with limits, and its end with all that is in it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Lacking } from './hardship.ts';
import { type Keeper, quoted } from './keeper.ts';

export type Controller = 'memory' | 'blkio' | 'cpu';

export interface Cgroup {
  readonly version: 1 | 2;
  readonly path: string;
  /** A process that writes its pid here is in. */
  readonly members: string;
  add(pid: number): void;
  /** Throws Lacking where the kernel has no such file or refuses the value. */
  set(file: string, value: string): void;
  read(file: string): string;
  /** A cgroup below it, under its limits; version 1 only. */
  child(): Cgroup;
}

const nameInVersion2 = { memory: 'memory', blkio: 'io', cpu: 'cpu' } as const;

let made = 0;

/** At the end everything that is in it is killed: it was put there to suffer. */
export function makeCgroup(controller: Controller, keeper: Keeper): Cgroup {
  const { version, root } = hierarchyOf(controller);
  return makeIn(root, version, keeper);
}

function makeIn(parent: string, version: 1 | 2, keeper: Keeper): Cgroup {
  made += 1;
  const path = `${parent}/nixpulse-hardship-${process.pid}-${made}`;
  const members = `${path}/cgroup.procs`;
  const directory = quoted(path);
  keeper.promise(
    `for n in $(seq 100); do kill -9 $(cat ${quoted(members)}); rmdir ${directory} && break; [ -d ${directory} ] || break; sleep 0.1; done`,
  );
  lacking(`no cgroup in ${parent}`, () => mkdirSync(path));
  return {
    version,
    path,
    members,
    add: (pid) => writeFileSync(members, String(pid)),
    set: (file, value) => lacking(`${file} = ${value}`, () => writeFileSync(`${path}/${file}`, value)),
    read: (file) => readFileSync(`${path}/${file}`, 'utf8'),
    child() {
      // In version 2 its own processes and its children's exclude each other.
      if (version === 2) throw new Lacking('no cgroup v1');
      return makeIn(path, version, keeper);
    },
  };
}

function hierarchyOf(controller: Controller): { readonly version: 1 | 2; readonly root: string } {
  const root1 = `/sys/fs/cgroup/${controller}`;
  if (existsSync(`${root1}/cgroup.procs`)) return { version: 1, root: root1 };
  const root2 = '/sys/fs/cgroup';
  const name = nameInVersion2[controller];
  if (!existsSync(`${root2}/cgroup.controllers`)) throw new Lacking('no cgroups below /sys/fs/cgroup');
  if (!readFileSync(`${root2}/cgroup.controllers`, 'utf8').split(/\s/).includes(name)) {
    throw new Lacking(`no cgroup controller '${name}' in ${root2}`);
  }
  // Stays on: others may have come to need it by our end.
  lacking(`the controller '${name}' cannot be given to children of ${root2}`, () =>
    writeFileSync(`${root2}/cgroup.subtree_control`, `+${name}`),
  );
  return { version: 2, root: root2 };
}

function lacking(what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    throw new Lacking(`${what}: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
}
