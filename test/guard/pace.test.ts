/** How fast builds grow: over the last seconds while they go on, and as it was when they were stopped. */
import { expect, test } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import { growthOf, nextPaces, type Paces } from '../../src/guard/pace.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Build } from '../../src/model/model.ts';
import { buildOf, gib } from './guarded.ts';

const mib = 2 ** 20;

/** What it says after each second, MB/s; each of `looks` is one. */
function pacesOver(looks: readonly Partial<Build>[]): readonly (number | null)[] {
  let paces: Paces = new Map();
  return looks.map((more, sec) => {
    const build = buildOf(1, more);
    const atMs = 1000 * sec;
    paces = nextPaces(paces, {
      ...emptyModel,
      builds: [build],
      monotonicMs: atMs,
      readAtMs: { forest: atMs },
    });
    const perSec = paces.get(identityKey(build))?.perSec ?? null;
    return perSec === null ? null : Math.round(perSec / mib);
  });
}
const held = (...each: readonly number[]) => each.map((size) => ({ residentBytes: size * mib }));

test('is known after two seconds, and forgets what is longer ago: a plateau is none', () => {
  expect(pacesOver(held(100, 140, 180, 220, 220, 220))).toEqual([null, null, 40, 40, 20, 0]);
});

test('of what stands still is that at which it was stopped, also right after it goes on', () => {
  const stands = { residentBytes: 180 * mib, paused: true };
  expect(pacesOver([...held(100, 140, 180), stands, stands, ...held(180, 180, 180)])).toEqual([
    ...[null, null, 40, 40, 40],
    ...[40, 40, 0],
  ]);
});

test('of another measure, or of what cannot be read, is not known', () => {
  const pss = held(50, 90, 130).map((one) => ({ ...one, residentBy: 'pss' as const }));
  expect(pacesOver([...held(100, 140, 180), ...pss])).toEqual([null, null, 40, null, null, 40]);
  expect(pacesOver([{ residentBytes: null }, { residentBytes: null }, { residentBytes: null }])).toEqual([
    ...[null, null, null],
  ]);
});

test('what would take all of memory in ten minutes or later does not count as growth', () => {
  const build = buildOf(1);
  const at = (perSec: number | null): Paces =>
    new Map([[identityKey(build), { measure: 'rss', points: [], perSec }]]);
  expect(growthOf(build, at(100 * mib), 16 * gib)).toBe(100 * mib);
  expect(growthOf(build, at(20 * mib), 16 * gib)).toBe(0);
  expect(growthOf(build, at(-100 * mib), 16 * gib)).toBe(0);
  expect(growthOf(build, at(null), 16 * gib)).toBe(0);
  expect(growthOf(build, new Map(), 16 * gib)).toBe(0);
});
