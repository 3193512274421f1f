/**
 * What recording costs: the dashboard with and without it, in turns, while ten builds of about twenty processes
 * each run. `node test/bench/recorder.ts [ROUNDS [SECONDS]]` prints it.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/platform/clock.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { buildsWithNonce } from '../lab/truth.ts';
import { takeTurn } from '../lab/turn.ts';
import { until } from '../lab/wait.ts';
import { readWhole } from '../record/segments.ts';
import { bringUpLab, startBuild, stopAllBuilds } from '../support/lab.ts';
import { measureSteady, type Steady } from './steady.ts';
import { makeHome, type Tool, tools } from './tools.ts';

export interface RecorderCost {
  readonly off: Steady;
  readonly on: Steady;
  /** Of the recording, whole segments with their indexes. */
  readonly bytesPerHour: number;
  readonly samples: number;
  /** Samples that the disk did not take. */
  readonly dropped: number;
  /** Most processes of Nix in one sample. */
  readonly processes: number;
}

/** One round; the builds run already. */
export async function measureRecorder(home: string, windowMs: number): Promise<RecorderCost> {
  const [nixpulse] = tools;
  if (nixpulse === undefined) throw new Error('no nixpulse to measure');
  const directory = join(home, `recordings-${Date.now()}`);
  const withArgs = (...args: string[]): Tool => ({ ...nixpulse, args });
  const off = await measureSteady(withArgs('--no-record'), home, 5000, windowMs);
  const on = await measureSteady(withArgs('--dir', directory), home, 5000, windowMs);
  const bytes = readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  const { samples, events } = await readWhole(createRecordingFiles({ clock: systemClock }), directory);
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was recorded');
  return {
    off,
    on,
    bytesPerHour: (bytes / (last.timeMs - first.timeMs)) * 3_600_000,
    samples: samples.length,
    dropped: events.reduce((sum, event) => sum + (event.kind === 'gap' ? event.samples : 0), 0),
    processes: Math.max(...samples.map(({ forest }) => (forest?.ok ? forest.value.processes.length : 0))),
  };
}

async function main(rounds: number, seconds: number): Promise<void> {
  const lab = bringUpLab();
  if (lab.missing !== null) throw new Error(`no lab: ${lab.missing}`);
  const home = mkdtempSync(join(tmpdir(), 'nixpulse-bench-'));
  makeHome(home);
  const endTurn = await takeTurn();
  try {
    const client = startBuild(lab, 'rebuild', { secs: '3600' }, { jobs: 10 });
    await until('ten builds', () => buildsWithNonce(client.nonce).length === 10, {
      deadlineMs: 180_000,
      detail: client.output,
    });
    for (let round = 0; round < rounds; round++) {
      const { off, on, ...recorded } = await measureRecorder(home, seconds * 1000);
      const cpu = (steady: Steady) => `${(steady.cpuMs / 10).toFixed(2)} %`;
      const memory = (steady: Steady) => `${(steady.residentBytes / 2 ** 20).toFixed(1)} MiB`;
      console.log(`CPU of a core: ${cpu(off)} without, ${cpu(on)} with recording`);
      console.log(`resident: ${memory(off)} without, ${memory(on)} with recording`);
      console.log(`${(recorded.bytesPerHour / 1e6).toFixed(2)} MB an hour, ${JSON.stringify(recorded)}`);
    }
  } finally {
    await stopAllBuilds();
    endTurn();
    rmSync(home, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const [rounds = 1, seconds = 60] = process.argv.slice(2).map(Number);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(130));
  await main(rounds, seconds);
}
