/** Locks: of outputs, of a collection, of an upload, and what Nix waits for. */
import { describe, expect, test } from 'vitest';
import { hostOfLock } from '../../../src/diagnose/rules/upload-lock.ts';
import { foundText } from '../../../src/format/findings.ts';
import type { ProcessRaw } from '../../../src/model/sample.ts';
import { client, daemon, forest, lock, process, worker } from '../../support/forest-raw.ts';
import { progress, say, start, stop } from '../../support/rebuild-log.ts';
import { findIn, firstFound } from './found.ts';
import { storageOf } from './storage-scene.ts';

const nobodyElse = [daemon(), client(150), worker(200, 150)];
const gcLock = '00:1f:99';

test.each([
  [
    '/nix/store/00000000000000000000000000000000-hello-1.0.lock',
    'hello-1.0 is locked by nix build .#hello (9)',
  ],
  ['/nix/var/nix/db/big-lock', 'the lock /nix/var/nix/db/big-lock is held by nix build .#hello (9)'],
  [null, 'a lock is held by nix build .#hello (9)'],
])('the lock %s is told so that a narrow screen names it', (path, said) => {
  const found = { kind: 'lock-held', path, holder: 'nix build .#hello', holderPid: 9 } as const;
  expect(foundText({ ...found, waiting: 1, holderState: 'working' })).toBe(`${said}; somebody waits for it`);
  expect(foundText({ ...found, waiting: 3, holderState: 'stuck' })).toBe(
    `${said}, which is stuck; 3 wait for it`,
  );
});

describe('a garbage collection', () => {
  const gc = (second: number, spec: Partial<ProcessRaw> = {}) =>
    client(151, {
      comm: 'nix-store',
      facts: { argv: ['nix-store', '--gc'] },
      startTime: 90_000,
      userTicks: second * 30,
      ...spec,
    });
  const scene = (second: number) => ({
    processes: [...nobodyElse, gc(second)],
    forest: {
      locks: [lock(151, gcLock), lock(150, gcLock, true)],
      lockPaths: { [gcLock]: '/nix/var/nix/gc.lock' },
      // Born long before the collection began.
      storeTrash: { bornMs: Date.UTC(2026, 10, 19) },
    },
    parts: storageOf(second, { freeInodes: 1_000_000 + second * 600 }),
  });

  test('that empties an old trash says how far it is, who waits, and who it is', () => {
    expect(firstFound('lock', 200, scene)).toBe(110);
    const { texts, findings } = findIn('lock', 300, scene);
    expect(texts).toEqual([
      'nix-store --gc (151) deletes an old trash first: about 180k files so far, 600/s; nix-build -A firefox (150) waits for it, 5 min',
    ]);
    expect(findings).toMatchObject([
      { subject: { kind: 'client', pid: 151 }, level: 'warning', state: 'confirmed', found: { trash: true } },
    ]);
  });

  test('for which one has waited for a moment is no finding, and yet not refuted', () => {
    const { findings, hypothesis } = findIn('lock', 10, scene);
    expect(findings).toEqual([]);
    expect(hypothesis).toMatchObject({
      state: 'possible',
      ground: { evidence: [{ field: 'locks.waiting', value: 1, for: true }] },
    });
  });

  test('without a log, and without its files being counted', () => {
    const { texts } = findIn('lock', 300, (second) => ({ ...scene(second), parts: {} }));
    expect(texts[0]).toContain('deletes an old trash first; nix-build');
  });

  test('of which the lock cannot be named is the one that collects', () => {
    const { findings } = findIn('lock', 100, (second) => ({
      processes: [...nobodyElse, gc(second)],
      says: second === 0 ? [say('waiting for the big garbage collector lock...')] : [],
    }));
    expect(findings).toMatchObject([{ found: { kind: 'garbage-collection', holderPid: 151, trash: null } }]);
  });

  test('for which nobody waits is none', () => {
    const alone = (second: number) => ({ processes: [...nobodyElse, gc(second)] });
    expect(firstFound('lock', 600, alone, () => true, { everySec: 5 })).toBeNull();
    expect(findIn('lock', 5, alone).hypothesis.state).toBe('refuted');
  });

  test('whose trash is its own collects garbage', () => {
    const { texts } = findIn('lock', 100, (second) => ({
      ...scene(second),
      forest: { ...scene(second).forest, storeTrash: { bornMs: Date.UTC(2026, 10, 21) } },
    }));
    expect(texts[0]).toContain('(151) collects garbage:');
  });
});

