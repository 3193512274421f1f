/** A machine that is short through something that is not Nix; and one on which Nix takes what it is there for. */
import { describe, expect, test } from 'vitest';
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
    expect(first?.second).toBeGreaterThanOrEqual(120);
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
