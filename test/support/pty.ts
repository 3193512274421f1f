/** Runs the program in a real pseudo-terminal and reads its screen through a headless terminal. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';
import { screenOf } from './fake-terminal.ts';

export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Added to a clean environment (PATH, HOME, C.UTF-8, xterm-256color; no CI). */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Default: the launcher, `bin/nixpulse`. */
  readonly file?: string;
  readonly cwd?: string;
  /** How long one `waitFor` or `exited` may take before it fails with the screen in its message. */
  readonly deadlineMs?: number;
}

export interface Pty {
  readonly pid: number;
  /** Types text or named keys (`<up>`, `<f5>`, `<ctrl-c>`, `<escape>`), each in a write of its own. */
  press(...keys: readonly string[]): void;
  /** Writes bytes as they are, in one write. */
  write(text: string): void;
  resize(columns: number, rows: number): void;
  /** The screen's lines as they stand, trailing blanks cut. */
  screen(): string[];
  /** All bytes received so far, as text. */
  output(): string;
  /** The headless terminal: cells, colours, modes. */
  readonly terminal: headless.Terminal;
  /** Resolves with the screen as soon as the predicate holds for it; looks again at every output. */
  waitFor(predicate: (screen: string[]) => boolean, what?: string): Promise<string[]>;
  waitForText(text: string): Promise<string[]>;
  /** Resolves once the program has ended and everything it wrote is on the screen. */
  exited(): Promise<{ exitCode: number; signal: number }>;
  /** Stops and resumes reading: the kernel's buffer fills and the program cannot write. */
  pause(): void;
  unpause(): void;
  kill(signal?: string): void;
  /** Closes the terminal, as a window that is closed or a connection that breaks. */
  hangUp(): void;
  /** Ends the program if it still runs. */
  close(): void;
  [Symbol.dispose](): void;
}

/** NIXPULSE_LAUNCHER: another copy of the program than the one built here. */
export const launcher =
  process.env.NIXPULSE_LAUNCHER ?? fileURLToPath(new URL('../../bin/nixpulse', import.meta.url));

/** What the program keeps of its own, apart from the tester's. */
const stateHome = mkdtempSync(join(tmpdir(), 'nixpulse-state-'));
process.once('exit', () => rmSync(stateHome, { recursive: true, force: true }));

/** xterm's sequences by key name. */
const sequences: Readonly<Record<string, string>> = {
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  insert: '\x1b[2~',
  delete: '\x1b[3~',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  f1: '\x1bOP',
  f2: '\x1bOQ',
  f3: '\x1bOR',
  f4: '\x1bOS',
  f5: '\x1b[15~',
  f6: '\x1b[17~',
  f7: '\x1b[18~',
  f8: '\x1b[19~',
  f9: '\x1b[20~',
  f10: '\x1b[21~',
  f11: '\x1b[23~',
  f12: '\x1b[24~',
  enter: '\r',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  escape: '\x1b',
  backspace: '\x7f',
  space: ' ',
};

export function sequenceOf(key: string): string {
  const name = /^<([a-z0-9-]+)>$/.exec(key)?.[1];
  if (name === undefined) return key;
  const control = /^ctrl-([a-z])$/.exec(name)?.[1];
  if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) - 96);
  const sequence = sequences[name];
  if (sequence === undefined) throw new Error(`no key named ${key}`);
  return sequence;
}

export function openPty(options: PtyOptions = {}): Pty {
  const { columns = 120, rows = 40, deadlineMs = 15_000 } = options;
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
  const process_ = spawn(options.file ?? launcher, [...(options.args ?? [])], {
    cols: columns,
    rows,
    cwd: options.cwd ?? '/',
    encoding: null,
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: process.env.HOME ?? '/',
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      XDG_STATE_HOME: stateHome,
      ...options.env,
    },
  });
  const chunks: Buffer[] = [];
  const watchers = new Set<() => void>();
  let pending = 0;
  let exit: { exitCode: number; signal: number } | null = null;
  const changed = () => {
    for (const watch of watchers) watch();
  };
  process_.onData((data: unknown) => {
    const bytes = data as Buffer;
    chunks.push(bytes);
    pending += 1;
    terminal.write(bytes, () => {
      pending -= 1;
      changed();
    });
  });
  process_.onExit(({ exitCode, signal }) => {
    exit = { exitCode, signal: signal ?? 0 };
    changed();
  });

  const screen = () => screenOf(terminal);
  const output = () => Buffer.concat(chunks).toString('utf8');
  /** Resolves with the first value that is not undefined; asks again after every output. */
  const watchUntil = <T>(read: () => T | undefined, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const done = () => {
        watchers.delete(look);
        clearTimeout(deadline);
      };
      const look = () => {
        const value = read();
        if (value !== undefined) {
          done();
          resolve(value);
        }
      };
      const deadline = setTimeout(() => {
        done();
        const state = exit === null ? 'still running' : `ended with ${exit.exitCode}/${exit.signal}`;
        reject(new Error(`waited for ${what}; the program is ${state}; the screen:\n${screen().join('\n')}`));
      }, deadlineMs);
      watchers.add(look);
      look();
    });
  const close = () => {
    if (exit === null) process_.kill('SIGKILL');
    terminal.dispose();
  };
  const waitFor: Pty['waitFor'] = (predicate, what = predicate.toString()) =>
    watchUntil(() => {
      const lines = screen();
      return predicate(lines) ? lines : undefined;
    }, what);

  return {
    pid: process_.pid,
    press: (...keys) => {
      for (const key of keys) process_.write(sequenceOf(key));
    },
    write: (text) => process_.write(text),
    resize: (toColumns, toRows) => {
      terminal.resize(toColumns, toRows);
      process_.resize(toColumns, toRows);
    },
    screen,
    output,
    terminal,
    waitFor,
    waitForText: (text) => waitFor((lines) => lines.some((line) => line.includes(text)), `“${text}”`),
    exited: () => watchUntil(() => (exit !== null && pending === 0 ? exit : undefined), 'the end'),
    pause: () => process_.pause(),
    unpause: () => process_.resume(),
    kill: (signal = 'SIGTERM') => process_.kill(signal),
    hangUp: () => (process_ as unknown as { destroy(): void }).destroy(),
    close,
    [Symbol.dispose]: close,
  };
}
