/**
 * What the kernel says, read by the tests themselves: nothing here is shared with the program, so
 * that both being wrong in the same way takes two mistakes. Builds are found by the nonce that every
 * one of their processes carries in its environment (the tests run as root).
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';

export interface TrueProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly startTime: number;
  readonly session: number;
  readonly state: string;
  readonly uid: number;
  /** VmRSS of /proc/<pid>/status; 0 for a zombie. */
  readonly residentBytes: number;
}

export interface TrueBuild {
  readonly name: string;
  readonly pid: number;
  readonly startTime: number;
  readonly uid: number;
  readonly user: string | null;
  readonly out: string;
}

function text(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}

export function readProcess(pid: number): TrueProcess | null {
  const stat = text(`/proc/${pid}/stat`);
  const status = text(`/proc/${pid}/status`);
  if (stat === null || status === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? '0';
  return {
    pid,
    ppid: Number(fields[1]),
    session: Number(fields[3]),
    startTime: Number(fields[19]),
    state: fields[0] ?? '?',
    uid: Number(/^Uid:\t(\d+)/m.exec(status)?.[1]),
    residentBytes: Number(kb) * 1024,
  };
}

export function allProcesses(): TrueProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((one) => one !== null);
}

export function environment(pid: number): Record<string, string> | null {
  const rows = text(`/proc/${pid}/environ`);
  if (rows === null || rows === '') return null;
  return Object.fromEntries(
    rows.split('\0').map((row) => [row.slice(0, row.indexOf('=')), row.slice(row.indexOf('=') + 1)]),
  );
}

export function commandLine(pid: number): string[] {
  return (text(`/proc/${pid}/cmdline`) ?? '').split('\0').slice(0, -1);
}

/** Derivations pass it on as `nonce`, clients have it as NONCE. */
export function processesWithNonce(nonce: string): TrueProcess[] {
  return allProcesses().filter((one) => environment(one.pid)?.nonce === nonce);
}

/** The running builds of a nonce. A builder root leads a session and its parent is no build process. */
export function buildsWithNonce(nonce: string): TrueBuild[] {
  const all = processesWithNonce(nonce);
  const pids = new Set(all.map((one) => one.pid));
  return (
    all
      .filter((one) => one.session === one.pid && one.ppid !== 1 && !pids.has(one.ppid))
      .map((one) => {
        const variables = environment(one.pid);
        return {
          name: variables?.name ?? '',
          pid: one.pid,
          startTime: one.startTime,
          uid: one.uid,
          user: userName(one.uid),
          out: variables?.out ?? '',
        };
      })
      // Between fork and exec the builder is still a copy of Nix: with another name, and root's.
      .filter((one) => one.name !== '' && one.uid !== 0)
  );
}

export function userName(uid: number): string | null {
  const row = (text('/etc/passwd') ?? '').split('\n').find((line) => line.split(':')[2] === String(uid));
  return row?.split(':')[0] ?? null;
}

/** All processes of a build: its tree, and everything else of its uid. */
export function processesOfBuild(build: { readonly pid: number; readonly uid: number }): TrueProcess[] {
  return allProcesses().filter((one) => one.pid === build.pid || one.uid === build.uid);
}

/** A process and all below it, by the kernel's own lists: fast enough to be a moment. */
export function processesBelow(pid: number): TrueProcess[] {
  const own = readProcess(pid);
  if (own === null) return [];
  const children = (text(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter((name) => name !== '');
  return [own, ...children.flatMap((child) => processesBelow(Number(child)))];
}

export function residentBytesOf(processes: readonly TrueProcess[]): number {
  return processes.reduce((sum, one) => sum + one.residentBytes, 0);
}

/** The main daemon: named so, and not a worker (whose parent or title says so). */
export function daemonPid(): number | null {
  const titled = (pid: number) => commandLine(pid).join(' ') === 'nix-daemon --daemon';
  // A worker has this title, too, until it writes its own.
  return allProcesses().find((one) => titled(one.pid) && !titled(one.ppid))?.pid ?? null;
}

/** The daemon process that serves a client: Nix writes the client's pid into its title. */
export function workerOf(clientPid: number): number | null {
  const found = allProcesses().find((one) => {
    const [name, pid] = commandLine(one.pid);
    return name === 'nix-daemon' && pid === String(clientPid);
  });
  return found?.pid ?? null;
}

/** Of every build: `/tmp/nix-build-<name>.drv-<n>`, and `nix-<worker>-<n>` in a folder of theirs since Nix 2.32. */
export function buildDirectories(): string[] {
  const list = (folder: string, pattern: RegExp) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => pattern.test(name))
          .map((name) => `${folder}/${name}`)
      : [];
  return [...list('/tmp', /^nix-build-.*\.drv-\d+$/), ...list('/nix/var/nix/builds', /^nix-\d+-\d+$/)];
}

/** Build directories of a build user: more than one when a killed build left its own. */
export function buildDirectoriesOf(uid: number): string[] {
  return buildDirectories().filter((path) => statSync(path, { throwIfNoEntry: false })?.uid === uid);
}

/** Bytes per minute: the slope of a least-squares line. */
export function slopePerMin(points: readonly { readonly ms: number; readonly bytes: number }[]): number {
  const n = points.length;
  const meanMs = points.reduce((sum, p) => sum + p.ms, 0) / n;
  const meanBytes = points.reduce((sum, p) => sum + p.bytes, 0) / n;
  const over = points.reduce((sum, p) => sum + (p.ms - meanMs) * (p.bytes - meanBytes), 0);
  const under = points.reduce((sum, p) => sum + (p.ms - meanMs) ** 2, 0);
  return (over / under) * 60_000;
}
