/**
 * What each source and derive cost per tick in one process, on the machine as it is:
 * `scripts/node test/bench/sources.ts [ticks] [processes]`. No part of the comparison with other programs.
 */
import { type Derived, derive } from '../../src/model/derive.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createForestSources } from '../../src/samplers/build-tree.ts';
import { createIostatSource } from '../../src/samplers/iostat.ts';
import { createPressureSource } from '../../src/samplers/pressure.ts';
import { pause } from '../lab/wait.ts';
import { realPorts } from '../lab/watch.ts';
import { processCount, startSleepers } from './sleepers.ts';

const [ticks = 200, processes = 0] = process.argv.slice(2).map(Number);
const gapMs = 20;

const ports = realPorts();
const sleepers = processes > 0 ? await startSleepers(processes) : null;
const { buildTree, residentMemory } = createForestSources(ports);
const sources = [createPressureSource(ports), createIostatSource(ports), buildTree, residentMemory];
const times = new Map<string, number[]>();

function timed<T>(name: string, call: () => T): T {
  const start = performance.now();
  const value = call();
  const list = times.get(name) ?? [];
  list.push(performance.now() - start);
  times.set(name, list);
  return value;
}

let before: Derived | null = null;
for (let tick = 0; tick < ticks; tick++) {
  const { clock } = ports;
  const parts = sources.map((source) => timed(source.id, () => source.sample()));
  const sample: Sample = Object.assign(
    { version: 1 as const, timeMs: clock.now(), monotonicMs: clock.monotonic() },
    ...parts,
  );
  before = timed('derive', () => derive(sample, before));
  await pause(gapMs);
}
for (const source of sources) source.close();

console.log(
  `${processCount()} processes, ${before?.model.builds.length ?? 0} builds, ${ticks} ticks; µs per tick`,
);
console.log('| part | first | median | p95 | longest |\n| --- | ---: | ---: | ---: | ---: |');
for (const [name, list] of times) {
  const [first = 0, ...later] = list;
  later.sort((a, b) => a - b);
  const at = (share: number) => later[Math.min(later.length - 1, Math.floor(later.length * share))] ?? 0;
  const cells = [first, at(0.5), at(0.95), at(1)].map((ms) => Math.round(ms * 1000).toLocaleString('en'));
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}
await sleepers?.stop();
process.exit(0);
