/**
 * What `nixpulse rescue` costs on a machine that has nothing left: time from exec to its first line beside
 * `node -e 0` (the same Node and flags, in the same kind of pseudo-terminal, taking turns), and its memory after
 * a while: `node test/bench/rescue.ts [rounds]`.
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

function startIn(file: string, args: readonly string[]) {
  const startMs = performance.now();
  const terminal = spawn(file, [...args], { cols: 80, rows: 25, env });
  return { terminal, sinceMs: () => performance.now() - startMs };
}

/** To its end, the process gone. */
function bareNode(): Promise<number> {
  const { terminal, sinceMs } = startIn(process.execPath, [...flags, '-e', '0']);
  terminal.onData(() => {});
  return new Promise((resolve) => terminal.onExit(() => resolve(sinceMs())));
}

interface Start {
  readonly firstLineMs: number;
  readonly residentBytes: number;
  readonly anonymousBytes: number;
}

async function rescue(lookAfterMs: number): Promise<Start> {
  const { terminal, sinceMs } = startIn(launcher, ['rescue']);
  let text = '';
  const firstLineMs = await new Promise<number>((resolve) => {
    terminal.onData((data) => {
      text += data;
      if (/nixpulse rescue/.test(text)) resolve(sinceMs());
    });
  });
  await pause(lookAfterMs);
  const status = readFileSync(`/proc/${terminal.pid}/status`, 'utf8');
  const bytesOf = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024;
  const usage = { residentBytes: bytesOf('VmRSS'), anonymousBytes: bytesOf('RssAnon') };
  const ended = new Promise((resolve) => terminal.onExit(resolve));
  terminal.write('q');
  await ended;
  return { firstLineMs, ...usage };
}

const bare: number[] = [];
const started: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  bare.push(await bareNode());
  started.push((await rescue(50)).firstLineMs);
}
const later = await rescue(settleMs);
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
const ratio = median(started) / median(bare);
console.log(`node -e 0: median ${median(bare).toFixed(1)} ms of ${rounds}`);
console.log(
  `rescue to its first line, its first sample in it: ${median(started).toFixed(1)} ms = ${ratio.toFixed(2)} x`,
);
console.log(
  `after ${settleMs / 1000} s: resident ${megabytes(later.residentBytes)} MB, anonymous ${megabytes(later.anonymousBytes)} MB`,
);
process.exit(0);