describe('the upload lock of a builder', () => {
  const path = '/nix/var/nix/current-load/ssh-ng:__big-arm.upload-lock';
  const hook = (pid: number): readonly ProcessRaw[] => [
    process({ pid, ppid: 200, comm: 'nix', facts: { argv: ['nix', '__build-remote', '3'] } }),
    process({ pid: pid + 1, ppid: pid, session: pid, comm: 'ssh', facts: { argv: ['ssh', 'big-arm'] } }),
  ];
  const locked = {
    locks: [lock(500, gcLock), ...[510, 520, 530].map((pid) => lock(pid, gcLock, true))],
    lockPaths: { [gcLock]: path },
  };
  const waits = [1, 2, 3].map((id) => start(id, 0, "waiting for the upload lock to 'ssh-ng://big-arm'"));
  const copied = `/nix/store/${'e'.repeat(32)}-source`;
  const upload = start(9, 100, `copying path '${copied}' to 'ssh-ng://big-arm'`, [
    copied,
    '',
    'ssh-ng://big-arm',
  ]);
  const scene = (moves: (second: number) => number) => (second: number) => ({
    processes: [...nobodyElse, ...[500, 510, 520, 530].flatMap(hook)],
    forest: locked,
    says: second === 0 ? [...waits, upload] : [progress(9, moves(second), 0, 0, 0)],
  });

  test('is held by who has uploaded everything', () => {
    const { texts, findings } = findIn(
      'lock',
      720,
      scene((s) => Math.min(s * 1e6, 30e6)),
      { everySec: 2 },
    );
    expect(texts).toEqual([
      "3 wait for nix-build -A firefox's upload lock to big-arm (500), who has uploaded everything, 12 min",
    ]);
    expect(findings).toMatchObject([{ level: 'warning', found: { waiting: 3, uploaded: true } }]);
  });

  test('or uploads still', () => {
    const { findings } = findIn(
      'lock',
      100,
      scene((s) => s * 1e6),
    );
    expect(findings).toMatchObject([{ level: 'ok', found: { uploaded: false } }]);
  });

  test('a part that stands is no end of it', () => {
    const { findings } = findIn('lock', 100, (second) => ({
      ...scene(() => 0)(second),
      says: second === 0 ? [...waits, upload] : [progress(9, Math.min(second * 1e6, 30e6), 90e6, 0, 0)],
    }));
    expect(findings).toMatchObject([{ found: { uploaded: false } }]);
  });

  test('before an upload nobody knows', () => {
    const { findings } = findIn('lock', 100, (second) => ({
      ...scene(() => 0)(second),
      says: second === 0 ? [...waits, start(8, 0, 'connecting')] : [],
    }));
    expect(findings).toMatchObject([{ found: { uploaded: null } }]);
  });

  test('by the kernel alone nobody knows what is uploaded', () => {
    const { findings } = findIn('lock', 100, (second) => ({ ...scene(() => 0)(second), says: [] }));
    expect(findings).toMatchObject([{ found: { holderPid: 500, waiting: 3, uploaded: null } }]);
  });

  test('by the log alone nobody knows who has it', () => {
    const { texts } = findIn('lock', 100, (second) => ({ says: second === 0 ? waits : [] }));
    expect(texts).toEqual(['3 wait for the upload lock to big-arm, 100 s']);
  });

  test.each([
    [path, 'ssh-ng://big-arm'],
    ['/nix/var/nix/current-load/ssh:__root@h.upload-lock', 'ssh://root@h'],
    ['/nix/var/nix/current-load/ssh-ng:__big-arm-1', null],
    [null, null],
  ])('%s', (name, host) => {
    expect(hostOfLock(name)).toBe(host);
  });
});

describe('what Nix says that it waits for', () => {
  const drv = `/nix/store/${'d'.repeat(32)}-thing.drv`;
  test.each([
    [start(1, 111, `waiting for a free build user ID for '${drv}'`), 'somebody waits for a free build user'],
    [start(1, 111, `waiting for UID to build '${drv}'`), 'somebody waits for a free build user'],
    [
      say("waiting for lock on profile '/nix/var/nix/profiles/system'...", 0),
      'somebody waits for the lock of profile /nix/var/nix/profiles/system',
    ],
    [
      say("warning: SQLite database '/nix/var/nix/db/db.sqlite' is busy", 1),
      'somebody waits for the database /nix/var/nix/db/db.sqlite',
    ],
    [
      say('waiting for exclusive access to the Nix store for optimisation...', 0),
      'somebody waits for the lock of the store',
    ],
  ])('%o', (said, text) => {
    const scene = (second: number) => ({ says: second === 0 ? [said] : [] });
    expect(firstFound('lock', 130, scene)).toBe(110);
    expect(findIn('lock', 130, scene).texts).toEqual([`${text}, 2 min`]);
  });

  test('is over when something else is heard', () => {
    const scene = (second: number) => ({
      says:
        second === 0 ? [start(1, 111, `waiting for UID to build '${drv}'`)] : second === 25 ? [stop(1)] : [],
    });
    expect(firstFound('lock', 200, scene, () => true)).toBeNull();
  });
});

test('what only root sees is not refuted without it', () => {
  const raw = forest([]);
  const { hypothesis } = findIn('lock', 5, () => ({
    processes: nobodyElse,
    forest: { privileged: false, hidden: raw.hidden },
  }));
  expect(hypothesis).toMatchObject({ state: 'untested', ground: { untested: { kind: 'privilege' } } });
});
