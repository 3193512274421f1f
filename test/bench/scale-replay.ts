/**
 * A recording opened and played to its end, with the state that a screen of 300x100 is drawn from, in a process of its
 * own: `scripts/node test/bench/scale-replay.ts PATH` prints a line of JSON.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createReplaySession } from '../../src/modes/replay/session.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { compileWhatComputes } from '../../src/platform/heap.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import { launcherFlags } from './bundle-worker.ts';

export interface Replayed {
  /** CPU time from the path to the first moment shown. */
  readonly openMs: number;
  /** CPU time of a second of it. */
  readonly playedMs: number;
  readonly seconds: number;
  readonly bytes: number;
  /** In the last moment. */
  readonly builds: number;
  readonly damage: number;
}

/** Null where it does not get to the end: too little memory, most likely. */
export function replayScale(path: string): Replayed | null {
  const self = fileURLToPath(import.meta.url);
  const ran = spawnSync(process.execPath, [...launcherFlags, self, path], { encoding: 'utf8' });
  if (ran.status === 0) return JSON.parse(ran.stdout);
  console.error(ran.stderr.split('\n').find((line) => /error/i.test(line)) ?? `ended by ${ran.signal}`);
  return null;
}

async function openAndPlay(path: string): Promise<Replayed> {
  // As `nixpulse replay` does.
  compileWhatComputes();
  const cpuMs = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const files = createRecordingFiles();
  const fromMs = cpuMs();
  const opened = await openRecording(files, path);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  const session = createReplaySession({
    recording: opened.value,
    clock: systemClock,
    terminal: { columns: 300, rows: 100, unicode: true, color: true },
    readOnly: true,
    canReturn: false,
    onFailure(error) {
      throw error;
    },
  });
  if (!(await session.begin('start'))) throw new Error('nothing was read');
  const openMs = cpuMs() - fromMs;
  const shown = () => session.store.getState();
  const startMs = shown().model.timeMs;
  const playFromMs = cpuMs();
  while (shown().replay?.ended === false) {
    session.order({ kind: 'sample', by: 1 });
    await session.idle();
  }
  const seconds = Math.round((shown().model.timeMs - startMs) / 1000);
  const playedMs = (cpuMs() - playFromMs) / seconds;
  const builds = shown().model.builds.length;
  session.close();
  const bytes = readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
  return { openMs, playedMs, seconds, bytes, builds, damage: opened.value.damage.length };
}

if (import.meta.main) {
  process.stdout.write(`${JSON.stringify(await openAndPlay(process.argv[2] ?? ''))}\n`);
}
