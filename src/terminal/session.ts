/**
 * The terminal as the dashboard has it: alternate screen, raw keys, no cursor, no line wrapping; given back
 * exactly as it was, once, on whatever way out.
 */
import { writeSync } from 'node:fs';

/** What we need of `process.stdin`. */
export interface TerminalInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
}
/** What we need of `process.stdout`. */
export interface TerminalOutput extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** Without it (tests) everything goes through `write`. */
  readonly fd?: number;
}

export interface TerminalSession {
  setUp(): void;
  /** Gives the terminal back; a second call does nothing until the next `setUp`. */
  restore(): void;
  /** Asks the kernel; where the size is another one, stdout emits `resize`. */
  refreshSize(): void;
  /** As old as the last SIGWINCH; a serial line has none. */
  size(): { readonly columns: number; readonly rows: number };
  /** The terminal is gone: nothing is written to it any more. */
  abandon(): void;
}

// Alternate screen; cursor off; bracketed paste; no wrapping, so that a character that is wider than we
// think cannot push the next line away; a clear start.
const enter = '\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?7l\x1b[m\x1b[H\x1b[2J';
// ESC \ ends whatever sequence was cut off; a frame may have been in the middle of synchronized output.
const leave = '\x1b\\\x1b[?2026l\x1b[m\x1b[?7h\x1b[?2004l\x1b[?25h\x1b[?1049l';

/** `dumb`: a terminal without sequences (TERM=dumb) gets none, only its keys are raw. */
export function createSession(stdin: TerminalInput, stdout: TerminalOutput, dumb = false): TerminalSession {
  let ours = false;
  let gone = false;
  return {
    setUp() {
      ours = true;
      // Not waiting for a terminal that does not read: a blocked write would block every signal too.
      setBlocking(stdout, false);
      // libuv believes that the mode is as it set it; after a stop the shell has set another.
      rawMode(stdin, false);
      rawMode(stdin, true);
      if (!gone && !dumb) stdout.write(enter);
    },
    restore() {
      if (!ours) return;
      ours = false;
      if (!gone && !dumb) writeNow(stdout, leave);
      setBlocking(stdout, true);
      rawMode(stdin, false);
    },
    refreshSize() {
      // Node's own answer to SIGWINCH; in the background nobody sends us one.
      (stdout as { _refreshSize?(): void })._refreshSize?.();
    },
    size() {
      return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
    },
    abandon() {
      gone = true;
    },
  };
}

function rawMode(stdin: TerminalInput, on: boolean): void {
  try {
    stdin.setRawMode?.(on);
  } catch {
    // EIO: the terminal is gone, and with it the mode.
  }
}

/** Node opens a terminal's stdout blocking; there is no public way to undo it. */
function setBlocking(stdout: TerminalOutput, on: boolean): void {
  const handle = (stdout as { _handle?: { setBlocking?(on: boolean): unknown } })._handle;
  handle?.setBlocking?.(on);
}

/** How often a terminal that does not read is tried, 10 ms apart. */
const tries = 20;

/** Before the process ends there is no later: synchronous, for a fifth of a second. */
function writeNow(stdout: TerminalOutput, text: string): void {
  if (stdout.fd === undefined) {
    stdout.write(text);
    return;
  }
  let rest = Buffer.from(text);
  for (let left = tries; left > 0 && rest.length > 0; left -= 1) {
    try {
      rest = rest.subarray(writeSync(stdout.fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
