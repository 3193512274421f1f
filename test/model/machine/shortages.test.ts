/** What is short: order, words, full file systems, and how it began and ended. */
import { describe, expect, test } from 'vitest';
import { fail, ok } from '../../../src/base/problem.ts';
import { causeText } from '../../../src/format/shortages.ts';
import { derive } from '../../../src/model/derive.ts';
import { emptyModel } from '../../../src/model/empty-model.ts';
import { deriveShortages } from '../../../src/model/machine/shortages.ts';
import type { FilesystemRaw, Sample } from '../../../src/model/sample.ts';
import { pressureRaw, psi, run, sampleAt, storageRaw } from './machine-samples.ts';

const GiB = 1024 ** 3;
const psiLine = { avg10: 0, avg60: 0, avg300: 0, tickPercent: null };

function filesystem(
  over: Partial<FilesystemRaw> & { total?: number; free?: number; freeInodes?: number } = {},
): FilesystemRaw {
  const { total = 500 * GiB, free = 200 * GiB, freeInodes = 900, ...rest } = over;
  return {
    path: '/nix',
    mountPoint: '/nix',
    type: 'ext4',
    source: '/dev/sda1',
    device: 'sda1',
    disks: ['sda'],
    space: ok({ totalBytes: total, availableBytes: free, inodes: 1000, freeInodes }),
    ...rest,
  };
}
const full = (monotonicMs: number, ...filesystems: readonly FilesystemRaw[]): Sample =>
  sampleAt(monotonicMs, { storage: storageRaw({ filesystems }) });

describe('space', () => {
  test.each([
    ['plenty', {}, null, ''],
    ['under 5 %', { total: 100 * GiB, free: 4 * GiB }, 'warning', '/nix 96% used, 4.0 GB free'],
    ['under 1 GiB', { total: 10 * GiB, free: 0.9 * GiB }, 'warning', '/nix 91% used, 922 MB free'],
    ['nearly nothing', { total: 100 * GiB, free: 0.5 * GiB }, 'critical', '/nix 99% used, 512 MB free'],
    ['nothing', { free: 0 }, 'critical', '/nix 100% used, 0 B free'],
    ['few inodes', { freeInodes: 25 }, 'warning', '/nix 2% of inodes free'],
    ['no inodes', { freeInodes: 0 }, 'critical', '/nix 0% of inodes free'],
    ['4 % of a very large disk is plenty', { total: 4000 * GiB, free: 160 * GiB }, null, ''],
    ['100 GB of 4 TB', { total: 4000 * GiB, free: 100 * GiB }, null, ''],
    ['an empty small tmpfs', { total: GiB / 2, free: GiB / 2, type: 'tmpfs' }, null, ''],
    ['an image is full by design', { free: 0, type: 'squashfs' }, null, ''],
    ['unknown', { space: fail('timeout', '/nix') }, null, ''],
  ] as const)('%s', (_, over, level, text) => {
    const { shortages, filesystems } = run(full(1000, filesystem(over))).model;
    expect(shortages).toEqual(
      level === null
        ? []
        : [{ resource: 'space', level, cause: expect.anything(), sinceMs: 1000, levelSinceMs: 1000 }],
    );
    expect(shortages.map(({ cause }) => causeText(cause)).join()).toBe(text);
    expect(filesystems.map((one) => one.level)).toEqual([level ?? 'ok']);
  });

  test('file systems without a number of inodes', () => {
    const space = ok({ totalBytes: 100, availableBytes: 90, inodes: 0, freeInodes: 0 });
    const { filesystems, shortages } = run(full(0, filesystem({ type: 'btrfs', space }))).model;
    expect(filesystems[0]?.freeInodesPercent).toBeNull();
    expect(shortages).toEqual([]);
  });

  test('one file system with three paths is one shortage, two are two', () => {
    const low = { free: GiB };
    const one = ['/nix', '/', '/tmp'].map((path) => filesystem({ ...low, path, mountPoint: '/' }));
    expect(run(full(0, ...one)).model.shortages).toHaveLength(1);
    const two = [filesystem(low), filesystem({ ...low, path: '/tmp', mountPoint: '/tmp' })];
    const { shortages, events } = run(full(0, ...two)).model;
    expect(shortages).toMatchObject([{ cause: { path: '/nix' } }, { cause: { path: '/tmp' } }]);
    expect(events).toMatchObject([
      { kind: 'space', path: '/nix' },
      { kind: 'space', path: '/tmp' },
    ]);
  });

  test('the level falls late, and with it that of the shortage', () => {
    const low = run(full(0, filesystem({ total: 100 * GiB, free: 4 * GiB })));
    const freed = full(1000, filesystem({ total: 100 * GiB, free: 50 * GiB }));
    const after = derive(freed, low);
    expect([after.model.filesystems[0]?.level, after.model.shortages.length]).toEqual(['warning', 1]);
    // Not read again meanwhile.
    const calm = derive(sampleAt(4500, {}), after);
    expect([calm.model.filesystems[0]?.level, calm.model.shortages.length]).toEqual(['ok', 0]);
    const same = derive(sampleAt(5000, {}), calm);
    expect(same.model.filesystems).toBe(calm.model.filesystems);
  });

  test('inodes that run out where bytes are short already are an event; bytes that stay short are none', () => {
    const bytes = { total: 100 * GiB, free: 4 * GiB };
    const { events } = run(
      full(0, filesystem(bytes)),
      full(1000, filesystem({ ...bytes, freeInodes: 25 })),
      full(2000, filesystem({ ...bytes, freeInodes: 900 })),
    ).model;
    expect(events.map(({ kind }) => kind)).toEqual(['space', 'inodes']);
  });

  test('a hung mount keeps its old numbers beside the problem; the others go on', () => {
    const other = filesystem({ path: '/', mountPoint: '/', free: 100 * GiB });
    const before = run(full(0, filesystem(), other));
    const hung = filesystem({ space: fail('timeout', '/nix') });
    const { model } = derive(
      full(5000, hung, filesystem({ path: '/', mountPoint: '/', free: 90 * GiB })),
      before,
    );
    expect(model.filesystems).toMatchObject([
      { path: '/nix', availableBytes: 200 * GiB, problem: { kind: 'timeout' } },
      { path: '/', availableBytes: 90 * GiB, problem: null },
    ]);
    expect(model.problems).toEqual([{ kind: 'timeout', where: '/nix' }]);
  });
});

