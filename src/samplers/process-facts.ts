/** What is read once per process, off the main thread: command line, environment, sandbox root, open files. */
import { type Problem, problem, type Result } from '../base/problem.ts';
import type { BuildEnvironment, ProcessFacts } from '../model/sample.ts';
import { parseCgroupPath } from '../parse/cgroup.ts';
import { parseMounts, placeOf } from '../parse/mountinfo-mounts.ts';
import { isInNestedPidNamespace } from '../parse/process-memory.ts';
import {
  parseAttrs,
  parseBuildEnvironment,
  parseCmdline,
  parseRootMount,
  parseTempRoots,
} from '../parse/process-text.ts';
import type { Files } from '../platform/ports.ts';

/** Command lines of compilers and linkers are long; the first part says all we show. */
const cmdlineBytes = 8192;

export async function readArgv(files: Files, pid: number): Promise<ProcessFacts> {
  const text = await files.readSlow(`/proc/${pid}/cmdline`, { maxBytes: cmdlineBytes });
  return { argv: text.ok ? parseCmdline(text.value) : text.problem };
}

/** Of a builder root: which derivation it builds. */
export async function readBuilder(files: Files, pid: number): Promise<ProcessFacts> {
  const [mounts, environ, cgroups] = await Promise.all([
    files.readSlow(`/proc/${pid}/mountinfo`, { maxBytes: 1 << 20 }),
    files.readSlow(`/proc/${pid}/environ`, { maxBytes: 1 << 20 }),
    files.readSlow(`/proc/${pid}/cgroup`),
  ]);
  return {
    rootMount: mounts.ok
      ? (parseRootMount(mounts.value) ?? problem('malformed', `/proc/${pid}/mountinfo`, 'no row for /'))
      : mounts.problem,
    cgroup: cgroupOf(pid, cgroups),
    environment: environ.ok ? await completed(files, pid, environ.value) : environ.problem,
  };
}

/** Builds with structured attributes keep their names in `.attrs.json` instead of the environment. */
async function completed(files: Files, pid: number, text: string): Promise<BuildEnvironment> {
  const { attrsFile, ...environment } = parseBuildEnvironment(text);
  if (environment.name !== null || attrsFile === null) return environment;
  const attrs = await files.readSlow(`/proc/${pid}/root${attrsFile}`, { maxBytes: 1 << 20 });
  return attrs.ok ? { ...environment, ...parseAttrs(attrs.value) } : environment;
}

/** Which Nix it is of: with a container or chroot the machine has several. */
const nixState = '/nix/var/nix';

export async function readStatePlace(files: Files, pid: number | 'self'): Promise<ProcessFacts> {
  const path = `/proc/${pid}/mountinfo`;
  const text = await files.readSlow(path, { maxBytes: 1 << 20 });
  if (!text.ok) return { statePlace: text.problem };
  const place = placeOf(nixState, parseMounts(text.value));
  return { statePlace: place ?? problem('malformed', path, 'no row for /') };
}

/** Of an outermost tool: that, whose pids it tells, and the cgroup whose limits are its own. */
export async function readOutermost(files: Files, pid: number): Promise<ProcessFacts> {
  const [place, cgroups, status] = await Promise.all([
    readStatePlace(files, pid),
    files.readSlow(`/proc/${pid}/cgroup`),
    files.readSlow(`/proc/${pid}/status`),
  ]);
  const nested = status.ok && isInNestedPidNamespace(status.value);
  return { ...place, cgroup: cgroupOf(pid, cgroups), ...(nested ? { nestedPids: true } : {}) };
}

function cgroupOf(pid: number, text: Result<string>): string | Problem {
  if (!text.ok) return text.problem;
  return parseCgroupPath(text.value) ?? problem('unsupported', `/proc/${pid}/cgroup`, 'no cgroup v2');
}

export interface OpenFiles {
  /** Derivation build logs under /nix/var/log/nix/drvs. */
  readonly logs: readonly string[];
  /** Inode to path of the lock files it has open. */
  readonly lockFiles: ReadonlyMap<string, string>;
  /** Its temporary roots file, `/nix/var/nix/temproots/<pid>`. */
  readonly tempRootsFile: string | null;
}

/** Of a daemon worker or a client that builds by itself; takes the right to read it. `known` lock files are left out. */
export async function readOpenFiles(
  files: Files,
  pid: number,
  known: ReadonlySet<string>,
): Promise<Result<OpenFiles>> {
  const descriptors = await files.listSlow(`/proc/${pid}/fd`);
  if (!descriptors.ok) return descriptors;
  const logs: string[] = [];
  const lockFiles = new Map<string, string>();
  let tempRootsFile: string | null = null;
  for (const descriptor of descriptors.value) {
    const link = await files.linkSlow(`/proc/${pid}/fd/${descriptor}`);
    if (!link.ok) continue;
    const path = link.value;
    if (path.includes('/log/nix/drvs/')) logs.push(path);
    else if (path.includes('/temproots/')) tempRootsFile = path;
    else if (isLockFile(path) && !known.has(path)) {
      const info = await files.readSlow(`/proc/${pid}/fdinfo/${descriptor}`);
      const inode = info.ok ? /^ino:\s*(\d+)$/m.exec(info.value)?.[1] : undefined;
      if (inode !== undefined) lockFiles.set(inode, path);
    }
  }
  return { ok: true, value: { logs, lockFiles, tempRootsFile } };
}

function isLockFile(path: string): boolean {
  return /[.-]lock$|\/(?:userpool|current-load)\//.test(path);
}

/** Store paths that a process wants kept, from its temporary roots file. */
export async function readTempRoots(files: Files, path: string): Promise<readonly string[] | Problem> {
  const text = await files.readSlow(path, { maxBytes: 16 << 20 });
  return text.ok ? parseTempRoots(text.value) : text.problem;
}
