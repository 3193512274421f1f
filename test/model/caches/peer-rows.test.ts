/** Rows of caches and builders: configured or not, what logs and checks say of each, why a builder does nothing. */
import { describe, expect, test } from 'vitest';
import type { CacheCheck } from '../../../src/model/cache-check/cache-check.ts';
import { builderRows } from '../../../src/model/caches/builder-rows.ts';
import { type CacheState, cacheRows } from '../../../src/model/caches/cache-rows.ts';
import type { BuilderLock, CachesRaw } from '../../../src/model/caches/caches-raw.ts';
import { peerIndex, peerRows } from '../../../src/model/caches/peer-list.ts';
import { emptyModel } from '../../../src/model/empty-model.ts';
import type { Model } from '../../../src/model/model.ts';
import type { Peer } from '../../../src/model/rebuild/rebuild.ts';
import { cacheCheck, checkedBuilder, checkedCache } from '../../support/cache-check.ts';
import { cachesRaw, checkAt, peerOf } from '../../support/caches-fixture.ts';
import { remote } from '../../support/model-fixture.ts';
import { followed } from '../../support/rebuild-models.ts';

const [first] = followed.rebuilds;
if (first === undefined) throw new Error('no rebuild');

const nowMs = 1_700_000_000_000;
const none: CachesRaw = {
  ...cachesRaw,
  ...{ caches: [], keys: [], builders: [], locks: [], checks: [], day: { fetches: 0, hits: 0 } },
};

function modelOf(raw: Partial<CachesRaw> | null, more: Partial<Model> = {}): Model {
  const totals = { ...emptyModel.totals, running: 0 };
  const caches = raw === null ? null : { ...none, ...raw };
  return { ...emptyModel, timeMs: nowMs, totals, caches, ...more };
}

const rebuildOf = (peers: Readonly<Record<string, Peer>>, more: Partial<typeof first.rebuild> = {}) => ({
  ...first,
  client: null,
  over: false,
  rebuild: {
    ...first.rebuild,
    ...{ peers: new Map(Object.entries(peers)), planned: new Set<string>(), running: new Map() },
    ...{ updatedMs: nowMs, ...more },
  },
});

describe('caches', () => {
  const url = 'https://cache.example';
  const stateWith = (peer: Partial<Peer> | null, check: Partial<CacheCheck['caches'][number]> | null) => {
    const checks =
      check === null
        ? []
        : [checkAt(nowMs - 1000, { caches: [{ ...checkedCache, address: `${url}/`, ...check }] })];
    const rebuilds = peer === null ? [] : [rebuildOf({ [url]: peerOf(peer) })];
    return cacheRows(modelOf({ caches: [`${url}/`], checks }, { rebuilds }))[0];
  };

  const states: readonly [string, Partial<Peer> | null, Parameters<typeof stateWith>[1], CacheState][] = [
    ['nobody asked it', null, null, 'unknown'],
    ['the check found nothing', null, {}, 'answers'],
    ['the check found it dead', null, { trouble: 'unreachable' }, 'unreachable'],
    ['a log has answers', { asked: 3, answered: 3 }, null, 'answers'],
    ['some are missing', { asked: 3, answered: 2, unanswered: 1 }, null, 'partly'],
    ['all are missing', { asked: 3, unanswered: 3 }, null, 'silent'],
    ['Nix leaves it out', { asked: 3, unanswered: 3, offUntilMs: nowMs + 1000 }, null, 'off'],
    ['it was left out', { asked: 3, unanswered: 3, offUntilMs: nowMs - 1 }, null, 'silent'],
    ['what is newer counts', { asked: 3, answered: 3 }, { trouble: 'timeout' }, 'answers'],
    ['questions are open: the check counts', { asked: 3 }, { trouble: 'timeout' }, 'timeout'],
  ];
  test.each(states)('%s', (_, peer, check, state) => {
    expect(stateWith(peer, check)?.state).toBe(state);
  });

  test('a check that is newer than the log counts', () => {
    const rebuilds = [rebuildOf({ [url]: peerOf({ asked: 3, answered: 3 }) }, { updatedMs: nowMs - 9000 })];
    const checks = [
      checkAt(nowMs, { caches: [{ ...checkedCache, address: url, trouble: 'bad-signature' }] }),
    ];
    expect(cacheRows(modelOf({ caches: [url], checks }, { rebuilds }))[0]?.state).toBe('bad-signature');
  });

  test('what a check of another day found is not how it is', () => {
    const at = (ms: number) => {
      const checks = [checkAt(ms, { caches: [{ ...checkedCache, address: url }] })];
      return cacheRows(modelOf({ caches: [url], checks }))[0];
    };
    expect(at(nowMs - 86_400_000)?.state).toBe('answers');
    expect(at(nowMs - 86_400_001)).toMatchObject({ state: 'unknown', checkedMs: nowMs - 86_400_001 });
  });

  test('several rebuilds together; builders and other stores are none', () => {
    const rebuilds = [
      rebuildOf({
        [url]: peerOf({ asked: 3, answered: 2, unanswered: 1, answersMs: [10, 30], lostMs: 1500 }),
        'ssh-ng://nix@box': peerOf({ sentPaths: 3, fetchedPaths: 2 }),
        local: peerOf({ fetchedPaths: 1 }),
      }),
      rebuildOf({ [url]: peerOf({ asked: 1, answered: 1, answersMs: [20], lostMs: 500, retries: 4 }) }),
    ];
    const rows = cacheRows(modelOf({}, { rebuilds }));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...{ address: url, configured: false, checked: null },
      asked: { asked: 4, answered: 3, unanswered: 1, answerSec: 0.02, lostSec: 2, retries: 4 },
    });
  });

  test('unknown is null, and not asked is 0 only where a rebuild has asked another', () => {
    expect(cacheRows(modelOf({ caches: [url] }))[0]).toMatchObject({ configured: true, asked: null });
    const rebuilds = [rebuildOf({ 'http://other': peerOf({ asked: 1, answered: 1 }) })];
    expect(cacheRows(modelOf({ caches: [url] }, { rebuilds }))[0]).toMatchObject({ asked: { asked: 0 } });
    expect(cacheRows(modelOf({ caches: null }, { rebuilds }))[0]).toMatchObject({ configured: null });
    expect(cacheRows(modelOf(null, { rebuilds }))[0]).toMatchObject({ configured: null });
  });
});

