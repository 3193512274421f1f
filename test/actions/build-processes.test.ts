/** What may be signalled: tables of who belongs, who does not, and when nothing is certain. */
import { describe, expect, test } from 'vitest';
import {
  type BuildProcesses,
  findBuildProcesses,
  groupLeaders,
  isBuildersOwnUid,
  proofOf,
} from '../../src/actions/build-processes.ts';
import { identityKey } from '../../src/base/identity.ts';
import { growForest } from '../../src/model/forest/forest.ts';
import type { BuildTarget } from '../../src/model/intents/intent.ts';
import type { ForestRaw } from '../../src/model/sample.ts';
import { daemonForest, forest, type Made, made, root, target, uid } from '../support/fake-machine.ts';

interface Reading {
  readonly processes?: readonly Made[];
  readonly without?: readonly number[];
  readonly raw?: Partial<ForestRaw>;
  readonly target?: Partial<BuildTarget>;
  readonly seen?: readonly Made[];
  readonly own?: readonly number[];
}

/** The usual forest without some, and with more or other processes. */
function read({
  processes = [],
  without = [],
  raw,
  target: changed,
  seen = [],
  own = [],
}: Reading): BuildProcesses {
  const usual = daemonForest().filter(({ pid }) => !without.includes(pid));
  const all = new Map([...usual, ...processes].map((one) => [one.pid, made(one)]));
  const proof = proofOf({ ...target, ...changed });
  for (const one of seen.map(made)) proof.proven.set(identityKey(one), one);
  return findBuildProcesses(proof, growForest(forest([...all.values()], raw)), new Set(own));
}

function pidsOf(found: BuildProcesses): readonly number[] {
  return found.kind === 'proven' ? found.processes.map(({ pid }) => pid) : [];
}

const whole = [root, 301, 302];

describe('with a container that has the same numbers', () => {
  const [own, other] = ['254:0 /nix/var/nix', '254:0 /srv/a/nix/var/nix'];
  const raw = { statePlace: own };
  const theirs: readonly Made[] = [
    { pid: 80, comm: 'nix-daemon', facts: { argv: ['nix-daemon', '--daemon'], statePlace: other } },
    { pid: 81, ppid: 80, comm: 'nix-daemon', facts: { argv: ['nix-daemon', '0'] } },
    { pid: 500, ppid: 81, startTime: 9000, uid, comm: 'bash', facts: { rootMount: '/srv/a' } },
    { pid: 501, startTime: 9001, uid, facts: { statePlace: other } },
  ];
  const escapee = { pid: 400, startTime: 9002, uid, facts: { statePlace: own } };

  test('none of its processes is swept with ours, and what escaped from ours is', () => {
    expect(pidsOf(read({ processes: [...theirs, escapee], raw }))).toEqual([...whole, 400]);
  });

  test('and none of ours with its', () => {
    const theirTarget = { root: { pid: 500, startTime: 9000 } };
    expect(pidsOf(read({ processes: [...theirs, escapee], raw, target: theirTarget }))).toEqual([500, 501]);
  });
});

describe('belongs to the build', () => {
  const rows: readonly (readonly [what: string, reading: Reading, expected: readonly number[]])[] = [
    ['its tree', {}, whole],
    ['an escapee of its user', { processes: [{ pid: 400, uid }] }, [...whole, 400]],
    [
      'what an escapee started',
      {
        processes: [
          { pid: 400, uid },
          { pid: 401, ppid: 400, session: 400, uid },
        ],
      },
      [...whole, 400, 401],
    ],
    [
      'the escapee of a container whose pid 1 is the daemon',
      {
        processes: [
          { pid: 1, ppid: 0, comm: 'nix-daemon', facts: { argv: ['nix-daemon'] } },
          { pid: 400, ppid: 1, uid },
        ],
      },
      [...whole, 400],
    ],
    [
      'its zombies',
      { processes: [{ pid: 303, ppid: 301, session: root, uid, state: 'Z' }] },
      [...whole, 303],
    ],
    [
      'a child that is not yet read to have its uid',
      { processes: [{ pid: 303, ppid: 301, session: root, uid: null }] },
      [...whole, 303],
    ],
    [
      'a Nix that the build itself runs',
      {
        processes: [
          { pid: 303, ppid: 301, session: root, uid, comm: 'nix-build' },
          { pid: 304, ppid: 303, uid, comm: 'nix-daemon' },
        ],
      },
      [...whole, 303, 304],
    ],
    [
      'what is left of its session when the root is gone',
      { without: [root], processes: [{ pid: 301, ppid: 1, session: root, uid }] },
      [301, 302],
    ],
    [
      'an escapee, once the root was seen in this action',
      {
        without: whole,
        processes: [{ pid: 400, uid }],
        seen: [{ pid: root, uid }],
      },
      [400],
    ],
    [
      'what was seen before and hangs elsewhere now',
      {
        without: [root, 302],
        processes: [{ pid: 301, ppid: 1, session: 301, uid }],
        seen: [
          { pid: root, uid },
          { pid: 301, uid },
        ],
      },
      [301],
    ],
    [
      'every uid of an allocated range',
      {
        target: { uid: 872_415_232 },
        processes: [
          { pid: root, ppid: 110, uid: 872_415_232 },
          { pid: 400, uid: 872_415_233 },
          { pid: 401, uid: 872_415_232 + 65_536 },
        ],
      },
      [root, 301, 302, 400],
    ],
  ];
  test.each(rows)('%s', (_, reading, expected) => {
    expect(pidsOf(read(reading))).toEqual(expected);
  });
});

