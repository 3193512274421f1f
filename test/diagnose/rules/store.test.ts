/** A damaged store: as probes find it, as Nix meets it, and what only sounds like it. */
import { describe, expect, test } from 'vitest';
import { storeRule } from '../../../src/diagnose/rules/store.ts';
import { remediesOf } from '../../../src/format/remedies.ts';
import { foldLog } from '../../../src/logs/fold.ts';
import { newLogState, newRebuild } from '../../../src/logs/log-state.ts';
import type { ProbeId, ProbeResult } from '../../../src/model/diagnosis/probe.ts';
import type { DamagedPath, ProbeValues } from '../../../src/model/diagnosis/probe-values.ts';
import type { Model } from '../../../src/model/model.ts';
import { newLogReader, readLog } from '../../../src/parse/read-log.ts';
import { followedOf } from '../../support/followed-fixture.ts';
import { healthOf, look, modelAt } from './storage-models.ts';

const pathOf = (name: string) => `/nix/store/${'a'.repeat(32)}-${name}`;

function result<Id extends ProbeId>(
  id: Id,
  value: ProbeValues[Id],
  second = 0,
  subject: string | null = null,
): ProbeResult {
  const { timeMs } = modelAt(second);
  return { id, subject, startedMs: timeMs, endedMs: timeMs, ok: true, value } as ProbeResult;
}
const verified = (...damaged: readonly DamagedPath[]) => result('verify-store', { checked: 4000, damaged });
const probed = (...results: readonly ProbeResult[]) =>
  look(storeRule, modelAt(60, { probes: { running: [], results } }));

describe('before and after a probe', () => {
  test('untested, whatever else is well', () => {
    const { hypothesis } = look(storeRule, modelAt(0, { health: healthOf({}) }));
    expect(hypothesis).toMatchObject({ state: 'untested', ground: { untested: { kind: 'probe' } } });
  });

  test('a verification without damage refutes it; the database alone does not', () => {
    expect(probed(verified()).hypothesis).toMatchObject({
      state: 'refuted',
      ground: { evidence: [{ field: 'store.damaged' }, { field: 'store.checked', value: 4000 }] },
    });
    const database = result('database', { ok: true, said: [], bytes: 1e8 });
    expect(probed(database).hypothesis.state).toBe('unlikely');
  });

  test('what could not be read was not verified', () => {
    for (const rest of [{ unreadable: 3 }, { partial: true }]) {
      const some = result('verify-store', { checked: 4000, damaged: [], ...rest });
      expect(probed(some).hypothesis.state).toBe('unlikely');
    }
  });

  test('where it may not be read the privilege is named', () => {
    const denied: ProbeResult = {
      id: 'verify-store',
      subject: null,
      startedMs: 0,
      endedMs: 1,
      ok: false,
      problem: { kind: 'denied', where: '/nix/store' },
    };
    expect(probed(denied).hypothesis.ground.untested).toEqual({ kind: 'privilege', privilege: 'root' });
  });
});

describe('A1-14: after a crash', () => {
  test('damage is grouped: empty files are called empty; each group has its way out', () => {
    const { said, findings } = probed(
      verified(
        { path: pathOf('a.drv'), how: 'empty' },
        { path: pathOf('gcc-13'), how: 'modified' },
        { path: pathOf('own-1'), how: 'missing' },
      ),
    );
    expect(said).toEqual([
      'critical confirmed: 3 paths of the store are damaged; 1 modified: gcc-13; 1 missing: own-1; 1 empty (as after a crash): a.drv',
    ]);
    const ways = findings[0] === undefined ? [] : remediesOf(findings[0].found);
    expect(ways.map((one) => ('command' in one ? one.command : one.kind))).toEqual([
      `nix store repair ${pathOf('gcc-13')} ${pathOf('own-1')}`,
      'nixos-rebuild build --repair',
      'nix-instantiate --repair',
      'advice',
    ]);
  });

  test('a hash that was never recorded is no damage', () => {
    expect(probed(verified({ path: pathOf('x'), how: 'unrecorded' })).said).toEqual([
      'ok confirmed: the database has no hash of 1 path (x): not recorded, which is not modified',
    ]);
  });

  test('what was found of one path later counts for it', () => {
    const one = pathOf('gcc-13');
    const whole = verified({ path: one, how: 'modified' });
    expect(probed(whole, result('verify-path', { damaged: null }, 5, one)).hypothesis.state).toBe('refuted');
    expect(probed(result('verify-path', { damaged: null }, -5, one), whole).said).toHaveLength(1);
    expect(probed(result('verify-path', { damaged: { path: one, how: 'missing' } }, 5, one)).said).toEqual([
      'critical confirmed: 1 path of the store is damaged; 1 missing: gcc-13',
    ]);
  });

  test('a database that fails its check', () => {
    expect(
      probed(result('database', { ok: false, said: ['row 5 missing from index'], bytes: 1 })).said,
    ).toEqual([
      "critical confirmed: the store's database /nix/var/nix/db/db.sqlite is malformed (row 5 missing from index)",
    ]);
  });
});

