import { describe, expect, test } from 'vitest';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Disk, Model } from '../../src/model/model.ts';
import type { ScoreId } from '../../src/model/rebuild/score-card.ts';
import { countStates, type ScoreFacts, scoreCardOf } from '../../src/score/card.ts';
import { nextScore, type ScoreFold } from '../../src/score/fold.ts';
import { defaultScoreLimits } from '../../src/score/limits.ts';
import { boxRebuild, followedOf } from '../support/followed-fixture.ts';
import { buildOf } from '../support/model-fixture.ts';

const GiB = 1024 ** 3;
const startMs = Date.UTC(2026, 10, 20, 13);

interface Moment {
  /** Since the start. */
  readonly sec: number;
  readonly usedGiB?: number;
  readonly busyPercent?: number;
  readonly disks?: readonly Disk[];
  readonly more?: Partial<Model>;
  /** What was not read anew at that moment. */
  readonly stale?: readonly ('cpu' | 'disks')[];
}

const disk: Disk = {
  ...{ device: 'sda', title: null, model: null, carries: ['/nix/store'], slaves: [] },
  ...{ readsPerSec: 0, writesPerSec: 0, readBytesPerSec: 0, writeBytesPerSec: 0 },
  ...{ readAwaitMs: null, writeAwaitMs: null, flushAwaitMs: null, queueSize: 0, utilPercent: 0 },
  ...{ inFlight: 0, stalledSec: null },
};

/** The fold over a rebuild, its Models one after the other. */
function folded(moments: readonly Moment[]): ScoreFold {
  let fold: ScoreFold | null = null;
  const readAtMs: Record<string, number> = {};
  for (const { sec, usedGiB, busyPercent, disks = [disk], more, stale = [] } of moments) {
    const atMs = sec * 1000;
    readAtMs['forest'] = atMs;
    for (const part of ['cpu', 'disks'] as const) if (!stale.includes(part)) readAtMs[part] = atMs;
    const used = usedGiB === undefined ? null : usedGiB * GiB;
    const model: Model = {
      ...emptyModel,
      ...{ timeMs: startMs + atMs, monotonicMs: atMs, disks, readAtMs: { ...readAtMs } },
      memory: { ...emptyModel.memory, totalBytes: 32 * GiB, usedBytes: used },
      cpu: {
        ...emptyModel.cpu,
        userPercent: busyPercent ?? null,
        systemPercent: busyPercent === undefined ? null : 0,
      },
      ...more,
    };
    fold = nextScore(fold, model, null);
  }
  if (fold === null) throw new Error('no moments');
  return fold;
}

const facts: ScoreFacts = { command: ['make'], exitCode: 0, succeeded: true, generation: null };
const itemOf = (fold: ScoreFold, id: ScoreId, over: Partial<ScoreFacts> = {}) =>
  scoreCardOf(fold, { ...facts, ...over }).items.find((one) => one.id === id);
const quiet = folded([{ sec: 0 }, { sec: 1 }]);

describe('time', () => {
  test.each([
    [599, 'pass'],
    [601, 'fail'],
  ])('%d s', (sec, state) => {
    const endedMs = startMs + sec * 1000;
    expect(itemOf(quiet, 'time', { endedMs })).toMatchObject({ state, value: sec, limit: 600 });
  });

  test('what was not done fails however quick it was; of what nobody knows the end of, nobody knows', () => {
    expect(itemOf(quiet, 'time', { succeeded: false })).toMatchObject({
      state: 'fail',
      note: { kind: 'not-done' },
    });
    expect(itemOf(quiet, 'time', { succeeded: null })).toMatchObject({ state: 'unknown' });
  });

  test('where it usually takes longer, so long', () => {
    const followed = followedOf(boxRebuild);
    const rebuilds = [{ ...followed, estimate: { lowSec: 600, highSec: 1200, known: 0.9 } }];
    const known = folded([{ sec: 0 }, { sec: 100, more: { rebuilds } }]);
    expect(itemOf(known, 'time')).toMatchObject({ limit: 1300, note: { kind: 'usual-time' } });
    const guessed = [{ ...followed, estimate: { lowSec: 600, highSec: 1200, known: 0.2 } }];
    expect(itemOf(folded([{ sec: 0, more: { rebuilds: guessed } }]), 'time')).toMatchObject({ limit: 600 });
  });
});

