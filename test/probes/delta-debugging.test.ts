import { expect, test } from 'vitest';
import { smallestFailing } from '../../src/probes/delta-debugging.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);
const needs =
  (...culprits: readonly number[]) =>
  async (items: readonly number[]) =>
    culprits.every((one) => items.includes(one));

test.each([0, 1, 31, 62, 63])('one culprit (%i) of 64 is found by halves', async (culprit) => {
  const found = await smallestFailing(numbers(64), needs(culprit), { mostTests: 100 });
  expect(found).toMatchObject({ items: [culprit], complete: true });
  // Two halves at most in each of six rounds.
  expect(found.tests).toBeLessThanOrEqual(12);
});

test.each([[[3, 40]], [[0, 63]], [[10, 11]], [[5, 20, 50]]])(
  'those that make it together (%j) are found together',
  async (culprits) => {
    const found = await smallestFailing(numbers(64), needs(...culprits), { mostTests: 300 });
    expect(found).toMatchObject({ items: culprits, complete: true });
  },
);

test('two that each suffice: one of them', async () => {
  const fails = async (items: readonly number[]) => items.includes(9) || items.includes(50);
  const found = await smallestFailing(numbers(64), fails, { mostTests: 100 });
  expect(found).toMatchObject({ items: [9], complete: true });
});

test('all are needed: all of them', async () => {
  const found = await smallestFailing(numbers(5), needs(0, 1, 2, 3, 4), { mostTests: 100 });
  expect(found).toMatchObject({ items: [0, 1, 2, 3, 4], complete: true });
});

test('it ends at the number of tests, and where nobody can tell any more', async () => {
  const bounded = await smallestFailing(numbers(64), needs(3, 40), { mostTests: 7 });
  expect(bounded).toMatchObject({ tests: 7, complete: false });
  expect(bounded.items).toEqual(expect.arrayContaining([3, 40]));
  let asked = 0;
  const ended = await smallestFailing(numbers(64), async () => (++asked > 2 ? null : asked === 2), {
    mostTests: 100,
  });
  expect(ended).toMatchObject({ items: numbers(64).slice(32), tests: 3, complete: false });
});

test('of one or of none nothing is tested', async () => {
  const never = async () => {
    throw new Error('asked');
  };
  expect(await smallestFailing([7], never, { mostTests: 9 })).toEqual({
    items: [7],
    tests: 0,
    complete: true,
  });
  expect(await smallestFailing([], never, { mostTests: 9 })).toEqual({ items: [], tests: 0, complete: true });
});
