/** What a guard says, as it wrote it, as another version may, and as somebody writes it who means harm. */
import { expect, test } from 'vitest';
import { guardActions, guardRuleIds, guardRuleStates } from '../../../src/model/guard/guard.ts';
import { readGuardStatus, readGuards } from '../../../src/model/guard/read-status.ts';
import { createRandom } from '../../record/random.ts';
import { guardAct, guardStatus } from '../../support/guard-status.ts';
import { armedGuard } from '../../support/model-fixture.ts';

test('all of it as it was written', () => {
  const [reading] = guardStatus().readings;
  if (reading === undefined) throw new Error('no reading');
  const status = guardStatus({
    readings: [
      ...guardRuleIds.map((rule) => ({ ...reading, rule })),
      ...guardRuleStates.map((state) => ({ ...reading, state })),
    ],
    acts: guardActions.map((action) => guardAct({ action, processes: [{ pid: 7, startTime: 70 }] })),
  });
  expect(readGuardStatus(structuredClone(status))).toEqual(status);
  expect(readGuards([structuredClone(armedGuard)])).toEqual([armedGuard]);
});

test('of a later version: what is not known is left out', () => {
  const status = guardStatus();
  const [reading] = status.readings;
  const later = {
    ...status,
    more: 1,
    readings: [...status.readings, { ...reading, rule: 'network' }, { ...reading, unit: 'furlong' }],
    acts: [guardAct({ names: ['a'] }), { ...guardAct(), action: 'reboot' }],
  };
  expect(readGuardStatus(later)).toEqual({ ...status, acts: [guardAct({ names: ['a'] })] });
});

test('no more than a guard has, and no longer', () => {
  const status = guardStatus();
  const long = {
    ...status,
    readings: Array.from({ length: 5000 }, () => status.readings[0]),
    acts: Array.from({ length: 5000 }, (_, atMs) =>
      guardAct({ atMs, names: Array(999).fill('x'.repeat(9999)) }),
    ),
  };
  const read = readGuardStatus(long);
  expect(read?.readings).toHaveLength(32);
  expect(read?.acts).toHaveLength(64);
  expect(read?.acts.at(-1)?.atMs).toBe(4999);
  expect(read?.acts[0]?.names).toHaveLength(32);
  expect(read?.acts[0]?.names[0]).toHaveLength(400);
});

const junk: readonly unknown[] = [
  null,
  'x',
  Number.NaN,
  -1,
  1e300,
  [],
  {},
  [null],
  { pid: 1 },
  true,
  undefined,
];

test('whatever stands in a field, what comes out is a status or nothing', () => {
  const random = createRandom(15);
  const spoil = (value: unknown): unknown => {
    if (random.chance(0.01)) return random.pick(junk);
    if (Array.isArray(value)) return value.map(spoil);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, spoil(inner)]));
  };
  let whole = 0;
  for (let round = 0; round < 500; round += 1) {
    const read = readGuardStatus(spoil(guardStatus({ acts: [guardAct(), guardAct({ atMs: 2 })] })));
    if (read === undefined) continue;
    whole += 1;
    // Read again it is the same: nothing of it is what a reader would refuse.
    expect(readGuardStatus(structuredClone(read))).toEqual(read);
  }
  expect(whole).toBeGreaterThan(50);
});