describe('builders', () => {
  const [box] = cachesRaw.builders ?? [];
  if (box === undefined) throw new Error('no builder');
  const rowsOf = (raw: Partial<CachesRaw>, more?: Partial<Model>) => builderRows(modelOf(raw, more));

  test('slots by their locks, of the very address', () => {
    const locks: BuilderLock[] = [
      { name: 'ssh-ng:__nix@box-0', held: true, waiting: 0 },
      { name: 'ssh-ng:__nix@box-3', held: true, waiting: 0 },
      { name: 'ssh-ng:__nix@box-1', held: false, waiting: 1 },
      { name: 'ssh-ng:__nix@box.upload-lock', held: true, waiting: 2 },
      { name: 'ssh-ng:__nix@box-1-0', held: true, waiting: 0 },
    ];
    const builders = [box, { ...box, address: 'ssh-ng://nix@box-1?compress=true' }];
    expect(rowsOf({ builders, locks })).toMatchObject([
      { busy: 2, waiting: 2, slots: 4, idle: null },
      { busy: 1, waiting: 0, name: 'box-1' },
    ]);
    // Two stores of one machine: by the whole of their addresses.
    const two = ['a', 'b'].map((store) => ({ ...box, address: `ssh-ng://l?remote-store=/${store}` }));
    const ofB = [{ name: 'ssh-ng:__l?remote-store=_b-0', held: true, waiting: 0 }];
    expect(rowsOf({ builders: two, locks: ofB })).toMatchObject([{ busy: 0 }, { busy: 1 }]);
    // One, printed otherwise by Nix than it is written.
    const printed = [{ name: 'ssh-ng:__l?max-connections=1&remote-store=_a-0', held: true, waiting: 0 }];
    expect(rowsOf({ builders: two.slice(0, 1), locks: printed })).toMatchObject([{ busy: 1 }]);
    expect(rowsOf({ builders, locks: null })).toMatchObject([{ busy: null, waiting: null }, { busy: null }]);
  });

  test('what it builds, by its processes and by the log; one that is not configured is one, too', () => {
    const builds = [
      { ...remote, host: 'box', name: 'llvm-18' },
      { ...remote, host: 'elsewhere', name: 'gcc-14' },
    ];
    expect(rowsOf({ builders: [box] }, { builds })).toMatchObject([
      { name: 'box', builds: ['llvm-18'], idle: null },
      { address: 'elsewhere', configured: false, slots: null, busy: null, builds: ['gcc-14'], idle: null },
    ]);
  });

  test('two addresses of one machine have names of their own, lines of one address are one', () => {
    const builders = [
      box,
      { ...box, address: 'ssh://me@box', slots: 1 },
      { ...box, systems: ['i686-linux'], features: ['more'], slots: 8 },
    ];
    expect(rowsOf({ builders })).toMatchObject([
      {
        ...{ name: 'ssh-ng://nix@box', slots: 8, systems: ['x86_64-linux', 'i686-linux'] },
        features: ['kvm', 'big-parallel', 'more'],
      },
      { name: 'ssh://me@box', slots: 1 },
    ]);
  });

  describe('why it does nothing', () => {
    const reason = (raw: Partial<CachesRaw>, more?: Partial<Model>) =>
      rowsOf({ builders: [box], ...raw }, more)[0]?.idle;
    const wants = (system: string | null) => ({
      rebuilds: [rebuildOf({}, { planned: new Set(['/nix/store/a.drv']) })],
      derivations: new Map([
        ['/nix/store/a.drv', { drv: '/nix/store/a.drv', inputs: [], pname: null, system }],
      ]),
    });

    test('a line is refused, and with it all', () => {
      expect(reason({ refused: [{ address: 'x', why: 'y' }] })).toEqual({ kind: 'refused' });
    });
    test('no slots', () => {
      expect(reason({ builders: [{ ...box, slots: 0 }] })).toEqual({ kind: 'no-slots' });
    });
    test('a check of another day is no reason', () => {
      const builders = [{ ...checkedBuilder, trouble: 'unreachable' } as const];
      const at = (ms: number) => reason({ checks: [checkAt(ms, { builders })] });
      expect(at(nowMs - 86_400_000)).toMatchObject({ kind: 'check' });
      expect(at(nowMs - 86_400_001)).toEqual({ kind: 'nothing' });
    });
    test('what was so in the last check alone is no reason now', () => {
      for (const trouble of ['slots', 'system', 'features'] as const) {
        const builders = [{ ...checkedBuilder, trouble, said: null }];
        expect(reason({ checks: [checkAt(nowMs - 9, { builders })] })).toEqual({ kind: 'nothing' });
      }
      const builders = [{ ...checkedBuilder, trouble: 'system', said: 'but I am a mac' } as const];
      expect(reason({ checks: [checkAt(nowMs - 9, { builders })] })).toMatchObject({ kind: 'check' });
    });
    test('the last check', () => {
      const checks = [checkAt(nowMs - 9, { builders: [{ ...checkedBuilder, trouble: 'unreachable' }] })];
      expect(reason({ checks })).toEqual({ kind: 'check', trouble: 'unreachable' });
      // Only the last one counts.
      expect(reason({ checks: [...checks, { ...cacheCheck, endedMs: nowMs }] })).toEqual({ kind: 'nothing' });
    });
    test('nothing waits', () => {
      expect(reason({})).toEqual({ kind: 'nothing' });
      expect(reason({}, { rebuilds: [rebuildOf({})] })).toEqual({ kind: 'nothing' });
    });
    test('what waits is of another system', () => {
      expect(reason({}, wants('riscv64-linux'))).toEqual({ kind: 'system', wanted: ['riscv64-linux'] });
    });
    test('no more than is known', () => {
      const unknown = { kind: 'unknown' };
      expect(reason({}, wants('x86_64-linux'))).toEqual(unknown);
      expect(reason({}, wants(null))).toEqual(unknown);
      expect(reason({ builders: [{ ...box, systems: [] }] }, wants('riscv64-linux'))).toEqual(unknown);
      // A client whose log nobody follows may have builds that wait.
      expect(reason({}, { clients: followed.clients })).toEqual(unknown);
      expect(reason({}, { totals: { ...emptyModel.totals, running: null } })).toEqual(unknown);
    });
  });
});

test('the list: caches, builders, the newest check first; without a selection its first row', () => {
  const rows = peerRows(modelOf({ ...cachesRaw }));
  expect(rows.map(({ kind }) => kind).join(' ')).toBe(
    'cache cache cache builder builder builder check check check',
  );
  const checks = rows.flatMap((row) => (row.kind === 'check' ? [row.check.endedMs] : []));
  expect(checks).toEqual(checks.toSorted((a, b) => b - a));
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  expect(peerIndex(rows, null)).toBe(0);
  expect(peerIndex(rows, 'cache gone')).toBe(0);
  expect(peerIndex(rows, rows[4]?.key ?? null)).toBe(4);
});
