/** Disk figures as iostat defines them, counters that wrap or start anew, and stalls. */
import { describe, expect, test } from 'vitest';
import { fail } from '../../../src/base/problem.ts';
import { derive } from '../../../src/model/derive.ts';
import type { DiskRaw, Sample } from '../../../src/model/sample.ts';
import { diskRaw, pressureRaw, psi, run, sampleAt, storageRaw } from './machine-samples.ts';

function compared(ms: number, before: Partial<DiskRaw>, now: Partial<DiskRaw>) {
  const { disks } = run(
    sampleAt(1000, { disks: [diskRaw(before)] }),
    sampleAt(1000 + ms, { disks: [diskRaw(now)] }),
  ).model;
  if (disks[0] === undefined) throw new Error('no disk');
  return disks[0];
}

const nothingKnown = {
  readsPerSec: null,
  writesPerSec: null,
  readBytesPerSec: null,
  writeBytesPerSec: null,
  readAwaitMs: null,
  writeAwaitMs: null,
  flushAwaitMs: null,
  queueSize: null,
  utilPercent: null,
  stalledSec: null,
};

describe('figures', () => {
  test('over two seconds', () => {
    const disk = compared(
      2000,
      {},
      {
        readsDone: 140,
        readSectors: 2800,
        readMs: 130,
        writesDone: 210,
        writeSectors: 1700,
        writeMs: 190,
        inFlight: 3,
        busyMs: 1060,
        weightedMs: 640,
        flushesDone: 14,
        flushMs: 25,
      },
    );
    expect(disk).toEqual({
      device: 'nvme0n1',
      title: null,
      model: null,
      carries: [],
      slaves: [],
      readsPerSec: 20,
      writesPerSec: 5,
      readBytesPerSec: 512_000,
      writeBytesPerSec: 25_600,
      readAwaitMs: 2,
      writeAwaitMs: 10,
      flushAwaitMs: 5,
      queueSize: 0.25,
      utilPercent: 50,
      inFlight: 3,
      stalledSec: null,
    });
  });

  test('an idle disk: rates are 0, waits are unknown', () => {
    expect(compared(1000, {}, {})).toMatchObject({
      readsPerSec: 0,
      writeBytesPerSec: 0,
      readAwaitMs: null,
      writeAwaitMs: null,
      flushAwaitMs: null,
      queueSize: 0,
      utilPercent: 0,
    });
  });

  test('never busier than 100 %', () => {
    expect(compared(1000, { busyMs: 0 }, { busyMs: 1020 }).utilPercent).toBe(100);
  });

  test.each([
    ['the first reading', () => run(sampleAt(0, { disks: [diskRaw()] })).model.disks[0]],
    ['no time', () => compared(0, {}, { readsDone: 200 })],
    ['time backwards', () => compared(-1000, {}, { readsDone: 200 })],
    ['reads backwards', () => compared(1000, { readsDone: 5000 }, { readsDone: 3 })],
    ['written sectors backwards', () => compared(1000, { writeSectors: 9e12 }, { writeSectors: 0 })],
    ['another device under the name', () => compared(1000, { minor: 5 }, {})],
    ['only the ms counters started anew', () => compared(1000, { busyMs: 500_000 }, { busyMs: 100 })],
  ])('%s: nothing is known', (_, disk) => {
    expect(disk()).toMatchObject(nothingKnown);
  });

  test('ms counters wrap at 2^32 and go on', () => {
    const top = 2 ** 32 - 100;
    const wrapped = compared(
      1000,
      { readMs: top, writeMs: top, busyMs: top, weightedMs: top, flushMs: top },
      {
        readsDone: 110,
        writesDone: 210,
        flushesDone: 12,
        readMs: 100,
        writeMs: 300,
        busyMs: 400,
        weightedMs: 900,
        flushMs: 0,
      },
    );
    expect(wrapped).toMatchObject({
      readAwaitMs: 20,
      writeAwaitMs: 40,
      flushAwaitMs: 50,
      utilPercent: 50,
      queueSize: 1,
    });
  });

  test('what the portable source does not count is null, what it counts is not', () => {
    const unknown = {
      readMs: null,
      writeMs: null,
      inFlight: null,
      busyMs: null,
      weightedMs: null,
      flushesDone: null,
      flushMs: null,
    };
    expect(compared(1000, unknown, { ...unknown, readsDone: 150 })).toMatchObject({
      readsPerSec: 50,
      readAwaitMs: null,
      queueSize: null,
      utilPercent: null,
      inFlight: null,
      stalledSec: null,
    });
  });
});

