/** The fallback without /proc: on made-up listings, and for real on this system. */
import { loadavg, totalmem } from 'node:os';
import * as systeminformation from 'systeminformation';
import { describe, expect, test, vi } from 'vitest';
import { derive } from '../../src/model/derive.ts';
import type { ForestRaw, Sample, SampleParts } from '../../src/model/sample.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createPortableSources } from '../../src/samplers/portable.ts';
import { createPortableForest } from '../../src/samplers/portable-forest.ts';
import type { PortableSystem } from '../../src/samplers/portable-readings.ts';
import { readAhead } from '../../src/samplers/read-ahead.ts';
import type { Source } from '../../src/samplers/source.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakePorts, settled } from '../support/fake-ports.ts';

type Listed = systeminformation.Systeminformation.ProcessesProcessData;

function listed(pid: number, parentPid: number, name: string, over: Partial<Listed> = {}): Listed {
  return {
    pid,
    parentPid,
    name,
    cpu: 0,
    cpuu: 0,
    cpus: 0,
    mem: 0,
    priority: 0,
    memVsz: 0,
    memRss: 1024,
    nice: 0,
    started: '2026-11-20 12:00:00',
    state: 'sleeping',
    tty: '',
    user: 'alice',
    command: name,
    params: '',
    path: '',
    ...over,
  };
}

const timeMs = new Date('2026-11-20T13:00:00').getTime();
const known = { daemonSocket: 'present', privileged: false } as const;

describe('the forest by name', () => {
  const moment = (sec: number) => ({
    atMs: sec * 1000,
    timeMs: timeMs + sec * 1000,
    uptimeSec: 10_000 + sec,
    cpusPerPercent: 1,
  });
  const family = [
    listed(1, 0, 'launchd'),
    listed(10, 1, 'nix-daemon', { user: 'root' }),
    listed(11, 10, 'nix-daemon', { user: 'root' }),
    listed(12, 11, 'bash', { user: '_nixbld1' }),
    listed(13, 12, 'clang', { user: '_nixbld1', state: 'running', cpu: 80 }),
    listed(14, 1, 'escaped', { user: '_nixbld1' }),
    listed(20, 1, 'zsh'),
    listed(21, 20, 'darwin-rebuild', { params: 'switch --flake  .#mac' }),
    listed(30, 1, 'Safari', { cpu: 99 }),
  ];

  test('tools, build users, and all below them', () => {
    const forest = createPortableForest(100)(family, moment(0), known);
    expect(forest.processes.map(({ pid }) => pid).sort()).toEqual([10, 11, 12, 13, 14, 21]);
    expect(forest.processes.find(({ pid }) => pid === 21)).toMatchObject({
      startTime: (10_000 - 3600) * 100,
      residentBytes: 1024 * 1024,
      uid: null,
      facts: { argv: ['darwin-rebuild', 'switch', '--flake', '.#mac'], environment: { kind: 'unsupported' } },
    });
    expect(forest).toMatchObject({ totalProcesses: 9, problems: [{ kind: 'unsupported', where: 'builds' }] });
  });

  test('a start time that wavers is one process; a pid that comes back is another', () => {
    const read = createPortableForest(100);
    const startOf = (forest: ForestRaw) => forest.processes[0]?.startTime;
    const tool = (started: string) => [listed(21, 1, 'nix', { started })];
    const first = startOf(read(tool('2026-11-20 12:00:00'), moment(0), known));
    expect(startOf(read(tool('2026-11-20 12:00:01'), moment(2), known))).toBe(first);
    expect(startOf(read(tool('2026-11-20 12:00:02'), moment(4), known))).toBe(first);
    expect(startOf(read(tool('2026-11-20 13:00:05'), moment(6), known))).not.toBe(first);
    expect(startOf(read(tool('nonsense'), moment(8), known))).toBe(0);
  });

  test('percentages add up to CPU time', () => {
    const read = createPortableForest(100);
    const ticksOf = (forest: ForestRaw) => forest.processes[0]?.userTicks;
    const tool = [listed(21, 1, 'nix', { cpu: 25 })];
    const four = (sec: number) => ({ ...moment(sec), cpusPerPercent: 4 });
    expect(ticksOf(read(tool, four(0), known))).toBe(0);
    expect(ticksOf(read(tool, four(2), known))).toBe(200);
    expect(ticksOf(read(tool, four(3), known))).toBe(300);
    expect(ticksOf(read([listed(21, 1, 'nix', { cpu: Number.NaN })], four(4), known))).toBe(300);
  });
});

