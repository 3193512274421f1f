/** Findings of builds that are stuck or run in circles, and silence about those that get on. */
import { describe, expect, test } from 'vitest';
import { remediesOf } from '../../../src/format/remedies.ts';
import type { Finding } from '../../../src/model/diagnosis/finding.ts';
import { builder, daemon, process } from '../../support/forest-raw.ts';
import { result, start } from '../../support/rebuild-log.ts';
import { firstFound, foundIn, isAlarm, machineAt, textOf } from '../found.ts';
import { around, asleepIn, below, type Scene, shell, tell } from '../story.ts';

const isStuck = ({ found }: Finding) => found.kind === 'build-stuck';
const drv = '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-thing-1.0.drv';
const oneLine = (second: number) =>
  second === 0
    ? [start(1, 105, '', [drv, '', 1, 1]), result(1, 104, 'checkPhase'), result(1, 101, 'running tests')]
    : [];

/** Threads that do nothing but hand the CPU on, for a night (NixOS/nix#7844). */
const yields = (second: number): Scene => ({
  processes: around([
    shell({ startTime: 0, ...asleepIn('do_wait', second) }),
    below('python3.11', {
      state: 'R',
      threads: 8,
      userTicks: second * 690,
      systemTicks: second * 43,
      ...(second >= 120 && asleepIn(null, second, { nonvoluntarySwitches: second * 20_000 })),
    }),
  ]),
  says: oneLine(second),
  parts: machineAt(second),
});

describe('busy without progress', () => {
  test('is a warning within two and a half minutes, where its threads only hand on the CPU', () => {
    const first = firstFound(300, yields, (finding) => isStuck(finding) && isAlarm(finding));
    expect(first?.second).toBeGreaterThanOrEqual(120);
    // The second reading of its switches comes ten seconds after the first.
    expect(first?.second).toBeLessThanOrEqual(135);
    expect(first?.finding).toMatchObject({ level: 'warning', state: 'possible', probe: 'stack' });
  });

  test('names its phase and says what stands still', () => {
    const told = tell(14 * 3600, yields, { everySec: 20 });
    expect(textOf(told, 'build-stuck')).toBe(
      'likely: thing-1.0 computes in checkPhase and gets nowhere: its threads only hand on the CPU, 14 h',
    );
    const finding = foundIn(told.model, 'build-stuck');
    expect(finding).toMatchObject({ level: 'critical', state: 'likely' });
    expect(finding?.evidence.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['cpu', 'write', 'log.lines', 'switches']),
    );
    expect(told.model.hypotheses[0]).toMatchObject({ id: 'build', state: 'likely' });
  });

  test('a loop without that is worth a line after two minutes, and no alarm before a quarter of an hour', () => {
    const loops = (second: number): Scene => ({
      processes: around([
        shell(asleepIn('do_wait', second)),
        below('python3.11', { state: 'R', userTicks: second * 100 }),
      ]),
      says: oneLine(second),
    });
    expect(firstFound(300, loops, isStuck)).toMatchObject({ second: 111, finding: { level: 'ok' } });
    expect(firstFound(1000, loops, isAlarm)).toMatchObject({ second: 901, finding: { level: 'critical' } });
  });

  test('where I/O cannot be seen it takes a quarter of an hour to be worth a line', () => {
    const blind = (second: number): Scene => ({
      processes: around([
        shell({ readBytes: null, writeBytes: null }),
        below('xz', { state: 'R', userTicks: second * 100, readBytes: null, writeBytes: null }),
      ]),
      forest: { privileged: false },
    });
    expect(firstFound(1000, blind, isStuck)).toMatchObject({ second: 901, finding: { level: 'ok' } });
  });

  test('says how far it is beyond its usual time', () => {
    const told = tell(1000, yields, { everySec: 20, usualSecOf: () => 100 });
    expect(textOf(told, 'build-stuck')).toContain('at 2000% of its usual time');
  });
});

describe('idle', () => {
  const fifo = (second: number): Scene => ({
    processes: around([shell(asleepIn('wait_for_partner', second))]),
  });

  test('is found after two minutes, with where it sleeps', () => {
    expect(firstFound(200, fifo, isStuck)).toMatchObject({
      second: 110,
      finding: { level: 'critical', state: 'confirmed' },
    });
    expect(textOf(tell(720, fifo), 'build-stuck')).toBe(
      'thing-1.0 is stuck: x-default-builder.sh waits for the other end of a pipe, 12 min',
    );
  });

  test('one that writes its log, which nobody reads: both are named', () => {
    const scene = (second: number): Scene => {
      const [daemon, client, worker] = around() as [never, never, ReturnType<typeof process>];
      return {
        processes: [
          daemon,
          client,
          { ...worker, ...asleepIn('pipe_write', second) },
          shell(asleepIn('n_tty_write', second)),
        ],
      };
    };
    expect(textOf(tell(300, scene), 'build-stuck')).toBe(
      'thing-1.0 is stuck: x-default-builder.sh writes its log, which nix-daemon (200) does not read, 5 min',
    );
  });
});