describe('memory', () => {
  test('the peak, when it was, and what was the rebuild’s own', () => {
    const build = buildOf({ pid: 1, name: 'big', residentBytes: 9 * GiB });
    const totals = { ...emptyModel.totals, residentBytes: 10 * GiB };
    const fold = folded([
      { sec: 0, usedGiB: 4 },
      { sec: 5, usedGiB: 20, more: { builds: [build], totals } },
      { sec: 9, usedGiB: 6 },
    ]);
    expect(itemOf(fold, 'memory')).toMatchObject({
      state: 'fail',
      value: 62.5,
      atMs: startMs + 5000,
      note: { usedBytes: 20 * GiB, totalBytes: 32 * GiB, ownBytes: 10 * GiB, build: 'big' },
    });
  });

  test('exactly at the limit passes; unknown is unknown', () => {
    expect(itemOf(folded([{ sec: 0, usedGiB: 16 }]), 'memory')).toMatchObject({ state: 'pass', value: 50 });
    expect(itemOf(quiet, 'memory')).toMatchObject({ state: 'unknown', value: null });
  });
});

describe('await', () => {
  const busyDisk = (awaitMs: number, perSec = 100): Disk => ({
    ...disk,
    writesPerSec: perSec,
    writeAwaitMs: awaitMs,
  });

  test('one slow second among ten good ones is none; ten of them are', () => {
    const seconds = (slow: readonly number[]) =>
      folded(
        Array.from({ length: 21 }, (_, sec) => ({ sec, disks: [busyDisk(slow.includes(sec) ? 400 : 5)] })),
      );
    expect(itemOf(seconds([12]), 'await')).toMatchObject({
      state: 'pass',
      note: { device: 'sda', stalled: false },
    });
    expect(itemOf(seconds([8, 9, 10, 11, 12]), 'await')).toMatchObject({ state: 'fail' });
  });

  test('a slow request of a disk that is hardly used says nothing; a stall does', () => {
    expect(itemOf(folded([{ sec: 0 }, { sec: 1, disks: [busyDisk(900, 2)] }]), 'await')).toMatchObject({
      state: 'pass',
      value: 0,
    });
    const stalled = { ...disk, inFlight: 3, stalledSec: 4 };
    expect(itemOf(folded([{ sec: 0 }, { sec: 1, disks: [stalled] }]), 'await')).toMatchObject({
      state: 'fail',
      value: 4000,
      note: { stalled: true },
    });
  });

  test('a disk without the store does not count beside one that has it', () => {
    const other = { ...busyDisk(900), device: 'sdb', carries: [] };
    expect(itemOf(folded([{ sec: 0 }, { sec: 1, disks: [busyDisk(5), other] }]), 'await')).toMatchObject({
      state: 'pass',
      note: { device: 'sda' },
    });
  });

  test('what was read once is counted once, and disks that nobody read are unknown', () => {
    const slow = { disks: [busyDisk(900, 9)] };
    const fold = folded([{ sec: 0 }, { sec: 1, ...slow }, { sec: 2, ...slow, stale: ['disks'] }]);
    expect(itemOf(fold, 'await')).toMatchObject({ value: 0 });
    expect(itemOf(folded([{ sec: 0 }]), 'await')).toMatchObject({ state: 'unknown' });
  });
});

describe('CPU', () => {
  test('its mean is by time, not by looks', () => {
    const fold = folded([
      { sec: 0, busyPercent: 0 },
      { sec: 90, busyPercent: 100 },
      { sec: 91, busyPercent: 10 },
      { sec: 92, busyPercent: 10 },
      { sec: 100, busyPercent: 10 },
    ]);
    expect(itemOf(fold, 'cpu')).toMatchObject({
      state: 'fail',
      value: 91,
      note: { kind: 'mean', overSec: 100 },
    });
  });

  test('what was not read anew has no weight', () => {
    const fold = folded([
      { sec: 0, busyPercent: 0 },
      { sec: 1, busyPercent: 50 },
      { sec: 2, busyPercent: 50, stale: ['cpu'] },
      { sec: 3, busyPercent: 80 },
    ]);
    expect(itemOf(fold, 'cpu')?.value).toBeCloseTo(70);
    expect(itemOf(quiet, 'cpu')).toMatchObject({ state: 'unknown' });
  });

  test('a gap of a recording is nobody’s mean', () => {
    const after = [5001, 5002, 5003].map((sec) => ({ sec, busyPercent: 20 }));
    const fold = folded([{ sec: 0 }, { sec: 5000, busyPercent: 100 }, ...after]);
    expect(itemOf(fold, 'cpu')).toMatchObject({ value: 20, note: { overSec: 3 } });
  });

  test('what is over within two looks is not judged', () => {
    const looks = [0, 1, 2, 3].map((sec) => ({ sec, busyPercent: 100 }));
    expect(itemOf(folded(looks.slice(0, 3)), 'cpu')).toMatchObject({ state: 'unknown', value: null });
    expect(itemOf(folded(looks), 'cpu')).toMatchObject({ state: 'fail' });
  });
});

