/** A machine that is short through something that is not Nix; and one on which Nix takes what it is there for. */
import { describe, expect, test } from 'vitest';
import type { MemoryRaw, StorageRaw } from '../../../src/model/sample.ts';
import { diskRaw } from '../../model/machine/machine-samples.ts';
import { firstFound, foundIn, isAlarm, type MachineAt, machineAt, textOf } from '../found.ts';
import { around, below, type Scene, shell, tell } from '../story.ts';

const gb = 2 ** 30;
const machine =
  (at: (second: number) => MachineAt, residentBytes = gb) =>
  (second: number): Scene => ({
    processes: around([
      shell(),
      below('cc1plus', { userTicks: second * 90, residentBytes: residentBytes + second * 1e5 }),
    ]),
    parts: machineAt(second, at(second)),
  });

describe('memory', () => {
  const taken = { totalBytes: 32 * gb, availableBytes: 1 * gb };

  test('short, and Nix holds little of it: found at the first look at which it is short', () => {
    const scene = machine((second) => (second < 20 ? {} : { memory: taken, memoryPressure: [70, 55] }));
    const first = firstFound(40, scene, ({ found }) => found.kind === 'memory-elsewhere');
    expect(first?.second).toBeLessThanOrEqual(25);
    expect(first?.finding).toMatchObject({ level: 'critical', state: 'likely', hypothesis: 'elsewhere' });
    expect(textOf(tell(40, scene), 'memory-elsewhere')).toMatch(
      /^likely: memory is short, and Nix holds 1\.0 GB of the 31\.0 GB in use/,
    );
  });

  test('short through builds is not elsewhere', () => {
    const scene = machine(() => ({ memory: taken, memoryPressure: [70, 55] }), 20 * gb);
    expect(foundIn(tell(40, scene).model, 'memory-elsewhere')).toBeUndefined();
    expect(tell(40, scene).model.hypotheses.find(({ id }) => id === 'elsewhere')?.state).toBe('unlikely');
  });

  test('with room again, pressure that lasts for some seconds after a build ended is not that of others', () => {
    const held = { totalBytes: 32 * gb, availableBytes: 1 * gb };
    const free = { totalBytes: 32 * gb, availableBytes: 25 * gb };
    const story = (until: number) => (second: number) =>
      machine(
        () => ({ memory: second < 20 ? held : free, memoryPressure: second < until ? [70, 55] : [0, 0] }),
        second < 20 ? 20 * gb : 0.2 * gb,
      )(second);
    const others = ({ found }: { found: { kind: string } }) => found.kind === 'memory-elsewhere';
    expect(firstFound(60, story(35), others)).toBeNull();
    // A cgroup of others at its limit looks like this, and goes on.
    expect(firstFound(60, story(60), others)?.second).toBe(50);
  });

  test('used and not short is nothing', () => {
    expect(
      firstFound(
        200,
        machine(() => ({ memory: taken })),
        () => true,
      ),
    ).toBeNull();
  });
});

describe('a page cache that has no room', () => {
  /** An image of a disk is read again and again; the machine has 44 GB, and nothing of it is swapped. */
  const image =
    (more: (second: number) => Partial<MemoryRaw> = () => ({}), residentBytes = 4e8) =>
    (second: number): Scene => ({
      processes: around([
        shell(),
        below('cptofs', {
          state: 'D',
          systemTicks: second * 66,
          residentBytes: residentBytes + second * 1e4,
          readBytes: second * 1.45e9,
        }),
        below('qemu-system-x86', { pid: 302, userTicks: second * 3 }),
      ]),
      parts: machineAt(second, {
        memory: {
          totalBytes: 44 * gb,
          availableBytes: 1.2 * gb,
          refaults: second * 300_000,
          scannedPages: second * 900_000,
          ...more(second),
        },
        memoryPressure: [90, 60],
      }),
    });

  test('memory is short, though no swap moves and nobody holds much; the build that reads is named', () => {
    const first = firstFound(30, image(), ({ found }) => found.kind === 'cache-thrash');
    expect(first?.second).toBeLessThanOrEqual(5);
    expect(first?.finding).toMatchObject({ level: 'critical', subject: { kind: 'build', pid: 300 } });
    const told = tell(30, image());
    expect(textOf(told, 'cache-thrash')).toBe(
      'likely: memory is too short for the page cache: 300k pages a second are read again; thing-1.0 needs them and reads 1.4G/s, 30 s',
    );
    expect(foundIn(told.model, 'memory-elsewhere')).toBeUndefined();
  });

  test.each<[string, (second: number) => Scene]>([
    ['what a moving swap shows is what processes hold', image((second) => ({ swapInPages: second * 4000 }))],
    ['a build that holds a quarter of memory is why', image(() => ({}), 12 * gb)],
    ['some pages are always read again', image((second) => ({ refaults: second * 300 }))],
  ])('%s', (_, scene) => {
    expect(firstFound(60, scene, ({ found }) => found.kind === 'cache-thrash')).toBeNull();
  });
});

