/** The file port on a real system: one reused buffer, kept descriptors, slow reads on pool threads. */
import { closeSync, openSync, readdirSync, readlinkSync, readSync, readvSync } from 'node:fs';
import { fail, ok, orNull, type Result } from '../base/problem.ts';
import { closeLate, giveBack } from './close-late.ts';
import { errnoOf, problemOf, withoutStacks } from './errno.ts';
import type { Clock, Files, KeptFile } from './ports.ts';
import { createRootPath } from './root-path.ts';
import { createSlowReads } from './slow-reads.ts';

/**
 * Descriptors left for everything else. Node raises its limit to the hard one, which is mostly half a million: then
 * `mostKept`, the three files of each of 4,000 processes and more, some kB of kernel memory each.
 */
const leftOpen = 424;
const leastKept = 200;
const mostKept = 16_384;

/** `Max open files            1024                 524288               files`, proc_pid_limits(5). */
function keptAtMost(limits: string): number {
  const open = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? 1024);
  return Math.min(mostKept, Math.max(leastKept, open - leftOpen));
}

const firstBufferBytes = 64 * 1024;
/** Past this a file is none that we read in the main thread. */
const maxBufferBytes = 16 * 1024 * 1024;

/**
 * Files the kernel writes in one piece: a read that leaves room in the buffer is all of it. Others
 * (diskstats, locks, mountinfo: seq_file records) come in pieces, and only a read of 0 is the end.
 */
const wholeFile =
  /^\/proc\/(?:\d+\/(?:task\/\d+\/)?(?:stat|statm|status|io|comm|schedstat|wchan|children)|pressure\/\w+|loadavg|uptime|meminfo)$/;

/** Few, and read by actions right before a signal: they are opened once, for the reason told in close-late.ts. */
const machineFile = /^\/proc\/(?:meminfo|uptime|loadavg)$/;

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
  /** For readvSync, which takes a fifth less than readSync's checks of its arguments. */
  let buffers: [Buffer] = [buffer];
  let kept = 0;
  let maxKept: number | undefined;

  /** Reads from offset 0 to the end of a file; into the buffer. How many bytes. */
  function fill(descriptor: number, whole: boolean): number {
    let length = readvSync(descriptor, buffers, 0);
    while (length > 0 && !(whole && length < 4000)) {
      if (length === buffer.length) {
        if (length >= maxBufferBytes) break;
        const larger = Buffer.allocUnsafeSlow(length * 4);
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
        buffers = [buffer];
      }
      const more = readSync(descriptor, buffer, length, buffer.length - length, length);
      if (more === 0) break;
      length += more;
    }
    return length;
  }

  /** A file elsewhere would keep its disk from being unmounted. */
  const close = (descriptor: number, path: string) =>
    live && path.startsWith('/proc/') ? closeLate(descriptor) : closeSync(descriptor);

  function textOf(length: number, path: string): string {
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

  function readOnce(path: string): Result<string> {
    return attempt(path, () => {
      const descriptor = openSync(at(path), 'r');
      try {
        giveBack();
        return textOf(fill(descriptor, wholeFile.test(path)), path);
      } finally {
        close(descriptor, path);
      }
    });
  }

  function keep(path: string): KeptFile {
    maxKept ??= keptAtMost(orNull(readOnce('/proc/self/limits')) ?? '');
    if (kept >= maxKept) return { read: () => readOnce(path), close: () => {} };
    let descriptor: number | null;
    try {
      descriptor = withoutStacks(() => openSync(at(path), 'r'));
      kept += 1;
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'EMFILE' || code === 'ENFILE') return { read: () => readOnce(path), close: () => {} };
      const problem = problemOf(error, path);
      // A system file may come later (a module loaded, a device plugged in); a process does not.
      if (!/^\/proc\/\d/.test(path)) return { read: () => readOnce(path), close: () => {} };
      const never = { ok: false, problem } as const;
      return { read: () => never, close: () => {} };
    }
    const whole = wholeFile.test(path);
    /** What it said last: most files of most processes say the same again. */
    let last: { readonly ok: true; readonly value: string } | null = null;
    let fresh = true;
    return {
      read() {
        if (descriptor === null) return fail('gone', path);
        if (fresh) giveBack();
        fresh = false;
        let length: number;
        const { stackTraceLimit } = Error;
        // As withoutStacks, without a closure for each of some hundred reads a second.
        Error.stackTraceLimit = 0;
        try {
          length = fill(descriptor, whole);
        } catch (error) {
          return { ok: false, problem: problemOf(error, path) };
        } finally {
          Error.stackTraceLimit = stackTraceLimit;
        }
        const text = textOf(length, path);
        if (last?.value !== text) last = { ok: true, value: text };
        return last;
      },
      close() {
        if (descriptor === null) return;
        close(descriptor, path);
        descriptor = null;
        kept -= 1;
      },
    };
  }

  const ofTheMachine = new Map<string, KeptFile>();

  function read(path: string): Result<string> {
    if (!live || !machineFile.test(path)) return readOnce(path);
    let file = ofTheMachine.get(path);
    if (file === undefined) {
      file = keep(path);
      ofTheMachine.set(path, file);
    }
    return file.read();
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