describe('never belongs', () => {
  const rows: readonly (readonly [what: string, reading: Reading, expected?: readonly number[]])[] = [
    ['another build', { processes: [{ pid: 400, ppid: 110, uid: uid + 1 }] }],
    ['a process without a known uid elsewhere', { processes: [{ pid: 400, uid: null }] }],
    ['a process of its user that is older than it', { processes: [{ pid: 400, uid, startTime: 1000 }] }],
    ['somebody at a terminal as its user', { processes: [{ pid: 400, uid, tty: 34817, comm: 'bash' }] }],
    [
      'the next build of its user',
      {
        without: whole,
        seen: [{ pid: root, uid }],
        processes: [
          { pid: 400, ppid: 110, uid },
          { pid: 401, ppid: 400, session: 400, uid },
        ],
      },
      [],
    ],
    [
      'an escapee of the next build of its user',
      {
        without: whole,
        seen: [{ pid: root, uid }],
        processes: [
          { pid: 400, ppid: 110, uid },
          { pid: 500, uid },
        ],
      },
      [],
    ],
    [
      'the next build of its user, not yet out of its worker',
      {
        without: whole,
        seen: [{ pid: root, uid }],
        processes: [{ pid: 400, ppid: 110, uid, comm: 'nix-daemon' }],
      },
      [],
    ],
    [
      'whoever has the session number of a leader that is somebody else now',
      {
        without: [root, 301, 302],
        seen: [{ pid: root, uid }],
        processes: [
          { pid: root, ppid: 110, uid: 0, startTime: 9000 },
          { pid: 401, ppid: root, session: root, uid: 0, startTime: 9001 },
        ],
      },
      [],
    ],
  ];
  test.each(rows.map(([what, reading, expected = whole]) => [what, reading, expected] as const))(
    '%s',
    (_, reading, expected) => {
      expect(pidsOf(read(reading))).toEqual(expected);
    },
  );
});

describe('is refused', () => {
  const direct: readonly Made[] = [
    { pid: 700, ppid: 1, comm: 'nix-build', uid: 1000, facts: { argv: ['nix-build'] } },
    { pid: root, ppid: 700, uid: 1000, facts: { rootMount: '/' } },
  ];
  const rows: readonly (readonly [what: string, reading: Reading, kind: BuildProcesses['kind']])[] = [
    ['a root that has ended', { without: whole }, 'ended'],
    [
      'a pid that is another process now',
      { without: whole, processes: [{ pid: root, comm: 'sshd', startTime: 99_999 }] },
      'ended',
    ],
    [
      'a pid that is another build now',
      { without: whole, processes: [{ pid: root, ppid: 110, uid: uid + 1, startTime: 99_999 }] },
      'ended',
    ],
    [
      'an unproven rest of its user, the root being gone',
      { without: whole, processes: [{ pid: 400, uid }] },
      'doubtful',
    ],
    ['a user that was handed on', { without: whole, processes: [{ pid: 400, ppid: 110, uid }] }, 'ended'],
    [
      'a root that runs as somebody else now',
      { processes: [{ pid: root, ppid: 110, uid: 1000 }] },
      'doubtful',
    ],
    [
      'uid 0, whatever the group nixbld says',
      {
        target: { uid: 0 },
        processes: [{ pid: root, ppid: 110, uid: 0 }],
        raw: { buildUsers: { 0: 'root' } },
      },
      'doubtful',
    ],
    [
      'a person in the group nixbld',
      {
        target: { uid: 1000 },
        processes: [{ pid: root, ppid: 110, uid: 1000 }],
        raw: { buildUsers: { 1000: 'alice' } },
      },
      'doubtful',
    ],
    [
      'a process that nothing proves to be a builder',
      { target: { uid: null }, without: whole, processes: direct },
      'doubtful',
    ],
    ['a client named as a build', { target: { uid: null, root: { pid: 210, startTime: 1210 } } }, 'doubtful'],
    ['a worker named as a build', { target: { uid: null, root: { pid: 110, startTime: 1211 } } }, 'doubtful'],
    [
      'the daemon named as a build',
      { target: { uid: null, root: { pid: 100, startTime: 1100 } } },
      'doubtful',
    ],
    [
      'pid 1 named as a build',
      {
        target: { uid: null, root: { pid: 1, startTime: 0 } },
        processes: [{ pid: 1, ppid: 0, startTime: 0, comm: 'systemd' }],
      },
      'doubtful',
    ],
    [
      'a build that runs elsewhere',
      {
        target: { uid: 0, root: { pid: 600, startTime: 1600 } },
        processes: [
          { pid: 600, ppid: 110, comm: 'build-remote', facts: { argv: ['build-remote', '0'] } },
          { pid: 601, ppid: 600, session: 600, comm: 'ssh', facts: { argv: ['ssh', 'box'] } },
        ],
      },
      'doubtful',
    ],
    ['a build that we run in', { own: [4242, 302] }, 'doubtful'],
    ['a build of an unreadable list of accounts', { raw: { buildUsers: {} } }, 'doubtful'],
  ];
  test.each(rows)('%s', (_, reading, kind) => {
    expect(read(reading).kind).toBe(kind);
  });

  test('with a reason for people', () => {
    expect(read({ own: [302] })).toEqual({ kind: 'doubtful', reason: 'nixpulse itself runs in it' });
  });
});

