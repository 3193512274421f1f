/**
 * What an estimate costs, of rebuilds of several sizes: CPU time of one, and how long the first one takes, before the engine
 * has made it fast.
 *
 *   scripts/node test/bench/estimate.ts
 */
import { readFileSync } from 'node:fs';
import { estimateRebuild } from '../../src/logs/estimate.ts';
import { withNamed } from '../../src/model/rebuild/durations.ts';
import { simulatedStartMs, simulateRebuild } from '../support/simulated-rebuild.ts';

const rounds = 9;
/** The kernel counts in ticks of some milliseconds. */
const together = 20;
const limitMs = 10;

/** CPU time of this thread, ns (/proc/thread-self/schedstat). */
function cpuNs(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);
}

console.log('| builds left | CPU ms, median | first, ms |');
console.log('| --- | --- | --- |');
for (const builds of [100, 1_000, 5_000]) {
  const simulated = simulateRebuild({ seed: builds, builds, slots: 8, runs: 10 });
  const { rebuild } = simulated.stateAt(30);
  const durations = withNamed(new Map(), simulated.durations);
  const known = { derivations: simulated.derivations, durations, maxJobs: 8, hasPlan: true };
  const times: number[] = [];
  const estimate = () => {
    if (estimateRebuild({ rebuild }, known, simulatedStartMs + 30_000) === null) throw new Error('unknown');
  };
  const beforeFirst = performance.now();
  estimate();
  const first = performance.now() - beforeFirst;
  for (let round = 0; round < rounds; round++) {
    const before = cpuNs();
    for (let i = 0; i < together; i++) estimate();
    times.push((cpuNs() - before) / 1e6 / together);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  console.log(
    `| ${rebuild.planned.size + rebuild.running.size} | ${median.toFixed(2)} | ${first.toFixed(1)} |`,
  );
  if (median > limitMs) process.exitCode = 1;
}
