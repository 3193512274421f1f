/** The programs compared, each alone in a pseudo-terminal of 120x40 that is read all the time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import { pause } from '../lab/wait.ts';
import { launcherFlags } from './bundle-worker.ts';
import { peer } from './peers.ts';

export interface Tool {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Stands on the screen once it is a whole frame and no banner; null: its start is not measured. */
  readonly whole: RegExp | null;
  /** The same while the lab's builds run: a frame of ours without them is not whole. */
  readonly wholeWithBuilds: RegExp | null;
  /** Writes at every refresh, so that its refreshes can be counted: a starved one makes fewer than asked. */
  readonly alwaysWrites: boolean;
}

export const columns = 120;
export const rows = 40;

const nixpulse = fileURLToPath(new URL('../../bin/nixpulse', import.meta.url));
const htop = peer('htop');
const btop = peer('btop');

/** All refresh once a second; nixpulse reads pressure twice a second as it always does. */
export const tools: readonly Tool[] = [
  {
    name: 'nixpulse',
    file: nixpulse,
    args: [],
    whole: /BUILDS \d|PRESSURE/,
    wholeWithBuilds: /firefox-130/,
    alwaysWrites: false,
  },
  ...['rescue', 'record'].map((command) => ({
    name: `nixpulse ${command}`,
    file: nixpulse,
    args: [command],
    whole: null,
    wholeWithBuilds: null,
    alwaysWrites: false,
  })),
  // What is below us: a word on the terminal, and awake as often as we are.
  {
    name: 'Node alone',
    file: process.execPath,
    args: [...launcherFlags, '-e', "process.stdout.write('Node is up\\n'); setInterval(() => {}, 500)"],
    whole: /Node is up/,
    wholeWithBuilds: /Node is up/,
    alwaysWrites: false,
  },
  {
    name: 'htop',
    file: htop.file,
    args: [...htop.args, '-d', '10'],
    whole: /Load average/,
    wholeWithBuilds: /Load average/,
    alwaysWrites: true,
  },
  {
    name: 'btop',
    file: btop.file,
    args: [...btop.args, '--force-utf'],
    whole: /Program:|Command:|Pid:/,
    wholeWithBuilds: /Program:|Command:|Pid:/,
    alwaysWrites: true,
  },
];

/** Fresh settings for everyone: defaults, except that btop is told to refresh once a second too. */
export function makeHome(directory: string): void {
  mkdirSync(`${directory}/.config/btop`, { recursive: true });
  writeFileSync(`${directory}/.config/btop/btop.conf`, 'update_ms = 1000\n');
}

export interface Chunk {
  readonly ms: number;
  readonly bytes: Buffer;
}

export interface Running {
  readonly pty: IPty;
  readonly startMs: number;
  readonly chunks: Chunk[];
  ended(): boolean;
  stop(): Promise<void>;
}

/** The program in its pseudo-terminal; whatever happens to us, it is ended. */
export function start(tool: Tool, home: string): Running {
  const chunks: Chunk[] = [];
  const startMs = performance.now();
  const pty = spawn(tool.file, [...tool.args], {
    cols: columns,
    rows,
    cwd: '/',
    encoding: null,
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: home,
      XDG_STATE_HOME: `${home}/.local/state`,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
    },
  });
  let ended = false;
  pty.onData((data: unknown) => {
    chunks.push({ ms: performance.now() - startMs, bytes: data as Buffer });
  });
  pty.onExit(() => {
    ended = true;
  });
  const kill = () => {
    if (!ended) pty.kill('SIGKILL');
  };
  process.once('exit', kill);
  return {
    pty,
    startMs,
    chunks,
    ended: () => ended,
    async stop() {
      if (!ended) pty.write('q');
      for (let i = 0; i < 20 && !ended; i++) await pause(50);
      kill();
      while (!ended) await pause(10);
      process.off('exit', kill);
    },
  };
}
