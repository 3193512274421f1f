/** A temporary /proc, /sys, /nix tree on disk, for `--root DIR` and `createFiles(root)`. */
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { addNixForest, type NixForest, type NixForestSpec, type TreeWriter } from './proc-forest.ts';
import { bootUptimeSec, loadavgText, machineFiles, machineStatText, uptimeText } from './proc-machine.ts';
import {
  cmdlineBytes,
  environBytes,
  type FullSpec,
  ioText,
  mountinfoText,
  type ProcessSpec,
  statmText,
  statText,
  statusText,
  withDefaults,
} from './proc-process.ts';

export type { BuildSpec, NixForest, NixForestSpec } from './proc-forest.ts';
export type { ProcessSpec } from './proc-process.ts';

export interface ProcTree extends TreeWriter {
  /** The directory to give as root. */
  readonly root: string;
  link(path: string, target: string): void;
  remove(path: string): void;
  /** With its locks, as the kernel does it. */
  removeProcess(pid: number): void;
  pids(): readonly number[];
  /** `count` quiet processes that have nothing to do with Nix; returns their pids. */
  addBystanders(count: number, firstPid?: number): readonly number[];
  addNixForest(spec?: NixForestSpec): NixForest;
  /** Row and file are gone. */
  removeLock(pid: number, path: string): void;
  /** Moves /proc/uptime and the CPU counters of /proc/stat on. */
  advance(seconds: number): void;
  dispose(): void;
}

/** Trees not disposed of yet: a test that fails early must not fill the memory. */
const standing = new Set<string>();
process.once('exit', () => {
  for (const root of standing) rmSync(root, { recursive: true, force: true });
});

