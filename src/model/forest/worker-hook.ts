/**
 * A program that a worker of the daemon has started and that is no builder: a post-build-hook, a pre-build-hook, a
 * diff-hook. It runs in its worker's session, as the daemon's user (startProcess and runProgram2,
 * src/libutil/processes.cc); a builder leads a session of its own.
 */

import { baseName } from '../../base/text.ts';
import type { HookProcess } from '../diagnosis/found-wait.ts';
import type { ProcessRaw } from '../sample.ts';
import { unwrapped, withoutInterpreter } from './command-line.ts';
import type { Forest } from './forest.ts';
import { toolOfComm } from './nix-tools.ts';
import { argvOf, descend, isBuildUid } from './process-graph.ts';
import type { Rates } from './process-rates.ts';

/** What a worker starts to copy and unpack; `attic` and `cachix` upload, and are hooks all the same. */
const copiers = /^(?:ssh|git|tar|gzip|xz|bzip2|zstd|unzip|hg)$/;
const uploaders: ReadonlySet<string | null> = new Set([null, 'attic', 'cachix']);

/** Null: it runs none. `building`: pids of builds, local and remote. */
export function hookOf(
  worker: ProcessRaw,
  forest: Forest,
  rates: ReadonlyMap<number, Rates>,
  building: ReadonlySet<number>,
): HookProcess | null {
  const top = forest.children.get(worker.pid)?.find((child) => isHook(child, worker, forest, building));
  if (top === undefined) return null;
  const tree = descend(forest, top).filter(({ process }) => process.state !== 'Z');
  const parents = new Set(tree.map(({ process }) => process.ppid));
  const leaves = tree.filter(({ process }) => !parents.has(process.pid)).map(({ process }) => process);
  const deepest = leaves.reduce((a, b) => (b.startTime > a.startTime ? b : a), top);
  const { pid, startTime } = top;
  return {
    pid,
    startTime,
    program: programOf(top),
    child: deepest === top ? null : { pid: deepest.pid, program: programOf(deepest) },
    wchan: deepest.progress?.wchan ?? null,
    cpuPercent: tree.reduce<number | null>((sum, { process }) => {
      const percent = rates.get(process.pid)?.cpuPercent ?? null;
      return percent === null ? sum : (sum ?? 0) + percent;
    }, null),
  };
}

function isHook(
  child: ProcessRaw,
  worker: ProcessRaw,
  { raw }: Forest,
  building: ReadonlySet<number>,
): boolean {
  const { pid, comm, state, session, uid } = child;
  if (state === 'Z' || building.has(pid) || session !== worker.session || isBuildUid(raw, uid)) return false;
  return comm !== worker.comm && !copiers.test(comm) && uploaders.has(toolOfComm(comm));
}

/** `upload.sh` of `bash -e /etc/nix/upload.sh /nix/store/…`. */
function programOf(process: ProcessRaw): string {
  const [first] = withoutInterpreter(argvOf(process));
  return first === undefined || first === '' ? process.comm : unwrapped(baseName(first));
}