describe('the list', () => {
  const worst = (percent: number) => psi(0, percent, 0, percent);
  const at = (ms: number, memory: number, io: number, cpu: number, free = 200) =>
    sampleAt(ms, {
      pressure: pressureRaw({ memory: worst(memory), io: worst(io), cpu: psi(0, cpu) }),
      storage: storageRaw({ filesystems: [filesystem({ free: free * GiB })] }),
    });

  test.each([
    ['memory before io before space before cpu', [70, 70, 96, 0.1], ['memory', 'io', 'space', 'cpu']],
    ['critical before warning', [15, 70, 96, 10], ['io', 'memory', 'space', 'cpu']],
    ['nothing', [0, 0, 0, 200], []],
  ] as const)('%s', (_, [memory, io, cpu, free], resources) => {
    expect(run(at(0, memory, io, cpu, free)).model.shortages.map(({ resource }) => resource)).toEqual(
      resources,
    );
  });

  test('memory that is short in a cgroup at its limit says which', () => {
    const path = '/system.slice/nix-daemon.service';
    const bytes = { currentBytes: 9, limitBytes: 8 * GiB, highBytes: null };
    const memory = {
      ...emptyModel.pressure.memory,
      level: 'warning' as const,
      some: { ...psiLine, avg10: 41 },
    };
    const shortagesOf = (metBytes: number | null) => {
      const pressure = { ...emptyModel.pressure, memory };
      return deriveShortages(
        { ...emptyModel, pressure, cgroups: [{ path, ...bytes, metBytes }] },
        new Map(),
        0,
      );
    };
    const said = (metBytes: number | null) => shortagesOf(metBytes).map(({ cause }) => causeText(cause));
    expect(said(8 * GiB)).toEqual(['some 41%, nix-daemon.service at its limit of 8.0 GB']);
    expect(said(null)).toEqual(['some 41%']);
  });

  test('words say which line is high', () => {
    const text = (some: number, fullShare: number) =>
      run(sampleAt(0, { pressure: pressureRaw({ memory: psi(0, some, 0, fullShare) }) }))
        .model.shortages.map(({ cause }) => causeText(cause))
        .join();
    expect(text(81.4, 63.2)).toBe('full 63%');
    expect(text(61, 11)).toBe('some 61%');
    expect(text(30, 2)).toBe('some 30%');
    const irq = run(sampleAt(0, { pressure: pressureRaw({ irq: psi(0, 0, 0, 80) }) })).model.shortages;
    expect(irq).toMatchObject([{ resource: 'cpu', cause: { resource: 'irq' } }]);
    expect(irq.map(({ cause }) => causeText(cause))).toEqual(['interrupts full 80%']);
  });

  test('the same list while nothing in it changes', () => {
    const first = run(at(0, 70, 0, 0));
    const second = derive(at(500, 70, 0, 0), first);
    expect(second.model.shortages).toBe(first.model.shortages);
    expect(second.model.events).toBe(first.model.events);
  });

  test('events: begins, grows, ends; a busy CPU is no news', () => {
    const samples = [
      at(0, 0, 0, 0),
      at(500, 15, 0, 80),
      at(1000, 70, 0, 80),
      ...Array.from({ length: 20 }, (_, i) => at(1500 + i * 500, 0, 0, 0)),
    ];
    const { events } = run(...samples).model;
    expect(events).toMatchObject([
      { kind: 'pressure', level: 'warning', resource: 'memory', line: 'full', percent: 15 },
      { kind: 'pressure', level: 'critical', resource: 'memory', line: 'full', percent: 70 },
      { kind: 'shortage-ended', level: 'ok', resource: 'memory', path: null, lengthSec: 4 },
    ]);
  });
});
