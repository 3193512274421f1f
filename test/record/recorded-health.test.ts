/** Health and notices of recordings made to hurt: what is none is dropped, all the rest stays. */
import { describe, expect, test } from 'vitest';
import type { HealthRaw } from '../../src/model/diagnosis/health.ts';
import type { Notice, NoticeData } from '../../src/model/diagnosis/notice.ts';
import type { Sample } from '../../src/model/sample.ts';
import { deriveRecorded } from '../../src/record/derive-recorded.ts';
import { readHealth, readNotices } from '../../src/record/read-health.ts';
import { createRandom } from './random.ts';
import { sampleAt } from './small-recording.ts';

const health: HealthRaw = {
  kernel: {
    panicOnOom: 0,
    overcommitMemory: 1,
    hungTasks: 2,
    pidMax: 3,
    threadsMax: 4,
    threads: 7,
    filesOpen: 5,
    filesMax: 6,
    kvm: true,
  },
  devices: [
    {
      device: 'sda',
      kind: 'scsi',
      state: 'running',
      suspended: null,
      layer: null,
      ioErrors: 1,
      ioTimeouts: 0,
      degraded: null,
      syncAction: null,
    },
  ],
  filesystems: [
    {
      type: 'btrfs',
      name: 'a-b',
      mountPoint: '/',
      readOnly: false,
      errors: 3,
      lastErrorMs: 7,
      state: null,
      operation: 'none',
      btrfs: { unallocatedBytes: 1, data: { totalBytes: 2, usedBytes: 1 }, metadata: null, reserveBytes: 5 },
    },
  ],
  memoryErrors: { corrected: 1, uncorrected: 0 },
  daemon: {
    pid: 9,
    oomScoreAdj: -900,
    openFilesMax: 1024,
    openFiles: null,
    processesMax: null,
    tasksMax: 4096,
    tasks: 3,
  },
};

const victim = { pid: 7, comm: 'ld', uid: 30_001, residentBytes: 5, cgroup: '/a' };
const said: readonly NoticeData[] = [
  { kind: 'oom-kill', limited: null, ...victim },
  { kind: 'guard-kill', by: 'earlyoom', ...victim },
  { kind: 'guard-signal', by: 'nohang', ...victim },
  {
    kind: 'guard-kill',
    by: 'systemd-oomd',
    ...victim,
    considered: [{ cgroup: '/b', currentBytes: 5, pressure10: 80.5 }],
  },
  { kind: 'own-kill', what: 'build', pid: 7, startTime: 70, uid: null, build: 'a-1.0', command: null },
  { kind: 'unit-oom', unit: 'a.service' },
  { kind: 'unit-failed', unit: 'a.service', result: 'oom-kill' },
  { kind: 'hung-task', pid: 8, comm: 'x', sec: 120 },
  { kind: 'block-error', device: 'sda', what: 'I/O' },
  { kind: 'device', device: 'nvme0', what: 'reset' },
  { kind: 'filesystem', type: 'ext4', device: 'dm-0', what: 'read-only' },
];
const notices: readonly Notice[] = said.map((data, i) => ({
  ...data,
  timeMs: sampleAt(2).timeMs - i,
  from: data.kind === 'own-kill' ? 'nixpulse' : 'kernel',
  text: 'x',
}));

test('what was written is read as it was, of every kind', () => {
  expect(readHealth(JSON.parse(JSON.stringify(health)))).toEqual(health);
  expect(readNotices(JSON.parse(JSON.stringify(notices)))).toEqual(notices);
});

describe('left out', () => {
  test('rows and notices of which one field is none, or of kinds that are not known', () => {
    const [sda] = health.devices;
    const devices = [
      { ...sda, kind: 'tape' },
      { ...sda, ioErrors: 'many' },
      null,
      sda,
      { ...sda, state: {} },
    ];
    expect(readHealth({ ...health, devices })?.devices).toEqual([sda]);
    const [kill] = notices;
    const others = [
      { ...kill, kind: 'earthquake' },
      { ...kill, pid: [] },
      { ...kill, text: 'x'.repeat(5000) },
      7,
      kill,
    ];
    expect(readNotices(others)).toEqual([kill]);
    expect(readNotices(Array.from({ length: 100_000 }, () => kill))).toHaveLength(100);
  });
  test('settings that an older version did not read are unknown', () => {
    expect(readHealth({ ...health, kernel: { pidMax: 3, hungTasks: 'x' } })?.kernel).toEqual({
      ...{ panicOnOom: null, overcommitMemory: null, hungTasks: null },
      ...{ pidMax: 3, threadsMax: null, threads: null, filesOpen: null, filesMax: null },
    });
  });
});

const withParts = (parts: object) => ({ ...sampleAt(2), ...parts }) as unknown as Sample;
const reading = (value: unknown) => ({ ok: true, atMs: 1, value });

test('a failed part says why it failed', () => {
  const problem = { kind: 'unsupported', where: 'health' };
  const { model } = deriveRecorded(withParts({ health: { ok: false, atMs: 1, problem } }), null);
  expect(model.problems).toContainEqual(problem);
});

test('whatever stands there costs the Sample nothing but it', () => {
  const random = createRandom(5);
  const expected = deriveRecorded(sampleAt(2), null).model;
  const nonsense: readonly unknown[] = [
    7,
    null,
    'x',
    [],
    {},
    [null],
    { ok: true },
    { ok: false, problem: 3 },
    { ok: true, atMs: 1, value: {} },
    { ok: true, atMs: 1, value: [{}] },
    { ok: true, atMs: 'x', value: [] },
    -1e308,
  ];
  for (const value of nonsense) {
    const { model } = deriveRecorded(withParts({ health: value, notices: value, probes: value }), null);
    expect(model.totals).toEqual(expected.totals);
    expect(model.disks).toEqual(expected.disks);
  }
  /** The same with some of what is in it, at any depth, in place of what it should be. */
  function garbled(value: unknown): unknown {
    if (random.chance(0.1)) return random.pick(nonsense);
    if (Array.isArray(value)) return value.map(garbled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, garbled(one)]));
  }
  for (let i = 0; i < 300; i += 1) {
    const sample = withParts({ health: reading(garbled(health)), notices: reading(garbled(notices)) });
    const first = deriveRecorded(sample, null);
    const { model } = deriveRecorded({ ...sample, monotonicMs: sample.monotonicMs + 1000 }, first);
    expect(model.totals.processes).toBe(expected.totals.processes);
    for (const { newErrors } of model.health?.devices ?? [])
      expect(newErrors === null || Number.isFinite(newErrors)).toBe(true);
    for (const { text } of model.notices) expect(typeof text).toBe('string');
  }
});
