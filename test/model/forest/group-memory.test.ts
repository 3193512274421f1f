import { expect, test } from 'vitest';
import { groupMemory } from '../../../src/model/forest/group-memory.ts';
import type { CgroupRaw } from '../../../src/model/sample.ts';
import { process } from '../../support/forest-raw.ts';

const MiB = 1024 ** 2;
const own = (currentBytes: number | null) => ({ currentBytes }) as CgroupRaw;
const twins = [508, 491].map((size, index) => process({ pid: 7 + index, residentBytes: size * MiB }));

test('is the sum of VmRSS, as long as nothing speaks against it', () => {
  expect(groupMemory(twins, null)).toEqual({ bytes: 999 * MiB, by: 'rss' });
  expect(groupMemory(twins, own(1000 * MiB))).toEqual({ bytes: 999 * MiB, by: 'rss' });
  // Libraries are charged to whoever read them first.
  expect(groupMemory(twins, own(950 * MiB)).by).toBe('rss');
  expect(groupMemory(twins, own(null)).by).toBe('rss');
  expect(groupMemory([process({ pid: 7, residentBytes: null })], null).bytes).toBeNull();
});

test('is what its cgroup is charged, where that is less', () => {
  expect(groupMemory(twins, own(520 * MiB))).toEqual({ bytes: 520 * MiB, by: 'cgroup' });
});

test('is the sum of Pss where that was read; no process holds more than its VmRSS', () => {
  const [parent, copy] = twins as [(typeof twins)[0], (typeof twins)[0]];
  const shared = [
    { ...parent, proportionalBytes: 260 * MiB },
    { ...copy, proportionalBytes: 245 * MiB },
  ];
  expect(groupMemory(shared, null)).toEqual({ bytes: 505 * MiB, by: 'pss' });
  expect(groupMemory([...shared, process({ pid: 9, residentBytes: MiB })], null).bytes).toBe(506 * MiB);
  expect(groupMemory([{ ...parent, residentBytes: 9, proportionalBytes: 10 }], null).bytes).toBe(9);
});

test('counts a fork that has hardly run with its parent', () => {
  const fork = process({
    pid: 8,
    ppid: 7,
    comm: 'bash',
    residentBytes: 490 * MiB,
    userTicks: 3,
    systemTicks: 2,
  });
  const bash = process({ pid: 7, comm: 'bash', residentBytes: 500 * MiB, userTicks: 900 });
  expect(groupMemory([bash, fork], null)).toEqual({ bytes: 500 * MiB, by: 'rss' });
  expect(groupMemory([{ ...bash, proportionalBytes: 250 * MiB }, fork], null).bytes).toBe(250 * MiB);
  // One that has run, that holds more, that is another program, that was measured, or that is small.
  for (const other of [
    { ...fork, userTicks: 30 },
    { ...fork, residentBytes: 510 * MiB },
    { ...fork, comm: 'ld' },
    { ...fork, ppid: 1 },
    { ...fork, residentBytes: 10 * MiB },
  ]) {
    expect(groupMemory([bash, other], null).bytes).toBe(500 * MiB + (other.residentBytes ?? 0));
  }
  expect(groupMemory([bash, { ...fork, proportionalBytes: 245 * MiB }], null).bytes).toBe(745 * MiB);
});
