/** Builds whose memory grows without end, and those that honestly take much. */
import { describe, expect, test } from 'vitest';
import type { Problem } from '../../../src/base/problem.ts';
import { findAll, noFindings } from '../../../src/diagnose/findings.ts';
import { foundText } from '../../../src/format/findings.ts';
import type { Finding } from '../../../src/model/diagnosis/finding.ts';
import { builder } from '../../support/forest-raw.ts';
import { firstFound, foundIn, isAlarm, machineAt, textOf } from '../found.ts';
import { around, below, type Scene, shell, tell } from '../story.ts';

const gb = 1e9;
const isLeak = ({ found }: Finding) => found.kind === 'build-leak';
const isCritical = (finding: Finding) => isLeak(finding) && finding.level === 'critical';
const leakAlarm = (finding: Finding) => isLeak(finding) && isAlarm(finding);

/** One build, and a machine of which it takes its memory; `full` is the pressure of the moment. */
function story(
  residentAt: (second: number) => number,
  totalBytes: number,
  full: (availableBytes: number) => number = () => 0,
): (second: number) => Scene {
  return (second) => {
    const residentBytes = residentAt(second);
    const availableBytes = Math.max(0.2 * gb, totalBytes - 3 * gb - residentBytes);
    const pressed = full(availableBytes);
    return {
      processes: around([shell(), below('ld.lld', { userTicks: second * 100, residentBytes })]),
      parts: machineAt(second, {
        memory: { totalBytes, availableBytes },
        memoryPressure: [pressed, pressed * 0.8],
      }),
    };
  };
}

test('what holds much and rests is unlikely a leak; what holds little is none', () => {
  const known = (bytes: number, seconds: number) => {
    const { model } = tell(
      seconds,
      story(() => bytes, 64 * gb),
    );
    return model.hypotheses.find(({ id }) => id === 'build-leak');
  };
  expect(known(8 * gb, 130)).toMatchObject({
    state: 'unlikely',
    ground: { evidence: [{ field: 'resident' }] },
  });
  expect(known(1 * gb, 130)?.state).toBe('refuted');
  // Two minutes of growth are what makes a leak: nobody can know it sooner.
  expect(known(1 * gb, 60)).toMatchObject({ state: 'untested', ground: { untested: { kind: 'time' } } });
});

test('where next to nothing is left nobody counts the seconds', () => {
  const growing = { kind: 'build-leak', build: 'a', sharePercent: 61, process: null } as const;
  const text = (bytesPerMin: number, untilSec: number) =>
    foundText({ ...growing, residentBytes: 463 * 2 ** 20, bytesPerMin, untilSec });
  expect(text(959 * 2 ** 10, 6)).toBe('a grows by 959 KB a minute, holds 463 MB (61%): no memory is left');
  expect(text(2 ** 30, 50)).toBe('a grows by 1.0 GB a minute, holds 463 MB (61%): memory is gone in 50 s');
});

