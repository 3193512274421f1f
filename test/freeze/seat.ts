/** A program in a pseudo-terminal whose screen is read outside of the freeze, with the time of every byte. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';
import { pause } from '../lab/wait.ts';
import { screenOf } from '../support/fake-terminal.ts';

export interface Seat {
  readonly pid: number;
  screen(): string[];
  /** Gives the time at which the bytes were written to the terminal. */
  press(keys: string): number;
  /** When the screen fulfilled it (the arrival of the bytes that did it); null when `patienceMs` passed. */
  shows(predicate: (screen: string[]) => boolean, patienceMs: number): Promise<number | null>;
  /** Whether these words stand on the screen with a background of their own. */
  highlights(text: string): boolean;
  /** When frames began since `sinceMs`: writes that follow a silence. */
  framesSince(sinceMs: number): number[];
  majorFaults(): number;
  /** A field of /proc/<pid>/status in bytes; null when it is gone. */
  memory(field: string): number | null;
  ended(): boolean;
  leave(): Promise<void>;
}

export const columns = 120;
export const rows = 40;
/** Bytes that come closer together are one frame. */
const silenceMs = 30;
const patienceAtEndMs = 1000;

export interface SeatOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly home: string;
  readonly libraries: string;
  /** A file that takes a pid: the program is in this cgroup before its first instruction. */
  readonly enter: string;
}

const enterScript = 'echo $$ >"$ENTER" || exit 9; unset ENTER; exec "$@"';

export function openSeat({ file, args, home, libraries, enter }: SeatOptions): Seat {
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
  const pty = spawn('/bin/sh', ['-c', enterScript, 'sh', file, ...args], {
    cols: columns,
    rows,
    cwd: '/',
    encoding: null,
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: home,
      // Root's recordings would lie in /var/lib, on a disk that answers, and among the machine's own.
      XDG_STATE_HOME: join(home, '.local/state'),
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      NO_COLOR: '1',
      LD_LIBRARY_PATH: libraries,
      ENTER: enter,
    },
  });
  const frames: number[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  let ended = false;
  const looking = new Set<(atMs: number) => void>();
  pty.onData((data: unknown) => {
    const atMs = performance.now();
    if (atMs - lastMs >= silenceMs) frames.push(atMs);
    lastMs = atMs;
    terminal.write(data as Buffer, () => {
      for (const look of looking) look(atMs);
    });
  });
  pty.onExit(() => {
    ended = true;
  });
  const kill = () => {
    if (!ended) pty.kill('SIGKILL');
  };
  process.once('exit', kill);
  const field = (name: string, text: string) => new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1];

  return {
    pid: pty.pid,
    screen: () => screenOf(terminal),
    press(keys) {
      const atMs = performance.now();
      pty.write(keys);
      return atMs;
    },
    shows(predicate, patienceMs) {
      return new Promise((resolve) => {
        const done = (atMs: number | null) => {
          looking.delete(look);
          clearTimeout(late);
          resolve(atMs);
        };
        const look = (atMs: number) => {
          if (predicate(screenOf(terminal))) done(atMs);
        };
        const late = setTimeout(() => done(null), patienceMs);
        looking.add(look);
        look(performance.now());
      });
    },
    highlights(text) {
      const row = screenOf(terminal).findIndex((line) => line.includes(text));
      const { active } = terminal.buffer;
      const line = row < 0 ? undefined : active.getLine(active.baseY + row);
      const at = line?.translateToString().indexOf(text) ?? -1;
      const cell = line?.getCell(at);
      return cell !== undefined && (cell.isInverse() !== 0 || !cell.isBgDefault());
    },
    framesSince: (sinceMs) => frames.filter((atMs) => atMs >= sinceMs),
    majorFaults: () => Number(fieldsOfStat(pty.pid)[9] ?? Number.NaN),
    memory(name) {
      const kilobytes = field(name, read(`/proc/${pty.pid}/status`));
      return kilobytes === undefined ? null : Number(kilobytes) * 1024;
    },
    ended: () => ended,
    async leave() {
      if (!ended) pty.write('q');
      for (const until = performance.now() + patienceAtEndMs; performance.now() < until && !ended; )
        await pause(20);
      kill();
      for (const until = performance.now() + 10_000; performance.now() < until && !ended; ) await pause(20);
      process.off('exit', kill);
      terminal.dispose();
    },
  };
}

/** From the state on, which is field 3. */
function fieldsOfStat(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