describe('what is left', () => {
  const zombies = (count: number) => ({
    builds: [buildOf({ pid: 1, states: { R: 0, S: 0, D: 0, Z: count, T: 0 } })],
  });

  test('zombies at the end, and no others', () => {
    expect(itemOf(folded([{ sec: 0, more: zombies(3) }, { sec: 1 }]), 'zombies')).toMatchObject({
      state: 'pass',
    });
    expect(itemOf(folded([{ sec: 0, more: zombies(2) }]), 'zombies')).toMatchObject({
      state: 'fail',
      value: 2,
    });
    expect(itemOf(nextScore(null, emptyModel, null), 'zombies')).toMatchObject({
      state: 'unknown',
      value: null,
    });
  });

  test('of a command only its own builds count', () => {
    const model = { ...emptyModel, ...zombies(2), readAtMs: { forest: 0 } };
    const fold = nextScore(null, model, { pid: 4711, origin: 'command' });
    expect(itemOf(fold, 'zombies')).toMatchObject({ state: 'pass', value: 0 });
  });

  test('the generation that boots', () => {
    const generation = { before: 41, now: 42, soundness: { state: 'sound' } } as const;
    expect(itemOf(quiet, 'generation')).toMatchObject({ state: 'left-out' });
    expect(itemOf(quiet, 'generation', { generation })).toMatchObject({
      state: 'pass',
      value: 42,
      note: { made: true },
    });
    const soundness = { state: 'unsound', flaws: ['init is missing'] } as const;
    expect(itemOf(quiet, 'generation', { generation: { ...generation, soundness } })).toMatchObject({
      state: 'fail',
      note: { flaws: ['init is missing'] },
    });
    const denied = { state: 'unknown', why: '/nix: denied' } as const;
    expect(
      itemOf(quiet, 'generation', { generation: { before: null, now: 42, soundness: denied } }),
    ).toMatchObject({ state: 'unknown', note: { made: false, why: '/nix: denied' } });
  });

  test.each([
    ['never', null, 'unknown'],
    ['before it began', { time: startMs - 1 }, 'unknown'],
    ['begun before it', { time: startMs + 500 }, 'unknown'],
    ['since', { time: startMs + 5000 }, 'pass'],
    ['not to its end', { time: startMs + 5000, status: 'cancelled' as const }, 'unknown'],
    ['with unreadable paths', { time: startMs + 5000, unreadable: ['/nix/store/a'] }, 'unknown'],
    ['with damage, long ago', { time: startMs - 9e9, corrupt: ['/nix/store/a'] }, 'fail'],
  ])('the store, verified %s', (_, last, state) => {
    const verification = last && {
      ...({ version: 1, status: 'done', durationMs: 1000, paths: 9, expectedPaths: 9, bytes: null } as const),
      ...{ corrupt: [], missing: [], unreadable: [] },
      ...last,
      time: new Date(last.time).toISOString(),
    };
    expect(itemOf(quiet, 'store', { verification })).toMatchObject({ state });
    expect(itemOf(quiet, 'store')).toMatchObject({ state: 'unknown', note: null });
  });
});

describe('the card', () => {
  test('nothing passes that nobody saw', () => {
    const { items } = scoreCardOf(nextScore(null, emptyModel, null), { ...facts, succeeded: null });
    expect(countStates(items)).toEqual({ pass: 0, fail: 0, unknown: 6, 'left-out': 1 });
  });

  test('limits are configurable', () => {
    const limits = { ...defaultScoreLimits, memory: 70 };
    const { items } = scoreCardOf(folded([{ sec: 0, usedGiB: 20 }]), facts, limits);
    expect(items.find(({ id }) => id === 'memory')).toMatchObject({ state: 'pass', limit: 70 });
  });

  test('its breaker is what ended it, not what was told or tried', () => {
    const act = {
      ...({
        atMs: 1,
        rule: 'memory-delta',
        names: ['big'],
        value: 11,
        limit: 10,
        unit: 'bytes',
        heldSec: 10,
      } as const),
      ...({ evidence: [], dryRun: false, status: 'done', summary: null } as const),
    };
    const cardOf = (...acts: NonNullable<ScoreFacts['acts']>) => scoreCardOf(quiet, { ...facts, acts });
    expect(cardOf({ ...act, action: 'tell', status: null }, { ...act, action: 'pause' }).breaker).toBeNull();
    expect(cardOf({ ...act, action: 'cancel', status: 'refused' }).breaker).toBeNull();
    expect(cardOf({ ...act, action: 'cancel', dryRun: true }).breaker).toBeNull();
    expect(cardOf({ ...act, action: 'cancel' }).breaker).toMatchObject({
      action: 'cancel',
      rule: 'memory-delta',
    });
  });
});
