/**
 * What `nixpulse rescue` costs on a machine that has nothing left: time from exec to its first line and to its first
 * screen beside `node -e 0` (the same Node and flags, in the same kind of pseudo-terminal, taking turns) and one
 * sample, and its memory after a while: `scripts/node test/bench/rescue.ts [rounds]`. As root also in a pid namespace of its
 * own, where there is next to nothing to sample: that is the start alone. Exits 1 where an aim is missed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { pause } from '../lab/wait.ts';

/** Of `node -e 0`, one sample left aside. */
const mostStarts = 1.3;
const mostResident = 35e6;
const self = fileURLToPath(import.meta.url);
const takesSample = process.argv[2] === 'sample';
const rounds = Number(process.argv[2] ?? 15);
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

/** The first look at everything, as the screen takes it, in a process of its own. */
function sampleMs(prefix: Prefix): number {
  const [first = '', ...rest] = [...prefix, process.execPath, ...flags, self, 'sample'];
  return Number(execFileSync(first, rest, { encoding: 'utf8' }));
}

async function takeSample(): Promise<void> {
  const { createProcSources } = await import('../../src/watch/sources.ts');
  const { createFiles } = await import('../../src/platform/files.ts');
  const { createNative } = await import('../../src/platform/native.ts');
  const { systemClock: clock } = await import('../../src/platform/clock.ts');
  const { createFakePorts } = await import('../support/fake-ports.ts');
  const ports = { ...createFakePorts({ native: createNative() }), files: createFiles({ clock }), clock };
  const { sources } = createProcSources(ports);
  const startMs = performance.now();
  for (const source of sources) source.sample();
  process.stdout.write(String(performance.now() - startMs));
  process.exit(0);
}

let missed = 0;
function judge(aim: string, reached: boolean, figure: string): void {
  if (!reached) missed += 1;
  console.log(`- ${reached ? 'reached' : '**missed**'}: ${aim}: ${figure}`);
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
  const sample = median(Array.from({ length: Math.min(rounds, 5) }, () => sampleMs(prefix)));
  const line = median(started.map(({ firstLineMs }) => firstLineMs));
  const screen = median(started.map(({ firstFrameMs }) => firstFrameMs));
  console.log(`${what}: node -e 0 ${one.toFixed(1)} ms, one sample ${sample.toFixed(1)} ms`);
  const most = mostStarts * one + sample;
  for (const [name, ms] of [
    ['first line', line],
    ['first screen', screen],
  ] as const) {
    const figure = `${ms.toFixed(1)} ms = ${(ms / one).toFixed(2)} x, of ${most.toFixed(1)} ms`;
    judge(`${name} within ${mostStarts} x node -e 0 and one sample`, ms <= most, figure);
  }
}

if (takesSample) await takeSample();
if (process.getuid?.() === 0) await compare('with next to nothing to sample', alone);
await compare('this machine', here);
const later = await rescue(here, settleMs);
judge(
  `resident under ${mostResident / 1e6} MB after ${settleMs / 1000} s`,
  later.residentBytes < mostResident,
  `${megabytes(later.residentBytes)} MB, anonymous ${megabytes(later.anonymousBytes)} MB`,
);
process.exit(missed === 0 ? 0 : 1);
