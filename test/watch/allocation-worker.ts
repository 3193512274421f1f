/** What sources, derive and the recorder's encoder allocate in a second of ten builds; see work.test.ts. */
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { trackPointOf } from '../../src/model/past/track.ts';
import { createEncoder } from '../../src/record/encode.ts';
import { createScriptedMachine } from '../support/scripted-machine.ts';

const seconds = 20;
const machine = createScriptedMachine(100);
const encoder = createEncoder();
const collectedAtMs: number[] = [];
new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) collectedAtMs.push(startTime);
}).observe({ entryTypes: ['gc'] });

function look(sec: 0.5 | 1): void {
  const { sample, derived } = machine.tick(sec);
  encoder.encode(sample);
  trackPointOf(derived.model);
}

function work(second: number): void {
  for (const pid of machine.pids) {
    if (pid % 4 === 0)
      machine.put({ pid, userTicks: 60 + second, residentBytes: (9 << 20) + (second << 12) });
  }
}
const usedBytes = () => getHeapStatistics().used_heap_size;

encoder.beginChunk();
let bytes = 0;
let beginMs = 0;
for (let second = -20; second < seconds; second += 1) {
  if (second === 0) {
    (globalThis as { gc?: () => void }).gc?.();
    beginMs = performance.now();
  }
  work(second);
  const before = usedBytes();
  look(0.5);
  look(1);
  if (second >= 0) bytes += usedBytes() - before;
  await machine.settled();
}
const endMs = performance.now();
// What was collected is told a turn later.
await new Promise((resolve) => setTimeout(resolve, 10));
const collections = collectedAtMs.filter((atMs) => atMs > beginMs && atMs < endMs).length;
console.log(JSON.stringify({ collections, bytesPerSecond: Math.round(bytes / seconds) }));