describe('a reading begun in one tick and given in a later one', () => {
  test('one at a time, each given once, begun again when due', async () => {
    const clock = createFakeClock();
    let reads = 0;
    const ahead = readAhead(clock, 'x', 1000, async () => {
      reads += 1;
      return reads;
    });
    expect(ahead.take()).toBeUndefined();
    expect(ahead.take()).toBeUndefined();
    await settled();
    expect(ahead.take()).toEqual({ atMs: 1000, ok: true, value: 1 });
    expect(ahead.take()).toBeUndefined();
    clock.advance(1000);
    ahead.take();
    await settled();
    expect(ahead.take()).toMatchObject({ value: 2 });
    ahead.close();
    clock.advance(1000);
    ahead.take();
    expect(reads).toBe(2);
  });

  test('one that fails is a Problem, one that hangs is not begun again', async () => {
    const clock = createFakeClock();
    const failing = readAhead(clock, 'disks', 0, () => Promise.reject(new Error('no ioreg')));
    failing.take();
    await settled();
    expect(failing.take()).toMatchObject({
      ok: false,
      problem: { kind: 'unsupported', where: 'disks', cause: 'no ioreg' },
    });
    let begun = 0;
    const hanging = readAhead(clock, 'x', 0, () => {
      begun += 1;
      return new Promise<number>(() => {});
    });
    for (let i = 0; i < 5; i += 1) {
      hanging.take();
      clock.advance(1000);
    }
    expect(begun).toBe(1);
  });
});

function sampleOf(sources: readonly Source[]): SampleParts {
  return Object.assign({}, ...sources.map((source) => source.sample()));
}

describe('the sources', () => {
  test('a package that cannot be loaded: every part says so, nothing throws', async () => {
    const ports = createFakePorts();
    const load = () => Promise.reject<PortableSystem>(new Error('no package'));
    const sources = createPortableSources(ports, { load, loadAverages: () => [] });
    sampleOf(sources);
    await settled();
    const parts = sampleOf(sources);
    for (const part of ['host', 'cpu', 'memory', 'disks', 'storage', 'forest'] as const)
      expect(parts[part], part).toMatchObject({
        ok: false,
        problem: { kind: 'unsupported', cause: 'no package' },
      });
    expect(parts.pressure).toMatchObject({
      ok: true,
      value: { memory: { ok: false, problem: { kind: 'unsupported' } } },
    });
  });

  test('for real on this system: memory, load, disks, processes; pressure and builds unsupported', async () => {
    const ports = createFakePorts();
    const { native, files } = ports;
    const clock = systemClock;
    const sources = createPortableSources(
      { files, clock, native },
      { load: async () => systeminformation, loadAverages: loadavg },
    );
    const seen: Partial<Record<keyof Sample, unknown>> = {};
    await vi.waitFor(
      () => {
        Object.assign(seen, sampleOf(sources));
        expect(Object.keys(seen).sort()).toEqual([
          'cpu',
          'disks',
          'forest',
          'host',
          'memory',
          'pressure',
          'storage',
        ]);
      },
      { timeout: 15_000, interval: 50 },
    );
    for (const source of sources) source.close();
    const sample = { version: 1, timeMs: clock.now(), monotonicMs: clock.monotonic(), ...seen } as Sample;
    const { model } = derive(sample, null);
    expect(model.memory.totalBytes).toBe(totalmem());
    expect(model.memory.availableBytes).toBeGreaterThan(0);
    expect(model.cpu).toMatchObject({
      load1: expect.any(Number),
      iowaitPercent: null,
      runningProcesses: null,
    });
    expect(model.host).toMatchObject({ name: expect.any(String), uptimeSec: expect.any(Number) });
    expect(model.filesystems.find(({ path }) => path === '/')?.totalBytes).toBeGreaterThan(0);
    expect(model.pressure.memory).toMatchObject({ some: null, problem: { kind: 'unsupported' } });
    expect(model.problems.map(({ where }) => where)).toEqual(expect.arrayContaining(['pressure', 'builds']));
    expect(sample.forest?.ok && sample.forest.value.totalProcesses).toBeGreaterThan(2);
    if (sample.disks?.ok)
      expect(model.disks).toMatchObject([{ device: 'all', inFlight: null, queueSize: null }]);
  });
});
