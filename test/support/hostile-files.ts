/** A Files port that misbehaves on purpose: over real files of a proc tree or of the machine. */
import { fail, type Result } from '../../src/base/problem.ts';
import type { Files, KeptFile } from '../../src/platform/ports.ts';

export interface Misbehaviour {
  /** From now on every path of these pids is gone, as when a process ends between two reads. */
  readonly gonePids?: Set<number>;
  /** Called before every single read with its path and running number (from 0). */
  readonly before?: (path: string, n: number) => void;
  readonly denied?: (path: string) => boolean;
  /** Past its deadline: for the slow reads only. */
  readonly late?: (path: string) => boolean;
  /** Changes what a read brings: cut, empty, garble. */
  readonly change?: (path: string, content: string) => string;
}

/** The pid a path belongs to, or null. */
export function pidOf(path: string): number | null {
  const match = /^\/proc\/(\d+)(\/|$)/.exec(path);
  return match?.[1] === undefined ? null : Number(match[1]);
}

/**
 * A descriptor of /proc/<pid>/… stays bound to that very process and says `gone` after its end; one of a
 * tree on disk goes on reading the removed file. This makes the tree behave like the kernel.
 */
export function kernelLike(files: Files): Files {
  if (files.live) return files;
  const startTimeOf = (pid: number): string | null => {
    const stat = files.read(`/proc/${pid}/stat`);
    return stat.ok ? (stat.value.slice(stat.value.lastIndexOf(')')).split(' ')[20] ?? '') : null;
  };
  return {
    ...files,
    keep(path) {
      const pid = pidOf(path);
      const kept = files.keep(path);
      if (pid === null) return kept;
      const startTime = startTimeOf(pid);
      return {
        read: () => (startTime === startTimeOf(pid) ? kept.read() : fail('gone', path)),
        close: () => kept.close(),
      };
    },
  };
}

export function hostileFiles(below: Files, how: Misbehaviour): Files & { reads(): number } {
  const files = kernelLike(below);
  let n = 0;
  /** The problem that a read of this path meets, or null; counts the read. */
  const refusal = (path: string): Result<never> | null => {
    const number = n++;
    how.before?.(path, number);
    const pid = pidOf(path);
    if (pid !== null && how.gonePids?.has(pid)) return fail('gone', path);
    if (how.denied?.(path)) return fail('denied', path);
    return null;
  };
  const text = (path: string, result: Result<string>): Result<string> =>
    result.ok && how.change !== undefined ? { ok: true, value: how.change(path, result.value) } : result;
  const living = (path: string, result: Result<readonly string[]>): Result<readonly string[]> =>
    result.ok && path === '/proc'
      ? { ok: true, value: result.value.filter((name) => !how.gonePids?.has(Number(name))) }
      : result;
  const slow = async <T>(path: string, call: () => Promise<Result<T>>): Promise<Result<T>> => {
    const refused = refusal(path);
    if (refused !== null) return refused;
    return how.late?.(path) ? fail('timeout', path) : call();
  };

  return {
    live: files.live,
    reads: () => n,
    read: (path) => refusal(path) ?? text(path, files.read(path)),
    keep(path): KeptFile {
      const kept = files.keep(path);
      return { read: () => refusal(path) ?? text(path, kept.read()), close: () => kept.close() };
    },
    list: (path) => refusal(path) ?? living(path, files.list(path)),
    link: (path) => refusal(path) ?? files.link(path),
    readSlow: (path, options) => slow(path, async () => text(path, await files.readSlow(path, options))),
    linkSlow: (path, options) => slow(path, () => files.linkSlow(path, options)),
    listSlow: (path, options) => slow(path, async () => living(path, await files.listSlow(path, options))),
    ownerSlow: (path, options) => slow(path, () => files.ownerSlow(path, options)),
    spaceSlow: (path, options) => slow(path, () => files.spaceSlow(path, options)),
  };
}
