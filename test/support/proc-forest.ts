/** A Nix forest for a made-up /proc, shaped like the real ones: daemon, workers, clients, builds. */
import type { ProcessSpec } from './proc-process.ts';

export interface BuildSpec {
  readonly name: string;
  /** Default: nixbld1, nixbld2, … in order. */
  readonly uid?: number;
  readonly sandbox?: boolean;
  /** Chroot as Nix 2.8 makes it, or since 2.2x with `/root` below. */
  readonly layout?: 'chroot' | 'chroot/root';
  /** Compilers below a `make` below the builder. */
  readonly compilers?: number;
  /** Reparented processes of the same uid (double fork + setsid). */
  readonly escapees?: number;
  readonly zombies?: number;
  readonly residentBytes?: number;
}

export interface NixForestSpec {
  readonly builds?: readonly (string | BuildSpec)[];
  /** Builds go round the clients. Default 1. */
  readonly clients?: number;
  /** Root without NIX_REMOTE: builders are children of the client itself. */
  readonly direct?: boolean;
  readonly firstPid?: number;
  readonly clientUid?: number;
  /** Worker titles: Nix writes `nix-daemon <pid>`, Lix `nix-daemon --for <pid>`. */
  readonly lix?: boolean;
}

export interface NixForest {
  readonly daemonPid: number | null;
  readonly clients: readonly { readonly pid: number; readonly workerPid: number | null }[];
  readonly builds: readonly {
    readonly name: string;
    readonly pid: number;
    readonly uid: number;
    readonly drvHash: string;
    readonly out: string;
    /** Builder root, children, zombies and escapees. */
    readonly pids: readonly number[];
  }[];
}

const parallel = ['firefox-130.0', 'linux-6.12', 'llvm-18.1.8', 'rustc-1.80.1', 'webkitgtk-2.46.0+abi=4.1'];
export const firstBuildUid = 30001;
export const buildGid = 30000;

/** What a forest is written with. */
export interface TreeWriter {
  /** Writes any file (`/proc/meminfo`); the same inode when it exists, so kept files see it. */
  write(path: string, content: string | Buffer): void;
  has(path: string): boolean;
  text(path: string): string;
  /** Only root can give it away; elsewhere it stays the tester's own. */
  directory(path: string, owner?: { uid: number; gid: number }): void;
  addProcess(spec: ProcessSpec): void;
  /** Rewrites in place (same inodes) what a process's changed fields show. */
  update(pid: number, changes: Partial<Omit<ProcessSpec, 'pid'>>): void;
  process(pid: number): Required<ProcessSpec>;
  /** A row of /proc/locks on a file of this tree (made when missing). */
  addLock(pid: number, path: string, waiting?: boolean): void;
}

export function addNixForest(tree: TreeWriter, spec: NixForestSpec): NixForest {
  let nextPid = spec.firstPid ?? 3000;
  const pid = (): number => nextPid++;
  const nixBuild = '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-nix-2.26.3/bin/nix-build';
  const direct = spec.direct ?? false;
  const daemonPid = direct ? null : pid();
  if (daemonPid !== null) {
    tree.addProcess({
      pid: daemonPid,
      comm: 'nix-daemon',
      argv: ['nix-daemon', '--daemon'],
      startTime: 35_057,
      threads: 2,
      residentBytes: 22_552 * 1024,
    });
    tree.write('/nix/var/nix/daemon-socket/socket', '');
    tree.write(
      '/proc/net/unix',
      'Num       RefCount Protocol Flags    Type St Inode Path\n' +
        '0000000000000000: 00000002 00000000 00010000 0001 01 16413 /nix/var/nix/daemon-socket/socket\n',
    );
  }
  const clients = Array.from({ length: spec.clients ?? 1 }, (_, i) => {
    const shell = pid();
    tree.addProcess({ pid: shell, comm: 'bash', argv: ['-bash'], tty: 34816 + i, uid: spec.clientUid ?? 0 });
    const client = pid();
    tree.addProcess({
      pid: client,
      ppid: shell,
      session: shell,
      tty: 34816 + i,
      comm: 'nix-build',
      argv: [nixBuild, '--no-out-link', 'parallel.nix'],
      uid: spec.clientUid ?? 0,
      residentBytes: 60 * 1024 * 1024,
      fds: direct ? { 7: '/nix/var/nix/db/big-lock' } : { 5: 'socket:[16999]' },
    });
    if (daemonPid === null) return { pid: client, workerPid: null };
    const worker = pid();
    tree.addProcess({
      pid: worker,
      ppid: daemonPid,
      comm: 'nix-daemon',
      argv: spec.lix ? ['nix-daemon', '--for', String(client)] : ['nix-daemon', String(client), '', '', ''],
      threads: 2,
      residentBytes: 20_640 * 1024,
    });
    return { pid: client, workerPid: worker };
  });
  const builds = (spec.builds ?? parallel).map((entry, i) => {
    const build: BuildSpec = typeof entry === 'string' ? { name: entry } : entry;
    const client = clients[i % clients.length];
    if (client === undefined) throw new Error('a build needs a client');
    return addBuild(tree, build, client.workerPid ?? client.pid, i, pid);
  });
  return { daemonPid, clients, builds };
}