describe('a build that grows without end', () => {
  const fast = story((second) => second * 0.3 * gb, 64 * gb);

  test('is critical within five seconds of memory being short', () => {
    const shortAt = Math.ceil((0.9 * 64 - 3) / 0.3);
    const first = firstFound(300, fast, isCritical);
    expect(first?.second).toBeGreaterThanOrEqual(shortAt);
    expect(first?.second).toBeLessThanOrEqual(shortAt + 5);
    expect(first?.finding).toMatchObject({
      hypothesis: 'build-leak',
      state: 'likely',
      subject: { kind: 'build', pid: 300 },
      found: { build: 'thing-1.0', process: { program: 'ld.lld', pid: 301 } },
    });
    expect(tell(first?.second ?? 0, fast).model.findings[0]?.hypothesis).toBe('build-leak');
  });

  test('the pressure of memory says so earlier than what is left', () => {
    const pressed = story(
      (second) => second * 0.3 * gb,
      64 * gb,
      (left) => (left < 16 * gb ? 30 : 0),
    );
    const pressedAt = Math.ceil((64 - 3 - 16) / 0.3);
    const first = firstFound(300, pressed, isCritical);
    expect(first?.second).toBeGreaterThanOrEqual(pressedAt);
    expect(first?.second).toBeLessThanOrEqual(pressedAt + 5);
  });

  test('one that rested for long and then takes all: within five seconds as well', () => {
    const sudden = story((second) => 52 * gb + Math.max(0, second - 100) * gb, 64 * gb);
    const first = firstFound(140, sudden, isCritical);
    expect(first?.second).toBeGreaterThan(100);
    expect(first?.second).toBeLessThanOrEqual(105);
  });

  test('is told within two minutes of growth, before it is dangerous', () => {
    const slow = story((second) => 7 * gb + second * 0.05 * gb, 64 * gb);
    const first = firstFound(300, slow, isLeak);
    expect(first).toMatchObject({ second: 110, finding: { level: 'ok', state: 'possible' } });
    expect(textOf(tell(180, slow), 'build-leak')).toBe(
      "possible: thing-1.0 grows by 2.8 GB a minute, holds 14.9 GB (25%): memory is gone in 15 min; most is ld.lld's (301), 3 min",
    );
  });

  test('is a warning when little is left and ten minutes remain', () => {
    const slow = story((second) => 7 * gb + second * 0.05 * gb, 64 * gb);
    const first = firstFound(1200, slow, leakAlarm, { everySec: 2 });
    expect(first?.finding).toMatchObject({ level: 'warning', state: 'likely' });
    // A quarter of the machine is left after (0.75 * 64 - 3 - 7) / 0.05 seconds.
    expect(first?.second).toBeGreaterThanOrEqual(760);
    expect(first?.second).toBeLessThanOrEqual(764);
  });

  test('stays said while the machine is frozen and nothing seems to grow any more', () => {
    const frozen = story(
      (second) => Math.min(60, second * 0.3) * gb,
      64 * gb,
      (left) => (left < 2 * gb ? 80 : 0),
    );
    const told = tell(400, frozen);
    expect(foundIn(told.model, 'build-leak')).toMatchObject({ level: 'critical', found: { untilSec: null } });
    expect(textOf(told, 'build-leak')).toContain('grew by');
  });

  test('what only grows a little beside it while nothing is left is not blamed', () => {
    const beside = (second: number): Scene => {
      const { processes = [], ...rest } = fast(second);
      const other = builder(400, 200, 'beside-1.0', {
        uid: 30_002,
        userTicks: second * 90,
        residentBytes: 7 * gb + second * 1e6,
      });
      return { ...rest, processes: [...processes, other] };
    };
    const { model } = tell(215, beside);
    expect(model.findings.filter(leakAlarm).map(({ found }) => found)).toEqual([
      expect.objectContaining({ build: 'thing-1.0' }),
    ]);
  });

  test('a builder is named by its program: its own name is cut out of a store path', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell({ comm: 'd9c29p4njcn82v7', userTicks: second * 90, residentBytes: 50 * gb + second * gb }),
      ]),
      parts: machineAt(second, { memory: { availableBytes: 5e9 - second * 1e8 } }),
    });
    expect(foundIn(tell(10, scene).model, 'build-leak')?.found).toMatchObject({
      process: { program: 'x-default-builder.sh', pid: 300 },
    });
  });

  test('is forgotten when it has given its memory back', () => {
    const back = story((second) => (second < 190 ? second * 0.3 : 2) * gb, 64 * gb);
    expect(foundIn(tell(189, back).model, 'build-leak')?.level).toBe('critical');
    expect(foundIn(tell(230, back).model, 'build-leak')).toBeUndefined();
  });
});

describe('what honestly takes much is no alarm', () => {
  test.each<[string, (second: number) => number, number]>([
    [
      'the link of a browser: 8 GB in three minutes, then a plateau',
      (second) => Math.min(8, second / 22) * gb,
      16,
    ],
    ['the same twice', (second) => Math.min(8, (second % 600) / 22) * gb, 16],
    ['a saw of a garbage collector', (second) => (1 + (second % 50) / 10) * gb, 16],
    [
      'a link with LTO that grows for twenty minutes',
      (second) => (2 + Math.min(1200, second) / 100) * gb,
      64,
    ],
    ['a virtual machine of a test that fills its RAM disk', (second) => Math.min(6, second / 10) * gb, 16],
    ['many small ones', (second) => (second % 20) * 0.05 * gb, 16],
  ])('%s', (_, residentAt, total) => {
    expect(firstFound(2400, story(residentAt, total * gb), leakAlarm, { everySec: 2 })).toBeNull();
  });

  test('what only seems to grow because it is measured otherwise', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell({ ...(second < 100 && { proportionalBytes: 1e6 }), residentBytes: 1 * gb }),
        below('cc1plus', {
          residentBytes: second < 100 ? 1 * gb : 20 * gb,
          ...(second < 100 && { proportionalBytes: 1e8 }),
        }),
      ]),
      parts: machineAt(second, { memory: { totalBytes: 32 * gb, availableBytes: 3 * gb } }),
    });
    expect(firstFound(110, scene, isLeak)).toBeNull();
  });

  test('a machine of which nothing is known', () => {
    const scene = (second: number): Scene => ({
      processes: around([shell({ residentBytes: second * gb })]),
    });
    const told = tell(200, scene);
    expect(foundIn(told.model, 'build-leak')).toBeUndefined();
  });
});

test('without a build none leaks, unless some are hidden', () => {
  const groundOf = (problems: readonly Problem[]) => {
    const { model } = tell(10, (second) => ({ processes: around(), parts: machineAt(second) }));
    const { hypotheses } = findAll({ ...model, problems }, noFindings);
    return hypotheses.find(({ id }) => id === 'build-leak')?.ground;
  };
  expect(groundOf([])).toMatchObject({
    state: 'refuted',
    evidence: [{ field: 'builds', value: 0, for: false }],
  });
  expect(groundOf([{ kind: 'denied', where: '/proc' }])).toMatchObject({
    state: 'untested',
    untested: { kind: 'privilege' },
  });
});

test('it is ruled out once a build was watched for a while, not at the first look', () => {
  const stateAt = (second: number) =>
    tell(second, (at) => ({
      processes: around([shell({ residentBytes: gb })]),
      parts: machineAt(at),
    })).model.hypotheses.find(({ id }) => id === 'build-leak')?.state;
  expect([2, 100, 120].map(stateAt)).toEqual(['untested', 'untested', 'refuted']);
});