describe('without build users', () => {
  const builder = { rootMount: '/nix/store/3wmfikm3n44rdwmpi7153c5fvg947nsg-hello-1.0.drv.chroot' };
  const single: readonly Made[] = [
    { pid: 700, comm: 'nix-build', uid: 1000, tty: 34816, facts: { argv: ['nix-build'] } },
    { pid: root, ppid: 700, uid: 1000, facts: builder },
    { pid: 301, ppid: root, session: root, uid: 1000 },
  ];
  const base: Reading = { target: { uid: 1000, user: null }, without: [110, 302], processes: single };

  test('the proven tree, and its session', () => {
    const processes = [...single, { pid: 400, ppid: 1, session: root, uid: 1000 }];
    expect(pidsOf(read({ ...base, processes }))).toEqual([root, 301, 400]);
  });

  test("nothing else of the person's", () => {
    const processes = [
      ...single,
      { pid: 400, ppid: 1, uid: 1000 },
      { pid: 401, ppid: 700, session: 700, uid: 1000 },
    ];
    expect(pidsOf(read({ ...base, processes }))).toEqual([root, 301]);
  });

  test('what has not been read yet is told apart from what proves nothing', () => {
    const withFacts = (facts: Made['facts']) =>
      read({
        ...base,
        processes: single.map((one) => (one.pid === root ? { ...one, facts: facts ?? {} } : one)),
      });
    const late = { kind: 'timeout', where: '/proc/300/environ' } as const;
    const denied = { kind: 'denied', where: '/proc/300/environ' } as const;
    const notYet = { kind: 'doubtful', unread: true, reason: expect.stringMatching(/^not yet: /) };
    expect(withFacts({})).toEqual(notYet);
    expect(withFacts({ rootMount: '/', environment: late })).toEqual(notYet);
    const sure = withFacts({ rootMount: '/', environment: denied });
    expect(sure).toEqual({
      kind: 'doubtful',
      reason: expect.stringContaining('not proven to be the builder'),
    });
  });

  test('a root that is gone leaves no proof', () => {
    const processes = single.filter(({ pid }) => pid !== root);
    expect(read({ ...base, processes, without: [110, 302, root] }).kind).toBe('ended');
  });

  test('a proven root goes on when its parent is gone in the same action', () => {
    const orphaned = single.map((one) => (one.pid === root ? { ...one, ppid: 1 } : one));
    expect(read({ ...base, processes: orphaned, without: [110, 302, 700] }).kind).toBe('doubtful');
    const seen = [single[1] as Made];
    expect(pidsOf(read({ ...base, processes: orphaned, without: [110, 302, 700], seen }))).toEqual([
      root,
      301,
    ]);
  });
});

test('a group is signalled only where its session is wholly of the build', () => {
  const found = read({
    processes: [
      { pid: 400, uid },
      { pid: 401, ppid: 301, session: 200, pgrp: 401, uid },
    ],
  });
  if (found.kind !== 'proven') throw new Error('not proven');
  expect(groupLeaders(found).map(({ pid }) => pid)).toEqual([root, 400]);
});

test.each([
  [0, { 0: 'nixbld1' }, false],
  [1000, { 1000: 'alice' }, false],
  [1000, { 1000: 'nixbld1' }, true],
  [998, { 998: 'builder' }, true],
  [30_001, { 30001: 'nixbld1' }, true],
  [30_002, {}, false],
  [65_534, { 65534: 'nobody' }, false],
  [872_415_232, {}, true],
  [872_415_231, {}, false],
])('uid %i of %j is only ever of builds: %s', (one, buildUsers, expected) => {
  expect(isBuildersOwnUid(forest([], { buildUsers }), one)).toBe(expected);
});
