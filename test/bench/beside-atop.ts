/** `nixpulse record` and `atop -w` at the same time on the same machine, once a second each. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from '../lab/wait.ts';
import { peer } from './peers.ts';
import { usageOf } from './usage.ts';

export interface RecorderRow {
  readonly name: string;
  readonly bytesPerHour: number;
  /** Of one core, with all that it reads. */
  readonly cpuPercent: number;
  readonly anonymousBytes: number;
}

interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly bytes: () => number;
}

const nixpulse = fileURLToPath(new URL('../../bin/nixpulse', import.meta.url));

/** Long enough for both to be warm, and for atop's first record, which holds all since boot. */
const warmMs = 10_000;

export async function measureBesideAtop(directory: string, windowMs: number): Promise<RecorderRow[]> {
  const recordings = join(directory, 'recordings');
  const raw = join(directory, 'atop.raw');
  const atop = peer('atop');
  const running = [
    begin('nixpulse record', nixpulse, ['record', '--dir', recordings], () => sizeOf(recordings)),
    begin('atop -w', atop.file, [...atop.args, '-w', raw, '1'], () => sizeOf(raw)),
  ];
  try {
    await pause(warmMs);
    const before = running.map(({ child, bytes }) => ({ usage: usageOf(child.pid ?? 0), bytes: bytes() }));
    const beginMs = performance.now();
    await pause(windowMs);
    const hours = (performance.now() - beginMs) / 3_600_000;
    return running.map(({ name, child, bytes }, i) => {
      if (child.exitCode !== null) throw new Error(`${name} ended`);
      const usage = usageOf(child.pid ?? 0);
      const first = before[i];
      const cpuMs = usage.cpuMs - (first?.usage.cpuMs ?? 0);
      return {
        name,
        bytesPerHour: (bytes() - (first?.bytes ?? 0)) / hours,
        cpuPercent: cpuMs / (hours * 36_000),
        anonymousBytes: usage.anonymousBytes,
      };
    });
  } finally {
    for (const { child } of running) child.kill('SIGTERM');
    await Promise.all(
      running.map(({ child }) => child.exitCode ?? new Promise((end) => child.once('exit', end))),
    );
  }
}

function begin(name: string, file: string, args: readonly string[], bytes: () => number): Running {
  const child = spawn(file, args, { cwd: '/', stdio: 'ignore' });
  child.once('error', () => {});
  process.once('exit', () => child.kill('SIGKILL'));
  return { name, child, bytes };
}

function sizeOf(path: string): number {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
}
