import { describe, expect, test } from 'vitest';
import { formatStatus } from '../../../src/format/status.ts';
import { heaviestBuild, heaviestFirst } from '../../../src/model/intents/heaviest-build.ts';
import type { Build, Shortage } from '../../../src/model/model.ts';
import { activating, buildOf, busy as busyMachine, remote } from '../../support/model-fixture.ts';

const GiB = 1024 ** 3;
const none = { residentBytes: 0, cpuPercent: 0, readBytesPerSec: 0, writeBytesPerSec: 0 };
const big = buildOf({ ...none, pid: 1, name: 'big', residentBytes: 8 * GiB });
const leaking = buildOf({
  ...none,
  pid: 2,
  name: 'leaking',
  residentBytes: 4 * GiB,
  residentGrowthBytesPerMin: 3 * GiB,
});
const writing = buildOf({ ...none, pid: 3, name: 'writing', writeBytesPerSec: 300 * 1024 ** 2 });
const blocked = buildOf({ ...none, pid: 4, name: 'blocked', states: { R: 0, S: 0, D: 9, Z: 0, T: 0 } });
const busy = buildOf({ ...none, pid: 5, name: 'busy', cpuPercent: 1600 });
const all = [big, leaking, writing, blocked, busy];
const short = (resource: Shortage['resource'], level: Shortage['level'] = 'critical'): Shortage => ({
  resource,
  level,
  cause: { kind: 'pressure', resource: 'memory', line: 'full', percent: 63 },
  sinceMs: 0,
  levelSinceMs: 0,
});
const name = (builds: readonly Build[], ...shortages: readonly Shortage[]) =>
  heaviestBuild({ clients: [], builds, shortages })?.build.name;

describe('what is short decides', () => {
  test.each<[string, readonly Shortage[], string]>([
    ['memory: what it holds and will hold soon', [short('memory')], 'leaking'],
    ['io: bytes and waiting processes', [short('io')], 'blocked'],
    ['memory before io, which it makes look bad', [short('memory'), short('io')], 'leaking'],
    ['io critical before memory warning', [short('io'), short('memory', 'warning')], 'blocked'],
    ['cpu', [short('cpu')], 'busy'],
    ['cpu that is merely used up is no trouble', [short('cpu', 'warning')], 'leaking'],
    ['nothing: memory, which freezes machines', [], 'leaking'],
    ['space is no matter of builds', [short('space')], 'leaking'],
  ])('%s', (_, shortages, expected) => {
    expect(name(all, ...shortages)).toBe(expected);
  });

  test('the order of the list does not matter, the first of equals stays', () => {
    expect(name(all.toReversed(), short('memory'))).toBe('leaking');
    expect(name([big, { ...big, pid: 9, name: 'twin' }], short('memory'))).toBe('big');
  });

  test('shrinking memory is not held against a build', () => {
    const shrinking = { ...big, residentGrowthBytesPerMin: -100 * GiB };
    expect(name([shrinking, writing], short('memory'))).toBe('big');
  });
});

test.each<[string, readonly Shortage[]]>([
  ['memory', [short('memory')]],
  ['io', [short('io')]],
  ['io beside cpu', [short('cpu'), short('io', 'warning')]],
  ['cpu', [short('cpu')]],
  ['nothing', []],
])('%s short: K, the status line and the first row in rescue name the same build', (_, shortages) => {
  const model = { ...busyMachine, builds: all, shortages };
  const killed = heaviestBuild(model)?.build.name;
  expect(heaviestFirst(model)[0]?.name).toBe(killed);
  expect(formatStatus(model)).toContain(` · ${killed} `);
});

test('the reason says what is short and what it takes', () => {
  const reason = (...shortages: readonly Shortage[]) =>
    heaviestBuild({ clients: [], builds: all, shortages })?.reason;
  expect(reason(short('memory'))).toMatchObject({
    by: 'memory',
    shortage: { resource: 'memory', level: 'critical', cause: { percent: 63 } },
    grows: true,
  });
  expect(reason(short('io'))).toMatchObject({ by: 'io', shortage: { resource: 'io' } });
  expect(reason(short('cpu'))).toMatchObject({ by: 'cpu', cpuPercent: 1600 });
  expect(reason()).toMatchObject({ by: 'memory', shortage: null });
  expect(heaviestBuild({ clients: [], builds: [big], shortages: [] })?.reason).toMatchObject({
    by: 'memory',
    grows: false,
  });
});

test('where nobody may see who takes it, memory decides', () => {
  const blind = all.map((build) => ({
    ...build,
    readBytesPerSec: null,
    writeBytesPerSec: null,
    states: { R: 1, S: 0, D: 0, Z: 0, T: 0 },
  }));
  const found = heaviestBuild({ clients: [], builds: blind, shortages: [short('io')] });
  expect(found).toMatchObject({ build: { name: 'leaking' }, reason: { by: 'memory', shortage: null } });
});

test('nobody here: no build, only remote ones, nothing known', () => {
  expect(heaviestBuild({ clients: [], builds: [], shortages: [short('memory')] })).toBeNull();
  expect(heaviestBuild({ clients: [], builds: [remote], shortages: [short('memory')] })).toBeNull();
  const unknown = { ...big, residentBytes: null, cpuPercent: null };
  expect(heaviestBuild({ clients: [], builds: [unknown], shortages: [] })).toBeNull();
});

test('what an activation builds is left alone', () => {
  const own = { ...big, clientPid: activating.pid };
  const others = { ...leaking, clientPid: 5 };
  expect(heaviestBuild({ builds: [own, others], clients: [activating], shortages: [] })?.build).toBe(others);
  expect(heaviestBuild({ builds: [own], clients: [activating], shortages: [] })).toBeNull();
});