describe('what a rebuild met', () => {
  const rebuilds = (line: string): Model['rebuilds'] => {
    const { events } = readLog(newLogReader, Buffer.from(`error: ${line}\n`));
    const { timeMs } = modelAt(30);
    const state = foldLog(newLogState('one'), [...events, { kind: 'end', exitCode: 1 }], timeMs);
    return [followedOf(state.rebuilds[0] ?? newRebuild('stream', timeMs))];
  };
  const met = (line: string, ...results: readonly ProbeResult[]) =>
    look(storeRule, modelAt(60, { rebuilds: rebuilds(line), probes: { running: [], results } })).said;
  const statement = "executing SQLite statement 'select 1': database disk image is malformed";

  test.each([
    [
      `path '${pathOf('gcc-13')}' is corrupted or missing!`,
      'critical likely: Nix calls gcc-13 damaged or missing',
    ],
    [
      `path '${pathOf('gcc-13')}' was modified! expected hash 'sha256:0cf7', got 'sha256:1ydf'`,
      'critical likely: Nix calls gcc-13 damaged or missing',
    ],
    [
      `${statement} (in '/nix/var/nix/db/db.sqlite')`,
      "critical likely: the store's database /nix/var/nix/db/db.sqlite is malformed",
    ],
    [statement, 'critical possible: a database of Nix is malformed'],
    [
      `${statement} (in '/root/.cache/nix/binary-cache-v6.sqlite')`,
      "warning confirmed: a cache of Nix (/root/.cache/nix/binary-cache-v6.sqlite) is malformed, which is not the store's database: it may be deleted",
    ],
  ])('%s', (line, said) => {
    expect(met(line)).toEqual([said]);
  });

  test.each([
    ["builder for '/nix/store/x.drv' failed with exit code 2"],
    [`path '${pathOf('x')}' was modified! expected hash 'sha256:${'0'.repeat(52)}', got 'sha256:1ydf'`],
    ["SQLite database '/nix/var/nix/db/db.sqlite' is busy"],
  ])('no damage: %s', (line) => {
    expect(met(line)).toEqual([]);
  });

  test('what a probe has found since is settled', () => {
    const one = pathOf('gcc-13');
    expect(
      met(`path '${one}' is corrupted or missing!`, result('verify-path', { damaged: null }, 40, one)),
    ).toEqual([]);
    expect(
      met(`path '${one}' is corrupted or missing!`, result('verify-path', { damaged: null }, 20, one)),
    ).toHaveLength(1);
    expect(met(statement, result('database', { ok: true, said: [], bytes: 1 }, 40))).toEqual([]);
  });
});

test('memory that has errors makes it likely, what ECC corrected possible', () => {
  const said = (corrected: number, uncorrected: number) =>
    look(storeRule, modelAt(0, { health: healthOf({ memoryErrors: { corrected, uncorrected } }) })).said;
  expect(said(5, 1)).toEqual([
    'warning likely: memory has had 1 error that ECC could not correct, and 5 that it did: bad memory damages stores',
  ]);
  expect(said(5, 0)[0]).toMatch(/^ok possible: /);
  expect(said(0, 0)).toEqual([]);
});