test('on a builder of others: who writes, and who does not read, because its own reader is gone', () => {
  /** sshd, `nix-store --serve --write` that waits for room in the pipe to its client, and the build's terminal is full. */
  const scene = (second: number): Scene => {
    const serve = process({
      pid: 150,
      comm: 'nix-store',
      facts: { argv: ['nix-store', '--serve', '--write'] },
      ...asleepIn('pipe_write', second),
    });
    return {
      processes: [daemon(), serve, builder(300, 150, 'thing-1.0', asleepIn('n_tty_write', second))],
      parts: machineAt(second),
    };
  };
  const told = tell(300, scene);
  const finding = foundIn(told.model, 'build-stuck');
  expect(textOf(told, 'build-stuck')).toBe(
    'thing-1.0 is stuck: x-default-builder.sh writes its log, which nix-store (150) does not read, 5 min',
  );
  // No word of memory, disks or CPUs.
  expect(told.model.findings.filter(isAlarm)).toEqual([finding]);
  expect(finding && remediesOf(finding.found)[0]?.title).toContain('ssh-ng://');
});

describe('what must stay silent', () => {
  const link = (more: (second: number) => object) => (second: number) => ({
    processes: around([
      shell(asleepIn('do_wait', second)),
      below('ld', { pid: 302, state: 'R', userTicks: second * 100, ...more(second) }),
    ]),
    says: oneLine(second),
    parts: machineAt(second),
  });
  test.each([
    ['its memory grows', (second: number) => ({ residentBytes: 2e9 + second * 400_000 })],
    ['its memory grows and shrinks', (second: number) => ({ residentBytes: 4e9 + (second % 60) * 1e6 })],
    ['it writes now and then', (second: number) => ({ writeBytes: Math.floor(second / 150) * 65_536 })],
  ])('a link of forty minutes without a line: %s', (_, more) => {
    expect(firstFound(2400, link(more), isAlarm, { everySec: 2 })).toBeNull();
  });

  test('a test in a virtual machine that idles for ten minutes', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell(asleepIn('do_wait', second)),
        below('qemu-system-x86', {
          userTicks: Math.floor(second * 0.4),
          ...asleepIn('poll_schedule_timeout', second, { voluntarySwitches: second }),
        }),
      ]),
    });
    expect(firstFound(900, scene, isAlarm)).toBeNull();
  });

  test('a fixed-output build that downloads eight gigabytes at 1 MB/s', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell(asleepIn('do_wait', second)),
        below('curl', { userTicks: Math.floor(second * 0.5), writeBytes: second * 1e6 }),
      ]),
    });
    expect(firstFound(8000, scene, isAlarm, { everySec: 5 })).toBeNull();
  });

  test('one that gets on and takes many times its usual time is worth a line and no alarm', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell({ startTime: 0 }),
        below('cc1plus', { userTicks: second * 90, residentBytes: second * 1e6 }),
      ]),
      parts: machineAt(second),
    });
    const told = tell(20, scene, { usualSecOf: () => 77 });
    expect(foundIn(told.model, 'build-overdue')).toMatchObject({ level: 'ok' });
    expect(textOf(told, 'build-overdue')).toBe('possible: thing-1.0 takes 1300% of its usual time, 16 min');
    expect(tell(20, scene, { usualSecOf: () => 600 }).model.findings).toEqual([]);
  });

  test('while builds work the hypothesis is refuted', () => {
    const scene = (second: number): Scene => ({
      processes: around([shell(), below('cc1plus', { userTicks: second * 90, residentBytes: second * 1e6 })]),
    });
    const known = (seconds: number) => tell(seconds, scene).model.hypotheses.find(({ id }) => id === 'build');
    expect(known(130)?.state).toBe('refuted');
    // What is stuck shows after two minutes: before, nobody can know.
    expect(known(60)).toMatchObject({ state: 'untested', ground: { untested: { kind: 'time' } } });
  });
});
