/**
 * What `nixpulse rescue` costs on a machine that has nothing left: time from exec to its first line beside
 * `node -e 0` (the same Node and flags, in the same kind of pseudo-terminal, taking turns), and its memory after
 * a while: `node test/bench/rescue.ts [rounds]`. As root also in a pid namespace of its own, where there is next
 * to nothing to sample: that is the start alone.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { pause } from '../lab/wait.ts';

const [rounds = 15] = process.argv.slice(2).map(Number);
const launcher = fileURLToPath(new URL('../../bin/nixpulse', import.meta.url));
const flags = /^flags='([^']*)'/m.exec(readFileSync(launcher, 'utf8'))?.[1]?.split(' ') ?? [];
const settleMs = 8000;
const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: '/', LANG: 'C.UTF-8', TERM: 'linux' };

/** Put before a command. */
type Prefix = readonly string[];
const here: Prefix = [];
const alone: Prefix = ['unshare', '--pid', '--fork', '--mount-proc'];

function startIn(prefix: Prefix, file: string, args: readonly string[]) {
  const [first = file, ...rest] = [...prefix, file, ...args];
  const startMs = performance.now();
  const terminal = spawn(first, rest, { cols: 80, rows: 25, env });
  return { terminal, sinceMs: () => performance.now() - startMs };
}

/** To its end, the process gone. */
function bareNode(prefix: Prefix): Promise<number> {
  const { terminal, sinceMs } = startIn(prefix, process.execPath, [...flags, '-e', '0']);
  terminal.onData(() => {});
  return new Promise((resolve) => terminal.onExit(() => resolve(sinceMs())));
}

interface Start {
  /** The sign of life. */
  readonly firstLineMs: number;
  /** The first screen, with its first sample. */
  readonly firstFrameMs: number;
  readonly residentBytes: number;
  readonly anonymousBytes: number;
}

async function rescue(prefix: Prefix, lookAfterMs: number): Promise<Start> {
  const { terminal, sinceMs } = startIn(prefix, launcher, ['rescue']);
  let text = '';
  let firstLineMs = 0;
  const firstFrameMs = await new Promise<number>((resolve) => {
    terminal.onData((data) => {
      text += data;
      if (firstLineMs === 0 && /nixpulse rescue/.test(text)) firstLineMs = sinceMs();
      if (/pressure ok|critical|warning|PSI/.test(text)) resolve(sinceMs());
    });
  });
  await pause(lookAfterMs);
  const status = readFileSync(`/proc/${terminal.pid}/status`, 'utf8');
  const bytesOf = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024;
  const usage = { residentBytes: bytesOf('VmRSS'), anonymousBytes: bytesOf('RssAnon') };
  const ended = new Promise((resolve) => terminal.onExit(resolve));
  terminal.write('q');
  await ended;
  return { firstLineMs, firstFrameMs, ...usage };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

async function compare(what: string, prefix: Prefix): Promise<void> {
  const bare: number[] = [];
  const started: Start[] = [];
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await bareNode(prefix));
    started.push(await rescue(prefix, 50));
  }
  const one = median(bare);
  const told = (ms: number) => `${ms.toFixed(1)} ms = ${(ms / one).toFixed(2)} x`;
  const line = told(median(started.map(({ firstLineMs }) => firstLineMs)));
  const frame = told(median(started.map(({ firstFrameMs }) => firstFrameMs)));
  console.log(`${what}: node -e 0 ${one.toFixed(1)} ms; rescue: first line ${line}, first screen ${frame}`);
}

if (process.getuid?.() === 0) await compare('with next to nothing to sample', alone);
await compare('this machine', here);
const later = await rescue(here, settleMs);
console.log(
  `after ${settleMs / 1000} s: resident ${megabytes(later.residentBytes)} MB, anonymous ${megabytes(later.anonymousBytes)} MB`,
);
process.exit(0);
