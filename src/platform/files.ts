/** The file port on a real system: one reused buffer, kept descriptors, slow reads on pool threads. */
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { ok, type Problem, type Result } from '../base/problem.ts';
import { errnoOf, problemOf, withoutStacks } from './errno.ts';
import type { Clock, Files, KeptFile } from './ports.ts';
import { createRootPath } from './root-path.ts';
import { createSlowReads } from './slow-reads.ts';

/** Kept descriptors; the rest of a soft limit of 1024 is for everything else. */
const maxKept = 600;
const firstBufferBytes = 64 * 1024;
/** Past this a file is none that we read in the main thread. */
const maxBufferBytes = 16 * 1024 * 1024;

/**
 * Files the kernel writes in one piece: a read that leaves room in the buffer is all of it. Others
 * (diskstats, locks, mountinfo: seq_file records) come in pieces, and only a read of 0 is the end.
 */
const wholeFile = /^\/proc\/\d+\/(?:task\/\d+\/)?(?:stat|statm|status|io|comm|schedstat|wchan|children)$/;

/** The kernel ends its last line; whoever captured or wrote the file by hand may not have. A list of NULs is no text. */
function lastLineEnded(path: string, text: string): string {
  const kernelText = /^\/(?:proc|sys)\//.test(path) && text !== '' && !text.includes('\0');
  return kernelText && !text.endsWith('\n') ? `${text}\n` : text;
}

export interface SystemFiles extends Files {
  /** Slow reads that have not come back: see exit.ts. */
  readonly pending: number;
}

/** `root`: `/` or a captured tree that holds `proc`, `sys`, `nix`. */
export function createFiles(options: { readonly root?: string; readonly clock: Clock }): SystemFiles {
  const root = options.root ?? '/';
  const at = createRootPath(root);
  const live = at('/') === '/';
  const slow = createSlowReads(at, options.clock);
  let buffer = Buffer.allocUnsafeSlow(firstBufferBytes);
  let kept = 0;

  /** Reads from offset 0 to the end. */
  function readFrom(descriptor: number, path: string): string {
    const whole = wholeFile.test(path);
    let length = readSync(descriptor, buffer, 0, buffer.length, 0);
    while (length > 0 && !(whole && length < 4000)) {
      if (length === buffer.length) {
        if (length >= maxBufferBytes) break;
        const larger = Buffer.allocUnsafeSlow(length * 4);
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      const more = readSync(descriptor, buffer, length, buffer.length - length, length);
      if (more === 0) break;
      length += more;
    }
    const text = buffer.toString('utf8', 0, length);
    return live ? text : lastLineEnded(path, text);
  }

  function attempt<T>(path: string, call: () => T): Result<T> {
    try {
      return ok(withoutStacks(call));
    } catch (error) {
      return { ok: false, problem: problemOf(error, path) };
    }
  }

  function read(path: string): Result<string> {
    return attempt(path, () => {
      const descriptor = openSync(at(path), 'r');
      try {
        return readFrom(descriptor, path);
      } finally {
        closeSync(descriptor);
      }
    });
  }

  function keep(path: string): KeptFile {
    if (kept >= maxKept) return { read: () => read(path), close: () => {} };
    let descriptor: number | null = null;
    let never: Problem | null = null;
    try {
      descriptor = withoutStacks(() => openSync(at(path), 'r'));
      kept += 1;
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'EMFILE' || code === 'ENFILE') return { read: () => read(path), close: () => {} };
      never = problemOf(error, path);
      // A system file may come later (a module loaded, a device plugged in); a process does not.
      if (!/^\/proc\/\d/.test(path)) return { read: () => read(path), close: () => {} };
    }
    return {
      read() {
        const open = descriptor;
        if (open === null) return { ok: false, problem: never ?? { kind: 'gone', where: path } };
        return attempt(path, () => readFrom(open, path));
      },
      close() {
        if (descriptor === null) return;
        closeSync(descriptor);
        descriptor = null;
        kept -= 1;
      },
    };
  }

  return {
    live,
    read,
    keep,
    list: (path) => attempt(path, () => readdirSync(at(path))),
    link: (path) => attempt(path, () => readlinkSync(at.unfollowed(path))),
    ...slow.reads,
    get pending() {
      return slow.pending();
    },
  };
}
