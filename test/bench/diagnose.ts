/**
 * What the rules cost at every look: ten builds of fifty processes, at work, at rest, and while memory runs out; then each
 * rule alone. CPU time of one look, median of rounds.
 *
 *   scripts/node test/bench/diagnose.ts
 */
import { readFileSync } from 'node:fs';
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import { type Findings, findAll, noFindings } from '../../src/diagnose/findings.ts';
import type { Rule } from '../../src/diagnose/rule.ts';
import { rules } from '../../src/diagnose/rules/rules.ts';
import type { Model } from '../../src/model/model.ts';
import { memoryRaw, pressureRaw, psi } from '../model/machine/machine-samples.ts';
import { builder, child, client, daemon, forest, worker } from '../support/forest-raw.ts';

const builds = 10;
const each = 50;
const looks = 240;
const rounds = 9;
/** The kernel counts in ticks of some milliseconds. */
const together = 20;
const limitMs = 1;
const buildUsers = Object.fromEntries(
  Array.from({ length: builds }, (_, i) => [30_001 + i, `nixbld${i + 1}`]),
);

interface Load {
  readonly title: string;
  readonly ticks: number;
  readonly bytesPerSec: number;
  readonly full: number;
}
const loads: readonly Load[] = [
  { title: 'at work', ticks: 90, bytesPerSec: 1e5, full: 0 },
  { title: 'at rest', ticks: 0, bytesPerSec: 0, full: 0 },
  { title: 'memory runs out', ticks: 90, bytesPerSec: 4e5, full: 60 },
];

const asleep = {
  voluntarySwitches: 9,
  nonvoluntarySwitches: 1,
  wchan: 'futex_do_wait',
  timed: null,
  callBytes: 100,
} as const;

/** CPU time of this thread, ns (/proc/thread-self/schedstat). */
function cpuNs(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);
}

/** Every Model is another one, as at every tick. */
function modelsOf({ ticks, bytesPerSec, full }: Load): readonly Model[] {
  const models: Model[] = [];
  let derived: DerivedSample | null = null;
  for (let second = 0; second < looks; second++) {
    const atMs = 1_000_000 + second * 1000;
    const processes = Array.from({ length: builds }, (_, i) => {
      const root = builder(1000 + i * 100, 200, `thing-${i}`, {
        uid: 30_001 + i,
        ...(ticks === 0 && { progress: { ...asleep, atMs } }),
      });
      const below = Array.from({ length: each - 1 }, (__, j) =>
        child(root.pid + 1 + j, root, 'cc1plus', {
          state: ticks > 0 ? 'R' : 'S',
          userTicks: second * ticks,
          // One of them takes ten times as much as the others.
          residentBytes: 5e7 + second * bytesPerSec * (i === 0 ? 10 : 1),
          ...(ticks === 0 && { progress: { ...asleep, atMs } }),
        }),
      );
      return [root, ...below];
    }).flat();
    const held = processes.reduce((sum, { residentBytes }) => sum + (residentBytes ?? 0), 0);
    const value = forest([daemon(), client(150), worker(200, 150), ...processes], {
      buildUsers,
      treeAtMs: atMs,
      residentAtMs: atMs,
      uptimeSec: 1000 + second,
    });
    const part = <T>(raw: T) => ({ ok: true, atMs, value: raw }) as const;
    derived = deriveSample(
      {
        version: 1,
        timeMs: atMs,
        monotonicMs: atMs,
        forest: part(value),
        memory: part(memoryRaw({ totalBytes: 120e9, availableBytes: Math.max(1e9, 117e9 - held) })),
        pressure: part(
          pressureRaw({ memory: psi(second * full * 10_000, full, second * full * 8000, full) }),
        ),
      },
      derived,
    );
    models.push(derived.model);
  }
  return models;
}

function medianMs(models: readonly Model[], some: readonly Rule[]): number {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let found: Findings;
    const before = cpuNs();
    for (let i = 0; i < together; i++) {
      found = noFindings;
      for (const model of models) found = findAll(model, found, { rules: some });
    }
    times.push((cpuNs() - before) / 1e6 / models.length / together);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}

console.log(`| ${builds} builds of ${each} processes | CPU ms a look, median | findings at last |`);
console.log('| --- | --- | --- |');
const made = loads.map((load) => ({ load, models: modelsOf(load) }));
for (const { load, models } of made) {
  const median = medianMs(models, rules);
  console.log(`| ${load.title} | ${median.toFixed(3)} | ${models.at(-1)?.findings.length} |`);
  if (median > limitMs) process.exitCode = 1;
}
console.log(`\n| rule | ${made.map(({ load }) => load.title).join(' | ')} |`);
console.log(`| --- |${' --- |'.repeat(made.length)}`);
for (const rule of rules) {
  const cells = made.map(({ models }) => medianMs(models, [rule]).toFixed(4));
  console.log(`| ${rule.id} | ${cells.join(' | ')} |`);
}
