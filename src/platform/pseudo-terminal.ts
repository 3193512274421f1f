/**
 * A pseudo-terminal for a command that we watch (pty(7)): whatever it asks a person goes there, never onto our screen
 * and never into our keys. We see when it writes, when it switches the echo off, and hand our keys on while it asks.
 */
import { writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { loadKoffi } from './koffi.ts';

export interface PseudoTerminal {
  /** Who leads a session without a terminal and opens it has it as its terminal (/dev/tty). */
  readonly path: string;
  /** Our end. Inherited by the command, so that our death is no hang-up for it. */
  readonly descriptor: number;
  /** What is written to it, as a terminal would get it. */
  onData(call: (bytes: Uint8Array) => void): void;
  /** Keys, as a terminal sends them. What it has no room for is lost. */
  type(bytes: Uint8Array): void;
  /**
   * False while a password is asked for: no echo, but lines or signals. Without those either it is the relay of sudo
   * (`use_pty`), which is raw for as long as its command runs.
   */
  echoes(): boolean;
  resize(size: { readonly columns: number; readonly rows: number }): void;
  /** As Ctrl-C: to the process group in front, whoever it belongs to. False where the system cannot. */
  interrupt(): boolean;
  close(): void;
}

/** O_RDWR, O_NOCTTY, O_CLOEXEC; TIOCSWINSZ; where `c_lflag` lies in `struct termios`; ISIG and ICANON of it. */
const systems = {
  linux: { flags: 0o2 | 0o400 | 0o2000000, setSize: 0x5414n, localFlags: 12, cooked: 0x3 },
  darwin: { flags: 0x2 | 0x20000 | 0x1000000, setSize: 0x80087467n, localFlags: 24, cooked: 0x180 },
} as const;
/** ECHO of `c_lflag`, the same on both. */
const echo = 8;
/** Linux only: a signal that the terminal itself could send, to the group in front (tty_ioctl(4)). */
const sendSignal = 0x40045436n;
const sigint = 2;
/** Larger than any `struct termios`. */
const termiosBytes = 128;

/** Null where there is no koffi, or none is to be had. */
export async function openPseudoTerminal(size: {
  readonly columns: number;
  readonly rows: number;
}): Promise<PseudoTerminal | null> {
  const system = process.platform === 'darwin' ? systems.darwin : systems.linux;
  const libc = await loadLibc();
  if (libc === null) return null;
  const descriptor = libc.open(system.flags);
  if (descriptor < 0) return null;
  const path = libc.grant(descriptor) === 0 && libc.unlock(descriptor) === 0 ? libc.name(descriptor) : null;
  if (path === null) return null;
  const input = new ReadStream(descriptor);
  // EIO: nobody has it open any more. The next who opens it is read again.
  input.on('error', () => {});
  const attributes = new Uint8Array(termiosBytes);
  // Its number is soon another file's.
  let closed = false;
  const terminal: PseudoTerminal = {
    path,
    descriptor,
    onData: (call) => void input.on('data', call),
    type(bytes) {
      if (closed) return;
      try {
        writeSync(descriptor, bytes);
      } catch {
        // EAGAIN: it does not read; EIO: it is gone.
      }
    },
    echoes() {
      if (closed || libc.attributes(descriptor, attributes) !== 0) return true;
      const [low = 0, high = 0] = attributes.subarray(system.localFlags);
      const flags = low | (high << 8);
      return (flags & echo) !== 0 || (flags & system.cooked) === 0;
    },
    resize({ columns, rows }) {
      if (closed) return;
      libc.control(descriptor, system.setSize, 'void *', new Uint16Array([rows, columns, 0, 0]));
    },
    interrupt: () =>
      !closed && process.platform === 'linux' && libc.control(descriptor, sendSignal, 'int', sigint) === 0,
    close() {
      closed = true;
      input.destroy();
    },
  };
  terminal.resize(size);
  return terminal;
}

async function loadLibc() {
  try {
    const koffi = await loadKoffi();
    const libc = koffi.load(null);
    return {
      open: libc.func('int posix_openpt(int flags)') as (flags: number) => number,
      grant: libc.func('int grantpt(int file)') as (file: number) => number,
      unlock: libc.func('int unlockpt(int file)') as (file: number) => number,
      name: libc.func('const char *ptsname(int file)') as (file: number) => string | null,
      attributes: libc.func('int tcgetattr(int file, void *attributes)') as (
        file: number,
        attributes: Uint8Array,
      ) => number,
      control: libc.func('int ioctl(int file, unsigned long request, ...)') as (
        file: number,
        request: bigint,
        type: string,
        value: unknown,
      ) => number,
    };
  } catch {
    return null;
  }
}
