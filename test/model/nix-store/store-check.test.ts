import { describe, expect, test } from 'vitest';
import { createStoreGraph, pathKey } from '../../../src/model/nix-store/dead-paths.ts';
import {
  garbageWarning,
  type StoreVerification,
  verificationText,
} from '../../../src/model/nix-store/store-check.ts';
import { addWorkPoint, rateOf, type WorkTrack } from '../../../src/model/nix-store/work-rate.ts';
import { busy, idle } from '../../support/model-fixture.ts';

const alphabet = '0123456789abcdfghijklmnpqrsvwxyz';
function storePath(name: string): string {
  const letter = alphabet[name.charCodeAt(0) % 32] ?? '0';
  return `/nix/store/${letter.repeat(9)}${alphabet[name.length]}${'0'.repeat(22)}-${name}`;
}

describe('what nothing keeps alive', () => {
  /** app → lib, app made by app.drv → src; old is made by old.drv; both self-reference. */
  function graph() {
    const store = createStoreGraph();
    const add = (name: string, narSize: number, references: string[], deriver: string | null = null) =>
      store.add({
        path: storePath(name),
        narSize,
        deriver: deriver === null ? null : storePath(deriver),
        references: references.map(storePath),
      });
    add('app', 100, ['app', 'lib'], 'x.app.drv');
    add('x.app.drv', 1, ['src']);
    add('lib', 20, []);
    add('src', 3, []);
    add('old', 4000, ['lib', 'old'], 'y.old.drv');
    add('y.old.drv', 50_000, []);
    return store;
  }

  test.each([
    ['nothing is a root', [], true, false, 6],
    ['the derivation of what lives lives', ['app'], true, false, 2],
    ['unless it is not to be kept', ['app'], false, false, 4],
    ['a derivation keeps no output', ['y.old.drv'], true, false, 5],
    ['unless outputs are to be kept', ['y.old.drv'], true, true, 3],
    ['a root that the database does not know', ['gone'], true, false, 6],
    ['everything is a root', ['app', 'old'], true, false, 0],
  ])('%s', (_, roots, derivations, outputs, paths) => {
    expect(graph().dead(roots.map(storePath), { derivations, outputs }).paths).toBe(paths);
  });

  test('sizes', () => {
    const store = graph();
    expect(store.bytes).toBe(54_124);
    expect(store.paths).toBe(6);
    expect(store.dead([storePath('app')], { derivations: true, outputs: false })).toEqual({
      paths: 2,
      bytes: 54_000,
    });
    expect(store.sizeOf(storePath('lib'))).toBe(20);
    expect(store.sizeOf(storePath('gone'))).toBeNull();
  });

  test('a row that comes twice counts once; a long chain is no recursion', () => {
    const store = createStoreGraph();
    const hashOf = (n: number) => [...String(n).padStart(10, '0')].join('');
    const path = (n: number) => `/nix/store/${hashOf(n)}${'0'.repeat(22)}-n`;
    for (let n = 0; n < 50_000; n += 1)
      store.add({ path: path(n), narSize: 1, deriver: null, references: [path(n + 1)] });
    store.add({ path: path(0), narSize: 1, deriver: null, references: [] });
    expect(store.dead([path(25_000)], { derivations: true, outputs: false })).toEqual({
      paths: 25_000,
      bytes: 25_000,
    });
  });

  test('keys', () => {
    expect(pathKey('/nix/store/zzzzzzzzzz0000000000000000000000-x')).toBe(2 ** 50 - 1);
    expect(pathKey('/nix/store/00000000010000000000000000000000-x')).toBe(1);
    expect(pathKey('/nix/store/.links')).toBeNull();
    expect(pathKey('')).toBeNull();
  });
});

describe('rate and time left', () => {
  const points = (...given: [sec: number, items: number, bytes: number][]) =>
    given.reduce<WorkTrack>(
      (track, [sec, items, bytes]) => addWorkPoint(track, { atMs: sec * 1000, items, bytes }),
      [],
    );
  const mega = 1024 * 1024;

  test('unknown before there is something to judge by', () => {
    expect(rateOf([], { items: 9, bytes: 9 })).toEqual({ bytesPerSec: null, secondsLeft: null });
    expect(rateOf(points([0, 0, 0], [1, 5, 5]), { items: 9, bytes: 9 }).secondsLeft).toBeNull();
  });

  test('large paths: by bytes', () => {
    const { bytesPerSec, secondsLeft } = rateOf(points([0, 0, 0], [10, 10, 1000 * mega]), {
      items: 100,
      bytes: 10_000 * mega,
    });
    expect(bytesPerSec).toBe(100 * mega);
    expect(secondsLeft).toBeCloseTo(90, 0);
  });

  test('small paths: by number, and without sizes too', () => {
    expect(rateOf(points([0, 0, 0], [10, 1000, 1000]), { items: 5000, bytes: 5000 }).secondsLeft).toBeCloseTo(
      40,
      0,
    );
    expect(rateOf(points([0, 0, 0], [10, 1000, 0]), { items: 5000, bytes: null })).toEqual({
      bytesPerSec: null,
      secondsLeft: 40,
    });
  });

  test('the last half minute counts', () => {
    const track = points([0, 0, 0], [100, 10, 10 * mega], [110, 10, 10 * mega], [130, 20, 1010 * mega]);
    expect(track[0]?.atMs).toBe(100_000);
    expect(rateOf(track, { items: 40, bytes: 2010 * mega }).bytesPerSec).toBeCloseTo((1000 * mega) / 30);
  });

  test('many points in a second are few', () => {
    let track: WorkTrack = [];
    for (let ms = 0; ms < 60_000; ms += 10) track = addWorkPoint(track, { atMs: ms, items: ms, bytes: ms });
    expect(track.length).toBeLessThan(35);
  });

  test('a standstill has no end', () => {
    expect(rateOf(points([0, 5, 5], [20, 5, 5]), { items: 10, bytes: 10 })).toEqual({
      bytesPerSec: 0,
      secondsLeft: null,
    });
  });
});

describe('words', () => {
  const sound: StoreVerification = {
    version: 1,
    time: '2026-11-20T12:00:00.000Z',
    status: 'done',
    durationMs: 1000,
    paths: 10,
    expectedPaths: 10,
    bytes: 100,
    corrupt: [],
    missing: [],
    unreadable: [],
  };
  const at = (minutes: number) => Date.parse(sound.time) + minutes * 60_000;
  test.each<[Partial<StoreVerification>, number, string]>([
    [{}, 0.5, 'store verified just now, 0 corrupt'],
    [{}, -60, 'store verified just now, 0 corrupt'],
    [{}, 5, 'store verified 5 min ago, 0 corrupt'],
    [{}, 130, 'store verified 2 h ago, 0 corrupt'],
    [{}, 60 * 24 * 3, 'store verified 3 d ago, 0 corrupt'],
    [{ corrupt: ['a', 'b'], missing: ['c'] }, 130, 'store verified 2 h ago, 2 corrupt, 1 missing'],
    [{ unreadable: ['a'] }, 130, 'store verified 2 h ago, 0 corrupt, 1 unreadable'],
    [{ status: 'cancelled', corrupt: ['a'] }, 130, 'verification cancelled 2 h ago, 1 corrupt'],
  ])('%j after %d min', (change, minutes, expected) => {
    expect(verificationText({ ...sound, ...change }, at(minutes))).toBe(expected);
  });

  test('clients at work are told what a collection means for them', () => {
    expect(garbageWarning(idle)).toBeNull();
    expect(garbageWarning(busy)).toMatch(/at work: builds go on/);
  });
});
