/** The programs compared, each alone in a pseudo-terminal of 120x40 that is read all the time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';
import { pause } from '../lab/wait.ts';
import { usageOf } from './usage.ts';

export interface Tool {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Stands on the screen once it is a whole frame and no banner. */
  readonly whole: RegExp;
  /** The same while the lab's builds run: a frame of ours without them is not whole. */
  readonly wholeWithBuilds: RegExp;
  /** Writes at every refresh, so that its refreshes can be counted: a starved one makes fewer than asked. */
  readonly alwaysWrites: boolean;
}

export const columns = 120;
export const rows = 40;

/** All refresh once a second; nixpulse reads pressure twice a second as it always does. */
export const tools: readonly Tool[] = [
  {
    name: 'nixpulse',
    file: fileURLToPath(new URL('../../bin/nixpulse', import.meta.url)),
    args: [],
    whole: /BUILDS \d|PRESSURE/,
    wholeWithBuilds: /firefox-130/,
    alwaysWrites: false,
  },
  {
    name: 'htop',
    file: 'htop',
    args: ['-d', '10'],
    whole: /Load average/,
    wholeWithBuilds: /Load average/,
    alwaysWrites: true,
  },
  {
    name: 'btop',
    file: 'btop',
    args: ['--utf-force'],
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

interface Chunk {
  readonly ms: number;
  readonly bytes: Buffer;
}

interface Running {
  readonly pty: IPty;
  readonly startMs: number;
  readonly chunks: Chunk[];
  ended(): boolean;
  stop(): Promise<void>;
}

function start(tool: Tool, home: string): Running {
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

export interface Steady {
  readonly cpuMs: number;
  readonly bytes: number;
  readonly anonymousBytes: number;
  readonly residentBytes: number;
}

/** Once warm, what it uses per refresh over a window. */
export async function measureSteady(
  tool: Tool,
  home: string,
  warmMs: number,
  windowMs: number,
): Promise<Steady> {
  const running = start(tool, home);
  try {
    await pause(warmMs);
    const before = usageOf(running.pty.pid);
    const firstChunk = running.chunks.length;
    const beginMs = performance.now();
    await pause(windowMs);
    const seconds = (performance.now() - beginMs) / 1000;
    const after = usageOf(running.pty.pid);
    const chunks = running.chunks.slice(firstChunk);
    const refreshes = tool.alwaysWrites ? Math.min(seconds, Math.max(1, bursts(chunks))) : seconds;
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
    if (running.ended()) throw new Error(`${tool.name} ended:\n${textOf(running.chunks)}`);
    return {
      cpuMs: (after.cpuMs - before.cpuMs) / refreshes,
      bytes: bytes / refreshes,
      anonymousBytes: after.anonymousBytes,
      residentBytes: after.residentBytes,
    };
  } finally {
    await running.stop();
  }
}

/** Refreshes as the terminal sees them: writes less than 100 ms apart are one. */
function bursts(chunks: readonly Chunk[]): number {
  return chunks.filter((chunk, i) => i === 0 || chunk.ms - (chunks[i - 1]?.ms ?? 0) > 100).length;
}

export interface FirstFrame {
  readonly firstByteMs: number;
  /** The last byte of the first whole frame: after it the terminal was silent, and the screen complete. */
  readonly wholeMs: number;
}

const silenceMs = 150;
const patienceMs = 15_000;

export async function measureFirstFrame(tool: Tool, home: string, builds: boolean): Promise<FirstFrame> {
  const whole = builds ? tool.wholeWithBuilds : tool.whole;
  const running = start(tool, home);
  const screen = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
  try {
    let fed = 0;
    for (;;) {
      const elapsed = performance.now() - running.startMs;
      if (running.ended() || elapsed > patienceMs) {
        throw new Error(`${tool.name} showed no whole frame:\n${linesOf(screen).join('\n').trimEnd()}`);
      }
      const last = running.chunks.at(-1);
      if (last !== undefined && elapsed - last.ms >= silenceMs) {
        const found = await wholeAt(whole, screen, running.chunks, fed);
        if (found !== null) return { firstByteMs: running.chunks[0]?.ms ?? 0, wholeMs: found };
        fed = running.chunks.length;
      }
      await pause(20);
    }
  } finally {
    await running.stop();
    screen.dispose();
  }
}

/** Feeds what came since; the time of the chunk that was followed by silence with a whole screen. */
async function wholeAt(whole: RegExp, screen: headless.Terminal, chunks: readonly Chunk[], from: number) {
  for (let i = from; i < chunks.length; i++) {
    const chunk = chunks[i];
    if (chunk === undefined) break;
    await new Promise<void>((done) => screen.write(chunk.bytes, done));
    const silent = (chunks[i + 1]?.ms ?? Number.POSITIVE_INFINITY) - chunk.ms >= silenceMs;
    if (silent && linesOf(screen).some((line) => whole.test(line))) return chunk.ms;
  }
  return null;
}

function linesOf(screen: headless.Terminal): string[] {
  const { active } = screen.buffer;
  return Array.from(
    { length: rows },
    (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
  );
}

function textOf(chunks: readonly Chunk[]): string {
  return Buffer.concat(chunks.map((chunk) => chunk.bytes))
    .toString('utf8')
    .slice(-2000);
}
