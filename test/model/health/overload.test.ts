import { describe, expect, test } from 'vitest';
import { nextOverload, noOverload, type Overload } from '../../../src/model/health/overload.ts';
import type { Level, Model } from '../../../src/model/model.ts';
import { calm } from '../../support/model-fixture.ts';

const at = (sec: number, memory: Level = 'ok', io: Level = 'ok'): Model => ({
  ...calm,
  monotonicMs: sec * 1000,
  pressure: {
    ...calm.pressure,
    memory: { ...calm.pressure.memory, level: memory },
    io: { ...calm.pressure.io, level: io },
  },
});
type Moment = readonly [sec: number, memory: Level, latenessMs: number];
const through = (moments: readonly Moment[], from: Overload = noOverload) =>
  moments.reduce((overload, [sec, memory, late]) => nextOverload(overload, at(sec, memory), late), from);

describe('details rest', () => {
  const table: readonly [string, readonly Moment[], boolean, number][] = [
    ['never while all is well', [[1, 'ok', 0]], false, 1],
    ['not for a warning', [[1, 'warning', 100]], false, 1],
    ['as soon as memory is critical', [[1, 'critical', 0]], true, 2],
    ['as soon as we are late', [[1, 'ok', 600]], true, 2],
    ['more so when hardly anything runs', [[1, 'critical', 2500]], true, 4],
    [
      'for ten seconds of calm',
      [
        [1, 'critical', 0],
        [2, 'ok', 0],
        [11, 'ok', 0],
      ],
      true,
      2,
    ],
    [
      'and no longer',
      [
        [1, 'critical', 0],
        [2, 'ok', 0],
        [12, 'ok', 0],
      ],
      false,
      1,
    ],
    [
      'again from the start when it comes back',
      [
        [1, 'critical', 0],
        [2, 'ok', 0],
        [8, 'critical', 0],
        [12.5, 'ok', 0],
      ],
      true,
      2,
    ],
    [
      'less after the worst is over',
      [
        [1, 'critical', 2500],
        [2, 'critical', 0],
        [12, 'critical', 0],
      ],
      true,
      2,
    ],
  ];
  test.each(table)('%s', (_, moments, lowDetail, factor) => {
    expect(through(moments)).toMatchObject({ lowDetail, factor });
  });

  test('busy disks alone leave everything as it is: they are what one wants to see', () => {
    expect(nextOverload(noOverload, at(1, 'ok', 'critical'), 0)).toMatchObject({
      lowDetail: false,
      factor: 1,
    });
  });
});

describe('how late we were', () => {
  test('is told for ten seconds, the worst of them', () => {
    const late = through([[1, 'ok', 2100]]);
    expect(late.lateMs).toBe(2100);
    expect(through([[2, 'ok', 0]], late).lateMs).toBe(2100);
    expect(through([[2, 'ok', 300]], late).lateMs).toBe(2100);
    expect(through([[10.9, 'ok', 0]], late).lateMs).toBe(2100);
    expect(through([[11, 'ok', 0]], late).lateMs).toBe(0);
    expect(
      through(
        [
          [5, 'ok', 4000],
          [12, 'ok', 0],
        ],
        late,
      ).lateMs,
    ).toBe(4000);
  });

  test('the same object while nothing changes', () => {
    const overload = through([[1, 'ok', 0]]);
    expect(through([[2, 'ok', 0]], overload)).toBe(overload);
  });
});