describe('the cache of ZFS', () => {
  const zfs = {
    totalBytes: 32 * gb,
    availableBytes: 1.5 * gb,
    arc: { sizeBytes: 14 * gb, minBytes: 1 * gb },
  };

  test('without pressure it is worth knowing, and no alarm', () => {
    const scene = machine(() => ({ memory: zfs }));
    expect(firstFound(200, scene, isAlarm)).toBeNull();
    expect(foundIn(tell(40, scene).model, 'arc')).toMatchObject({ level: 'ok', state: 'confirmed' });
    expect(textOf(tell(40, scene), 'arc')).toBe('14.0 GB ARC (cache of ZFS), can shrink to 1.0 GB, 40 s');
  });

  test('under pressure it is an alarm, which says who grows', () => {
    const scene = machine(() => ({ memory: zfs, memoryPressure: [65, 50] }), 6 * gb);
    const told = tell(60, scene);
    expect(foundIn(told.model, 'arc')?.level).toBe('critical');
    expect(textOf(told, 'arc')).toContain('thing-1.0 grows');
    // What it holds is not somebody else's.
    expect(foundIn(told.model, 'memory-elsewhere')).toBeUndefined();
  });

  test('with room left it is not said at all', () => {
    expect(
      firstFound(
        60,
        machine(() => ({ memory: { ...zfs, availableBytes: 16 * gb } })),
        () => true,
      ),
    ).toBeNull();
  });
});

describe('CPUs', () => {
  const busy = (second: number) => ({ user: second * 400, idle: 0 });

  test('that others take, for two minutes', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell(),
        below('cc1plus', { userTicks: second * 20, residentBytes: gb + second * 1e5 }),
      ]),
      parts: machineAt(second, { cpuPressure: 90, ticks: busy(second) }),
    });
    const first = firstFound(200, scene, isAlarm);
    expect(first?.second).toBeGreaterThanOrEqual(110);
    expect(first?.second).toBeLessThanOrEqual(125);
    expect(textOf(tell(200, scene), 'cpu-elsewhere')).toMatch(
      /^likely: others take the CPUs: 100% are used, 5% by Nix/,
    );
  });

  test('that builds use to the full are what a rebuild is for', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell(),
        below('cc1plus', { userTicks: second * 390, residentBytes: gb + second * 1e5 }),
      ]),
      parts: machineAt(second, { cpuPressure: 95, ticks: busy(second) }),
    });
    expect(firstFound(400, scene, () => true)).toBeNull();
    const own = tell(100, scene).model.hypotheses.find(({ id }) => id === 'elsewhere');
    expect(own).toMatchObject({ state: 'unlikely' });
    expect(own?.ground.evidence.map(({ field }) => field)).toEqual(['shortages.cpu', 'totals.cpu']);
  });

  test('that the hypervisor gives to others', () => {
    const scene = machine((second) => ({
      ticks: { user: second * 200, steal: second * 120, idle: second * 80 },
    }));
    const told = tell(200, scene);
    expect(textOf(told, 'cpu-stolen')).toMatch(/^the hypervisor gives 30% of the CPUs to others/);
    expect(foundIn(told.model, 'cpu-stolen')?.level).toBe('warning');
  });
});

describe('disks', () => {
  const onOneDisk: StorageRaw = {
    filesystems: [
      {
        ...{ path: '/nix', mountPoint: '/', type: 'ext4', source: '/dev/nvme0n1', device: 'nvme0n1' },
        disks: ['nvme0n1'],
        space: {
          ok: true,
          value: { totalBytes: 1e12, availableBytes: 5e11, inodes: 1e6, freeInodes: 9e5 },
        },
      },
    ],
    devices: [
      { device: 'nvme0n1', model: null, title: null, rotational: false, sizeBytes: 1e12, slaves: [] },
    ],
  };
  /** 50 MB a second go to the disk; so many of them are a build's. */
  const copied =
    (ofBuild: number, memoryPressure: readonly [number, number] = [0, 0]) =>
    (second: number): Scene => ({
      processes: around([
        shell(),
        below('cp', { userTicks: second * 10, readBytes: 0, writeBytes: second * ofBuild }),
      ]),
      parts: {
        ...machineAt(second, { ioPressure: [60, 45], memoryPressure }),
        storage: { ok: true, atMs: 1_000_000 + second * 1000, value: onOneDisk },
        disks: {
          ok: true,
          atMs: 1_000_000 + second * 1000,
          value: [
            diskRaw({
              writesDone: 200 + second * 100,
              writeSectors: 800 + (second * 50e6) / 512,
              busyMs: second * 990,
            }),
          ],
        },
      },
    });

  test('that others keep busy, for two minutes', () => {
    const first = firstFound(200, copied(1e6), ({ found }) => found.kind === 'disk-elsewhere');
    expect(first?.second).toBeGreaterThanOrEqual(110);
    expect(first?.second).toBeLessThanOrEqual(125);
    expect(first?.finding).toMatchObject({ level: 'warning', state: 'possible' });
    expect(textOf(tell(200, copied(1e6)), 'disk-elsewhere')).toMatch(
      /^possible: others keep nvme0n1 busy: 4\dM\/s, 9\d\dK\/s of it by builds/,
    );
  });

  test('that a build keeps busy, and where memory is short, is nothing of others', () => {
    for (const scene of [copied(45e6), copied(1e6, [70, 55])])
      expect(firstFound(200, scene, ({ found }) => found.kind === 'disk-elsewhere')).toBeNull();
  });
});

test('without PSI a machine that seems well is untested, not refuted', () => {
  const scene = (second: number): Scene => ({
    processes: around([shell({ userTicks: second * 50 })]),
    parts: {
      pressure: {
        ok: true,
        atMs: 1_000_000 + second * 1000,
        value: Object.fromEntries(
          ['cpu', 'memory', 'io', 'irq'].map((name) => [
            name,
            { ok: false, problem: { kind: 'unsupported', where: `/proc/pressure/${name}` } },
          ]),
        ) as never,
      },
    },
  });
  expect(tell(20, scene).model.hypotheses.find(({ id }) => id === 'elsewhere')).toMatchObject({
    state: 'untested',
    ground: { untested: { kind: 'unsupported' } },
  });
});