export function createProcTree(): ProcTree {
  const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'nixpulse-proc-'));
  standing.add(root);
  const processes = new Map<number, FullSpec>();
  let locks: { pid: number; file: string; waiting: boolean }[] = [];
  let uptimeSec = bootUptimeSec;

  const write = (path: string, content: string | Buffer): void => {
    const file = root + path;
    try {
      writeFileSync(file, content);
    } catch {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  };
  const remove = (path: string): void => rmSync(root + path, { recursive: true, force: true });
  const link = (path: string, target: string): void => {
    remove(path);
    mkdirSync(dirname(root + path), { recursive: true });
    symlinkSync(target, root + path);
  };

  const writeProcess = (p: FullSpec, changed: (field: keyof ProcessSpec) => boolean): void => {
    const dir = `/proc/${p.pid}`;
    write(`${dir}/stat`, statText(p));
    write(`${dir}/statm`, statmText(p));
    write(`${dir}/status`, statusText(p));
    if (changed('comm')) write(`${dir}/comm`, Buffer.concat([Buffer.from(p.comm), Buffer.from('\n')]));
    if (changed('argv') || changed('state')) write(`${dir}/cmdline`, cmdlineBytes(p));
    if (changed('environment')) write(`${dir}/environ`, environBytes(p));
    if (changed('rootMount')) write(`${dir}/mountinfo`, mountinfoText(p.rootMount));
    if (changed('readBytes') || changed('writeBytes')) write(`${dir}/io`, ioText(p));
    if (changed('cgroup')) write(`${dir}/cgroup`, p.cgroup);
    if (changed('cwd')) link(`${dir}/cwd`, p.cwd);
    if (changed('exe')) link(`${dir}/exe`, p.exe);
    if (changed('fds')) {
      remove(`${dir}/fd`);
      remove(`${dir}/fdinfo`);
      mkdirSync(`${root}${dir}/fd`);
      for (const [fd, target] of Object.entries(p.fds)) {
        link(`${dir}/fd/${fd}`, target);
        const inode = statSync(root + target, { throwIfNoEntry: false })?.ino ?? 0;
        write(`${dir}/fdinfo/${fd}`, `pos:\t0\nflags:\t02100002\nmnt_id:\t27\nino:\t${inode}\n`);
      }
    }
    if (changed('uid')) own(`${root}${dir}`, p.uid, p.gid);
  };

  const writeLocks = (): void => {
    const rows = locks.map((lock, i) => {
      const id = `${i + 1}:`;
      return `${id} ${lock.waiting ? '-> ' : ''}FLOCK  ADVISORY  WRITE ${lock.pid} ${lock.file} 0 EOF\n`;
    });
    write('/proc/locks', rows.join(''));
  };

  for (const [path, content] of Object.entries(machineFiles)) write(path, content);

  const tree: ProcTree = {
    root,
    write,
    link,
    remove,
    has: (path) => existsSync(root + path),
    text: (path) => readFileSync(root + path, 'utf8'),
    directory(path, owner) {
      mkdirSync(root + path, { recursive: true });
      if (owner !== undefined) own(root + path, owner.uid, owner.gid);
    },
    addProcess(spec) {
      const full = withDefaults(spec);
      processes.set(spec.pid, full);
      writeProcess(full, () => true);
      write('/proc/loadavg', loadavgText(spec.pid));
    },
    update(pid, changes) {
      const full = { ...tree.process(pid), ...changes };
      processes.set(pid, full);
      writeProcess(full, (field) => field in changes);
    },
    removeProcess(pid) {
      processes.delete(pid);
      remove(`/proc/${pid}`);
      const left = locks.filter((lock) => lock.pid !== pid);
      if (left.length === locks.length) return;
      locks = left;
      writeLocks();
    },
    process(pid) {
      const full = processes.get(pid);
      if (full === undefined) throw new Error(`no process ${pid} in the tree`);
      return full;
    },
    pids: () => [...processes.keys()],
    addBystanders(count, firstPid = 100_000) {
      const pids = Array.from({ length: count }, (_, i) => firstPid + i);
      for (const pid of pids) {
        const full = withDefaults({ pid, comm: 'sleep', argv: ['sleep', '1000'], uid: 1000 });
        processes.set(pid, full);
        mkdirSync(`${root}/proc/${pid}`);
        for (const [name, content] of [
          ['stat', statText(full)],
          ['statm', statmText(full)],
          ['status', statusText(full)],
          ['comm', 'sleep\n'],
          ['cmdline', cmdlineBytes(full)],
        ] as const) {
          writeFileSync(`${root}/proc/${pid}/${name}`, content);
        }
      }
      write('/proc/loadavg', loadavgText(firstPid + count - 1));
      return pids;
    },
    addNixForest: (spec = {}) => addNixForest(tree, spec),
    addLock(pid, path, waiting = false) {
      if (!existsSync(root + path)) write(path, '');
      locks.push({ pid, file: lockName(root + path), waiting });
      // The kernel prints a waiter right under the lock it waits for.
      locks.sort((a, b) =>
        a.file === b.file ? Number(a.waiting) - Number(b.waiting) : a.file < b.file ? -1 : 1,
      );
      writeLocks();
    },
    removeLock(pid, path) {
      const file = lockName(root + path);
      locks = locks.filter((lock) => lock.pid !== pid || lock.file !== file);
      remove(path);
      writeLocks();
    },
    advance(seconds) {
      uptimeSec += seconds;
      write('/proc/uptime', uptimeText(uptimeSec));
      write('/proc/stat', machineStatText(uptimeSec));
    },
    dispose() {
      standing.delete(root);
      rmSync(root, { recursive: true, force: true });
    },
  };
  return tree;
}

function own(path: string, uid: number, gid: number): void {
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
}

/** `maj:min:inode` as fs/locks.c prints it: hex, hex, decimal. */
function lockName(path: string): string {
  const { dev, ino } = statSync(path);
  const major = (dev >> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
  const hex = (n: number) => n.toString(16).padStart(2, '0');
  return `${hex(major)}:${hex(minor)}:${ino}`;
}
