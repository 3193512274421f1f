/** Who waits for whom, and which locks are copies: from real rows of /proc/locks. */
import { describe, expect, test } from 'vitest';
import { deriveForest, type ForestCarry } from '../../../src/model/forest/derive-forest.ts';
import { heldOutputs, lockWaits } from '../../../src/model/forest/lock-waits.ts';
import type { ForestRaw } from '../../../src/model/sample.ts';
import { parseLocks } from '../../../src/parse/locks.ts';
import { builder, client, daemon, forest, hashes, later, lock, worker } from '../../support/forest-raw.ts';

const out = `/nix/store/${hashes[1]}-firefox-130.0`;
const other = `/nix/store/${hashes[0]}-llvm-18`;
// 200 builds and holds its output and its build user; 201 wants the same output; 202 collects garbage, 203 waits for it.
const rows = parseLocks(
  '1: FLOCK  ADVISORY  WRITE 200 fe:00:11 0 EOF\n' +
    '2: FLOCK  ADVISORY  WRITE 200 fe:00:12 0 EOF\n' +
    '3: FLOCK  ADVISORY  READ 201 fe:00:13 0 EOF\n' +
    '4: FLOCK  ADVISORY  WRITE 202 fe:00:14 0 EOF\n' +
    '4: -> FLOCK  ADVISORY  READ 203 fe:00:14 0 EOF\n' +
    '5: FLOCK  ADVISORY  WRITE 204 fe:00:15 0 EOF\n' +
    '5: -> FLOCK  ADVISORY  WRITE 205 fe:00:15 0 EOF\n',
);
const lockPaths = {
  'fe:00:11': `${out}.lock`,
  'fe:00:12': '/nix/var/nix/userpool/30001',
  'fe:00:13': '/nix/var/nix/temproots/201',
  'fe:00:14': '/nix/var/nix/gc.lock',
  'fe:00:15': `${other}.lock`,
};
const clients = [client(150), client(151, { facts: { argv: ['nix', 'build', '.#firefox'] } })];
const wants = { ...worker(201, 151), facts: { argv: ['nix-daemon', '151'], tempRoots: [other, out] } };
const raw = forest([daemon(), ...clients, worker(200, 150), wants, builder(300, 200, 'firefox-130.0')], {
  locks: rows,
  lockPaths,
});

describe('who waits', () => {
  test('for an output, by its temporary roots; for a file, by its row', () => {
    expect(Object.fromEntries(lockWaits(raw))).toEqual({
      201: { path: `${other}.lock`, holderPid: 204, holder: 'llvm-18' },
      203: { path: '/nix/var/nix/gc.lock', holderPid: 202, holder: null },
      205: { path: `${other}.lock`, holderPid: 204, holder: 'llvm-18' },
    });
  });

  test('without privilege: the holder, not the file', () => {
    const blind = forest([], { locks: rows, privileged: false });
    expect(Object.fromEntries(lockWaits(blind))).toEqual({
      203: { path: null, holderPid: 202, holder: null },
      205: { path: null, holderPid: 204, holder: null },
    });
  });

  const paths = { 'fe:00:11': `${out}.lock` };
  test.for([
    ['its own lock', 200, [out], rows],
    ['a lock that nobody holds any more', 201, [out], []],
    ['what it does not want', 201, [], rows],
    ['what could not be read', 201, { kind: 'denied', where: '/nix/var/nix/temproots/201' }, rows],
  ] as const)('nobody waits for %s', ([, pid, tempRoots, locks]) => {
    const processes = [{ ...wants, pid, facts: { tempRoots } }];
    expect(lockWaits(forest(processes, { locks: locks.slice(0, 1), lockPaths: paths })).size).toBe(0);
  });

  test('outputs held: no locks of other things, no derivations, no rows that wait', () => {
    const drv = { 'fe:00:16': `${out}.drv.lock` };
    const all = { ...raw, locks: [...rows, lock(200, 'fe:00:16')], lockPaths: { ...lockPaths, ...drv } };
    expect(Object.fromEntries(heldOutputs(all))).toEqual({ 200: [out], 204: [other] });
  });

  test('the client of the waiting worker says so, and names the client that holds', () => {
    const only = {
      ...raw,
      processes: raw.processes.map((one) =>
        one === wants ? { ...wants, facts: { ...wants.facts, tempRoots: [out] } } : one,
      ),
    };
    const { parts } = deriveForest({ atMs: 1, ok: true, value: only }, null, { timeMs: 0 });
    expect(parts.clients.find(({ pid }) => pid === 151)).toMatchObject({
      phase: 'waiting',
      waitsFor: { path: `${out}.lock`, holderPid: 200, holder: 'nix-build -A firefox' },
    });
    expect(parts.clients.find(({ pid }) => pid === 150)).toMatchObject({ phase: 'building', waitsFor: null });
    expect(parts.totals.waiting).toBe(1);
  });
});

