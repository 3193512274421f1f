/**
 * What a look at the machine costs, counted and not timed, so that it holds on any machine: files opened and read, and
 * bytes allocated by the flags that we start with. Each bound is less than twice what it was when it was written.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ProcessRaw } from '../../src/model/sample.ts';
import { buildCount, createScriptedMachine, type ScriptedMachine } from '../support/scripted-machine.ts';

/** Everything is asked for and known, and nobody is new any more. */
async function warm(machine: ScriptedMachine): Promise<void> {
  for (let round = 0; round < 16; round += 1) {
    const { derived } = machine.tick(1);
    await machine.settled();
    if (round > 1) expect(derived.model.builds).toHaveLength(buildCount);
  }
  machine.files.forget();
}

/** The kernel's files of the machine itself. */
const ofMachine = 14;

test('nobody works: a read for each process, a quarter of the rest, nothing opened', async () => {
  const machine = createScriptedMachine(500);
  await warm(machine);
  const { length } = machine.pids;
  for (let round = 0; round < 4; round += 1) machine.tick(1);
  const { opened, reads, listed, slow } = machine.files.counts;
  expect([...opened, ...listed]).toEqual([]);
  // Locks and cgroups every few seconds.
  expect(slow).toBeLessThanOrEqual(20);
  expect(reads).toBeLessThanOrEqual(4 * (length + ofMachine) + 2 * length);
});

test('40 of 173 work: three reads for each of them, and as many bytes as these have', async () => {
  const machine = createScriptedMachine(500);
  await warm(machine);
  const { length } = machine.pids;
  const busy = machine.pids.filter((pid) => pid >= 1000 && pid % 4 === 0);
  for (const pid of busy) machine.put({ pid, userTicks: 60, residentBytes: 9 << 20 });
  machine.tick(1);
  const { opened, reads, bytes } = machine.files.counts;
  expect(opened).toEqual([]);
  expect(reads).toBeLessThanOrEqual(length + ofMachine + 2 * busy.length + length / 2 + 10);
  expect(bytes).toBeLessThanOrEqual(400 * length);
});

test('half a second later only pressure and the CPU counters are read', async () => {
  const machine = createScriptedMachine(500);
  await warm(machine);
  machine.tick(0.5);
  const { opened, listed, reads } = machine.files.counts;
  expect([...opened, ...listed]).toEqual([]);
  expect(reads).toBeLessThanOrEqual(7);
});

test('a process that begins among 5,000: /proc is not listed, and each of its files opened once', async () => {
  const machine = createScriptedMachine(5000);
  await warm(machine);
  // Now and then it is.
  machine.handOut(machine.newest + 1);
  machine.tick(1);
  expect(machine.files.counts.listed).toEqual(['/proc']);
  machine.files.forget();
  const pid = machine.newest + 3;
  machine.put({ pid, ppid: 1000, pgrp: 1000, session: 1000, uid: 30_001, comm: 'cc1plus' });
  machine.handOut(pid);
  machine.tick(1);
  machine.tick(1);
  const { opened, listed } = machine.files.counts;
  expect(listed).toEqual([]);
  const files = ['stat', 'status', 'statm', 'io'].map((name) => `/proc/${pid}/${name}`);
  // Of numbers that are nobody's, twice.
  const others = [1, 1, 2, 2].map((back) => `/proc/${pid - back}/stat`);
  expect(opened.toSorted()).toEqual([...files, ...others].toSorted());
  await machine.settled();
  const { sample } = machine.tick(1);
  expect(processOf(sample, pid)).toMatchObject({ comm: 'cc1plus', uid: 30_001 });
});

function processOf(
  sample: ReturnType<ScriptedMachine['tick']>['sample'],
  pid: number,
): ProcessRaw | undefined {
  return sample.forest?.ok ? sample.forest.value.processes.find((process) => process.pid === pid) : undefined;
}

test('what did not change is the same object, in the Sample and in the Model', async () => {
  const machine = createScriptedMachine(10);
  await warm(machine);
  const before = machine.tick(1);
  machine.put({ pid: 1004, userTicks: 60 });
  const now = machine.tick(1);
  const changed = machine.pids.filter((pid) => processOf(before.sample, pid) !== processOf(now.sample, pid));
  expect(changed).toEqual([1004]);
  const slices = [
    'daemon',
    'otherDaemons',
    'workers',
    'transfers',
    'cgroups',
    'memory',
    'disks',
    'host',
  ] as const;
  const differing = slices.filter((slice) => now.derived.model[slice] !== before.derived.model[slice]);
  // The uptime of the machine is in `host`.
  expect(differing).toEqual(['host']);
  const half = machine.tick(0.5);
  for (const slice of [...slices, 'builds', 'clients', 'totals', 'events', 'problems'] as const) {
    if (slice !== 'host') expect(half.derived.model[slice], slice).toBe(now.derived.model[slice]);
  }
});

test('bytes allocated by a second of ten builds', () => {
  const launcher = readFileSync(new URL('../../bin/nixpulse', import.meta.url), 'utf8');
  const flags = /^flags='(.*)'$/m.exec(launcher)?.[1]?.split(' ') ?? [];
  // Room enough that nothing is collected meanwhile: what is used then is what was allocated.
  const room = ['--min-semi-space-size=64', '--max-semi-space-size=64'];
  const others = flags.filter((flag) => !flag.startsWith('--max-semi-space-size'));
  const worker = fileURLToPath(new URL('allocation-worker.ts', import.meta.url));
  const output = execFileSync(process.execPath, [...others, ...room, worker], { encoding: 'utf8' });
  const { collections, bytesPerSecond } = JSON.parse(output) as Record<string, number>;
  expect(collections).toBe(0);
  expect(bytesPerSecond).toBeGreaterThan(0);
  expect(bytesPerSecond).toBeLessThanOrEqual(1_600_000);
});