/** `index` makes its hashes and, where it has none of its own, its user. */
export function addBuild(
  tree: TreeWriter,
  build: BuildSpec,
  parent: number,
  index: number,
  pid: () => number,
): NixForest['builds'][number] {
  const uid = build.uid ?? firstBuildUid + index;
  const sandbox = build.sandbox ?? true;
  const drvHash = String(index).padStart(32, '3wmfikm3n44rdwmpi7153c5fvg947nsg');
  const chroot = `/nix/store/${drvHash}-${build.name}.drv.${build.layout ?? 'chroot'}`;
  const directory = `/tmp/nix-build-${build.name}.drv-0`;
  tree.directory(directory, { uid, gid: buildGid });
  const out = `/nix/store/${String(index).padStart(32, '50l8kxkgcprfidcri4c460bxkas03j04')}-${build.name}`;
  const match = /^(.*?)-(\d.*)$/.exec(build.name);
  const common = {
    uid,
    gid: buildGid,
    rootMount: sandbox ? chroot : '/',
    cwd: sandbox ? '/build' : directory,
    environment: {
      HOME: '/homeless-shelter',
      NIX_BUILD_CORES: '8',
      NIX_BUILD_TOP: sandbox ? '/build' : directory,
      name: build.name,
      pname: match?.[1] ?? build.name,
      version: match?.[2] ?? '',
      out,
      system: 'x86_64-linux',
    },
  };
  const root = pid();
  const pids = [root];
  tree.addProcess({
    ...common,
    pid: root,
    ppid: parent,
    comm: 'd9c29p4njcn82v7',
    argv: ['d9c29p4njcn82v77s60nwq885nisi9cb-bash-5.2.15', '-e', '/nix/store/3q9w8j-default-builder.sh'],
    residentBytes: 2160 * 1024,
  });
  const child = (comm: string, argv: readonly string[] | null, ppid: number, extra = {}): number => {
    const one = pid();
    pids.push(one);
    tree.addProcess({ ...common, pid: one, ppid, pgrp: root, session: root, comm, argv, ...extra });
    return one;
  };
  const make = child('make', ['make', '-j8', 'all'], root);
  for (let i = 0; i < (build.compilers ?? 2); i++) {
    const argv = ['cc1plus', '-quiet', '-O2', `src/file${i}.cc`, '-o', `file${i}.o`];
    child('cc1plus', argv, make, { state: 'R', residentBytes: build.residentBytes ?? 100 * 1024 * 1024 });
  }
  for (let i = 0; i < (build.zombies ?? 0); i++) child('sh', null, root, { state: 'Z', residentBytes: 0 });
  for (let i = 0; i < (build.escapees ?? 0); i++) {
    // In a sandbox an orphan falls to the builder (pid 1 of its namespace), outside to pid 1.
    const one = pid();
    pids.push(one);
    tree.addProcess({ ...common, pid: one, ppid: sandbox ? root : 1, comm: 'sleep', argv: ['sleep', '601'] });
  }
  const roots = `/nix/var/nix/temproots/${parent}`;
  tree.write(
    roots,
    `${tree.has(roots) ? tree.text(roots) : ''}/nix/store/${drvHash}-${build.name}.drv\0${out}\0`,
  );
  tree.addLock(parent, `${out}.lock`);
  tree.addLock(parent, `/nix/var/nix/userpool/${uid}`);
  openFiles(tree, parent, [
    roots,
    `${out}.lock`,
    `/nix/var/nix/userpool/${uid}`,
    `/nix/var/log/nix/drvs/${drvHash.slice(0, 2)}/${drvHash.slice(2)}-${build.name}.drv.bz2`,
  ]);
  return { name: build.name, pid: root, uid, drvHash, out, pids };
}

function openFiles(tree: TreeWriter, pid: number, paths: readonly string[]): void {
  const fds: Record<number, string> = { ...tree.process(pid).fds };
  for (const path of paths) if (!Object.values(fds).includes(path)) fds[Object.keys(fds).length + 10] = path;
  tree.update(pid, { fds });
}