test('in line for the lock of the garbage collector: each once, whoever of the two waits', () => {
  const collect = (pid: number) =>
    client(pid, { comm: 'nix', facts: { argv: ['nix', 'store', 'gc'] }, uid: 0 });
  const processes = [daemon(), collect(150), collect(151), worker(200, 151), worker(201, 4711)];
  const locks = [lock(9, 'gc'), ...[150, 200, 201].map((pid) => lock(pid, 'gc', true))];
  const raw = forest(processes, { locks, lockPaths: { gc: '/nix/var/nix/gc.lock' } });
  const { parts } = deriveForest({ atMs: 1, ok: true, value: raw }, null, { timeMs: 0 });
  expect(parts.clients.map(({ phase }) => phase)).toEqual(['collecting garbage', 'collecting garbage']);
  expect(parts.totals.waiting).toBe(3);
});

describe('copies', () => {
  const copying = {
    ...worker(200, 150),
    facts: { argv: ['nix-daemon', '150'], openLogs: [], writing: [other] },
  };
  const locks = [lock(200, 'a')];
  const usual = forest([daemon(), client(150), copying], { locks, lockPaths: { a: `${other}.lock` } });
  const transfersOf = (value: ForestRaw, carry: ForestCarry | null = null) =>
    deriveForest({ atMs: value.treeAtMs, ok: true, value }, carry, { timeMs: 0 });
  const log = `/nix/var/log/nix/drvs/3w/${hashes[1].slice(2)}-llvm-18.drv.bz2`;

  test('what is locked and there already is being written', () => {
    const { parts } = transfersOf(usual);
    expect(parts.transfers).toMatchObject([{ pid: 200, path: other, name: 'llvm-18', clientPid: 150 }]);
    expect(parts.clients[0]?.phase).toBe('copying');
  });

  test('a client that writes by itself is its own', () => {
    const one = { ...copying, ...client(150), facts: { ...copying.facts, argv: ['nix', 'copy'] } };
    const { transfers } = transfersOf({ ...usual, processes: [one], locks: [lock(150, 'a')] }).parts;
    expect(transfers).toMatchObject([{ pid: 150, path: other, clientPid: 150 }]);
  });

  test.for([
    [
      'locked but not there: it waits for a build user',
      { ...copying, facts: { ...copying.facts, writing: [] } },
      locks,
    ],
    ['there but no longer locked', copying, []],
    ['built: its log is open', { ...copying, facts: { ...copying.facts, openLogs: [log] } }, locks],
    ['not known', { ...copying, facts: { writing: { kind: 'denied', where: 'x' } } as const }, locks],
  ] as const)('none: %s', ([, one, held]) => {
    expect(transfersOf({ ...usual, processes: [daemon(), one], locks: held }).parts.transfers).toEqual([]);
  });

  test('a build that has ended is registered under its lock: none, however long it takes', () => {
    let { carry } = transfersOf({
      ...usual,
      processes: [daemon(), worker(200, 150), builder(300, 200, 'llvm-18')],
      locks: [],
    });
    for (let seconds = 1; seconds < 60; seconds += 1) {
      const next = transfersOf(later(usual, seconds), carry);
      expect(next.parts.transfers).toEqual([]);
      carry = next.carry;
    }
    // The lock is gone; much later somebody substitutes it.
    for (const seconds of [60, 75]) carry = transfersOf(later(usual, seconds, { locks: [] }), carry).carry;
    expect(transfersOf(later(usual, 90), carry).parts.transfers).toHaveLength(1);
  });

  test('a short build, whose lock is seen only after its end', () => {
    const build = later(usual, 0, {
      processes: [daemon(), worker(200, 150), builder(300, 200, 'llvm-18')],
      locks: [],
    });
    const unread = later(usual, 2, { locks: [] });
    const { carry } = transfersOf(unread, transfersOf(build).carry);
    expect(transfersOf(later(usual, 4), carry).parts.transfers).toEqual([]);
  });

  test('other outputs of what is built are no copies, things that only start alike are', () => {
    const writing = [`${other}-lib`, `${other}x`];
    const facts = { ...copying.facts, openLogs: [log], writing };
    const value = {
      ...usual,
      processes: [daemon(), { ...copying, facts }],
      locks: [lock(200, 'a'), lock(200, 'b')],
      lockPaths: { a: `${other}-lib.lock`, b: `${other}x.lock` },
    };
    expect(transfersOf(value).parts.transfers.map(({ name }) => name)).toEqual(['llvm-18x']);
  });
});