describe('stall', () => {
  const waiting = { inFlight: 7 };
  const storage = storageRaw();
  const stalled = (seconds: number, more: Partial<DiskRaw> = {}) => {
    const samples = Array.from({ length: seconds + 1 }, (_, i) =>
      sampleAt(i * 1000, { disks: [diskRaw({ ...waiting, ...more })], ...(i === 0 ? { storage } : {}) }),
    );
    return run(...samples);
  };

  test('accumulates while nothing finishes, ends with the first that does', () => {
    expect(stalled(1).model.disks[0]?.stalledSec).toBe(1);
    const three = stalled(3);
    expect(three.model.disks[0]?.stalledSec).toBe(3);
    const done = derive(sampleAt(4000, { disks: [diskRaw({ ...waiting, flushesDone: 11 })] }), three);
    expect(done.model.disks[0]?.stalledSec).toBeNull();
  });

  test('a queue that has just filled has not waited longer than the disk was busy', () => {
    expect(compared(1000, { busyMs: 0 }, { inFlight: 1, busyMs: 200 }).stalledSec).toBeCloseTo(0.2);
    expect(compared(1000, { busyMs: 0 }, { inFlight: 1, busyMs: 0 }).stalledSec).toBeNull();
  });

  test('of a disk that carries something: io is critical after two seconds, and an event says so', () => {
    expect(stalled(1).model.shortages).toEqual([]);
    const { model } = stalled(2);
    expect(model.shortages).toEqual([
      {
        resource: 'io',
        level: 'critical',
        cause: { kind: 'stall', device: 'nvme0n1', stalledSec: 2 },
        sinceMs: 0,
        levelSinceMs: 0,
      },
    ]);
    expect(model.events).toMatchObject([
      { kind: 'stall', level: 'critical', device: 'nvme0n1', stalledSec: 2 },
    ]);
  });

  describe('where everything waits for the disk already', () => {
    const waits = pressureRaw({ io: psi(0, 100, 0, 100) });
    const works = { readsDone: 5 };
    const at = (second: number, disk: Partial<DiskRaw>) =>
      sampleAt(second * 1000, { disks: [diskRaw({ ...waiting, ...disk })], pressure: waits, storage });
    const kinds = (...samples: readonly Sample[]) => run(...samples).model.events.map(({ kind }) => kind);

    test('a stall that follows is an event of its own, and told once', () => {
      expect(kinds(at(0, {}), at(1, {}), at(2, {}), at(3, {}), at(4, {}))).toEqual(['pressure', 'stall']);
    });

    test('its end is none: the pressure was told; the next stall is', () => {
      const answered = [at(0, {}), at(1, {}), at(2, {}), at(3, works), at(4, works)];
      expect(kinds(...answered)).toEqual(['pressure', 'stall']);
      expect(kinds(...answered, at(5, works), at(6, works))).toEqual(['pressure', 'stall', 'stall']);
    });
  });

  test('of a disk that carries nothing: a number, no shortage', () => {
    const { model } = stalled(5, { device: 'sdz' });
    expect(model.disks[0]).toMatchObject({ device: 'sdz', stalledSec: 5, carries: [] });
    expect(model.shortages).toEqual([]);
  });
});

describe('names and what they carry', () => {
  const swapped = storageRaw({ swap: ['dm-0', 'nvme0n1'] });
  const rows = [diskRaw({ device: 'sda' }), diskRaw(), diskRaw({ device: 'dm-0', major: 253 })];

  test('those that carry something first, through all devices below', () => {
    const { disks } = run(sampleAt(0, { disks: rows, storage: swapped })).model;
    expect(disks.map(({ device, carries, title, model }) => ({ device, carries, title, model }))).toEqual([
      { device: 'dm-0', carries: ['/nix', '/', 'swap'], title: 'cryptroot', model: null },
      { device: 'nvme0n1', carries: ['/nix', '/', 'swap'], title: null, model: 'Samsung' },
      { device: 'sda', carries: [], title: null, model: null },
    ]);
  });

  test('names that come later dress the same figures', () => {
    const bare = run(sampleAt(0, { disks: rows }), sampleAt(1000, { disks: rows }));
    expect(bare.model.disks.map(({ device }) => device)).toEqual(['sda', 'nvme0n1', 'dm-0']);
    const dressed = derive(sampleAt(1500, { storage: swapped }), bare);
    expect(dressed.model.disks[0]).toMatchObject({ device: 'dm-0', readsPerSec: 0, title: 'cryptroot' });
  });

  test('a failed reading keeps the figures and says why; a disk that is pulled is gone', () => {
    const before = run(sampleAt(0, { disks: rows }), sampleAt(1000, { disks: rows }));
    const failed = derive(sampleAt(2000, { disks: fail('denied', '/proc/diskstats') }), before);
    expect(failed.model.disks).toBe(before.model.disks);
    expect(failed.model.problems).toEqual([{ kind: 'denied', where: '/proc/diskstats' }]);
    expect(failed.model.readAtMs.disks).toBe(1000);
    const pulled = derive(sampleAt(3000, { disks: rows.slice(1) }), failed);
    expect(pulled.model.disks.map(({ device }) => device)).toEqual(['nvme0n1', 'dm-0']);
    expect(pulled.model.problems).toEqual([]);
  });
});
