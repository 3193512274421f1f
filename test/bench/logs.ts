/**
 * The log engine on a large log: bytes to events to state, one tick a piece of 64 kB, as a pipe gives them.
 *
 *   scripts/node --expose-gc test/bench/logs.ts
 */
import { readFileSync } from 'node:fs';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import { totalsOf } from '../../src/logs/totals.ts';
import { newLogReader, readLog } from '../../src/parse/read-log.ts';
import { type LargeLog, largeLog, millionLines, times } from '../support/large-log.ts';

const rounds = 3;
const limitMs = 10_000;

interface Measured {
  readonly lines: number;
  readonly bytes: number;
  readonly cpuMs: number;
  readonly slowestTickMs: number;
  /** What the state adds to the heap once garbage is gone. */
  readonly stateBytes: number;
}

/** CPU time of this thread, ns (/proc/thread-self/schedstat). */
function cpuNs(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);
}

function measure(log: LargeLog): Measured {
  // Made before, so that making it is not measured.
  const pieces = [...largeLog(log)];
  let lines = 0;
  for (const piece of pieces) for (const byte of piece) if (byte === 10) lines += 1;
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  let reader = newLogReader;
  let state = newLogState('one');
  let [timeMs, slowestTickMs] = [0, 0];
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const cpuBefore = cpuNs();
  for (const piece of pieces) {
    const tickMs = performance.now();
    const read = readLog(reader, piece);
    reader = read.reader;
    timeMs += 100;
    state = foldLog(state, read.events, timeMs);
    slowestTickMs = Math.max(slowestTickMs, performance.now() - tickMs);
  }
  const cpuMs = (cpuNs() - cpuBefore) / 1e6;
  globalThis.gc?.();
  const stateBytes = process.memoryUsage().heapUsed - heapBefore;
  const [rebuild] = state.rebuilds;
  const totals = rebuild === undefined ? null : totalsOf(rebuild);
  if (totals?.fetchedPaths !== log.fetches || totals.done !== log.builds)
    throw new Error(`the state is wrong: ${JSON.stringify(totals)}`);
  return { lines, bytes, cpuMs, slowestTickMs, stateBytes };
}

const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
let failed = false;
measure({ ...millionLines, progress: 10 });
console.log('| log | lines | MB | CPU ms | slowest tick, ms | state, MB |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const [name, log] of [
  ['a million lines', millionLines],
  ['twice as long', times(millionLines, 2)],
] as const) {
  const all = Array.from({ length: rounds }, () => measure(log)).sort((a, b) => a.cpuMs - b.cpuMs);
  const { lines, bytes, cpuMs, slowestTickMs, stateBytes } = all[Math.floor(rounds / 2)] as Measured;
  console.log(
    `| ${name} | ${lines} | ${mb(bytes)} | ${cpuMs.toFixed(0)} | ${slowestTickMs.toFixed(1)} | ${mb(stateBytes)} |`,
  );
  if (log === millionLines && cpuMs > limitMs) failed = true;
}
if (failed) {
  console.log(`a million lines took more than ${limitMs} ms`);
  process.exitCode = 1;
}
