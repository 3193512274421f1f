import { expect, test } from 'vitest';
import { type GuardRound, guardTable, type Look, reliefOf } from './guard-figures.ts';

/** Looks at every second; of each the share of it in which nothing ran, and avg10 then. */
function looksOf(seconds: readonly (readonly [lost: number, full10Percent: number])[]): Look[] {
  let fullSec = 100;
  return seconds.map(([lost, full10Percent], sec) => {
    fullSec += lost;
    return { sec, full10Percent, fullSec };
  });
}

test('relief is counted from the first pressure to the first calm of three seconds', () => {
  const calm: readonly [number, number] = [0, 8];
  const looks = looksOf([
    [0, 0],
    [0.8, 7],
    [0.9, 15],
    [0.9, 20],
    [0, 17],
    [0.5, 18],
    [0, 14],
    ...Array(3).fill(calm),
  ]);
  const { beganSec, reliefSec, stoodSec } = reliefOf(looks);
  expect([beganSec, reliefSec]).toEqual([2, 3]);
  expect(stoodSec).toBeCloseTo(3.1);
});

test('no pressure, and no relief', () => {
  expect(reliefOf(looksOf([[0, 0], ...Array(5).fill([0.05, 5])]))).toMatchObject({
    beganSec: null,
    reliefSec: null,
  });
  expect(reliefOf(looksOf([[0, 0], ...Array(9).fill([0.9, 60])]))).toMatchObject({
    beganSec: 1,
    reliefSec: null,
  });
});

test('the table says of each build what became of it', () => {
  const round: GuardRound = {
    scene: 'a leak',
    guard: 'earlyoom',
    looks: looksOf([[0, 0], ...Array(9).fill([0.9, 60])]),
    outcomes: [
      { name: 'honest', leaks: false, end: 'built', sec: 41.2 },
      { name: 'leak', leaks: true, end: 'lost', sec: 9.51 },
    ],
    acts: [{ sec: 9.2, text: 'SIGTERM to uid 999 "bash": VmRSS 467 MiB' }],
    leastPercent: 7.6,
    harnessLateMs: 4,
  };
  const calm = { ...round, guard: 'nobody', looks: looksOf([[0, 0]]), acts: [] };
  const text = guardTable([round, calm]);
  expect(text.match(/\*\*a leak\*\*/g)).toHaveLength(1);
  expect(text).toContain(
    '| earlyoom | none in 8.0 s | 8.1 s | 8 % | honest built at 41 s | leak lost at 9.5 s | 9.2 s: SIGTERM to uid 999 "bash": VmRSS 467 MiB |',
  );
  expect(text).toContain('| nobody | no pressure | 0.0 s |');
});
