/** The words of rebuilds: of real streams, and of every wait and step. */
import { describe, expect, it, test } from 'vitest';
import { textColumns } from '../../src/base/text.ts';
import { noPaint } from '../../src/format/paint.ts';
import {
  clauseSpans,
  holderIn,
  rebuildClauses,
  rebuildTitle,
  shareDone,
} from '../../src/format/rebuild-words.ts';
import { composeRow } from '../../src/format/row.ts';
import { stepText, waitForText, waitingText } from '../../src/format/wait-words.ts';
import type { Model } from '../../src/model/model.ts';
import type { WaitFor } from '../../src/model/rebuild/activity.ts';
import type { FollowedRebuild } from '../../src/model/rebuild/followed.ts';
import type { Peer, Step, Wait } from '../../src/model/rebuild/rebuild.ts';
import { eventsUpTo, following, rebuildOfLog } from '../support/followed-streams.ts';
import { busy, calm, rebuild } from '../support/model-fixture.ts';
import { build, drvOf, RebuildLog, start, stop } from '../support/rebuild-log.ts';
import {
  followed,
  followedAlone,
  followedEvaluation,
  followedSwitch,
  oneFollowed,
} from '../support/rebuild-models.ts';

function rowOf(model: Model, width: number, index = 0): string {
  const one = model.rebuilds[index] as FollowedRebuild;
  const clauses = rebuildClauses(one, { nowMs: model.timeMs, holderOf: holderIn(model) });
  const spans = clauseSpans(clauses, shareDone(one), 8, width, true);
  return composeRow(spans, width, { paint: noPaint, unicode: true });
}

describe('one row', () => {
  const of = (index: number) => (width: number) => rowOf(followed, width, index);
  it.each([
    ['builds', of(0), '░░░░░░░░ 0/4 built · 3 running · about 35-60 min · no word for 4 min'],
    ['fetches', of(1), '█░░░░░░░ fetched 8.6/68M 1.3M/s (127.0.0.1:18080) · about 45-60 s'],
    [
      'waits',
      of(2),
      '░░░░░░░░ 0/1 built · waits for the lock of stuck-3.1 (held by nixos-rebuild switch) 3:14',
    ],
    ['evaluates', (width: number) => rowOf(followedEvaluation, width), 'evaluating: 6 files, 0:19'],
    [
      'switches',
      (width: number) => rowOf(followedSwitch, width),
      '████████ restarting units lab.service 0:04 · 4/4 built',
    ],
    [
      'failed',
      (width: number) => rowOf(oneFollowed, width),
      '██░░░░░░ 1/4 built · 1 failed · 1 running · time left unknown',
    ],
  ])('of one that %s', (_, draw, text) => {
    expect(draw(120)).toBe(text);
  });

  it('is cut between clauses, what matters most stays', () => {
    const cut = [60, 40, 30, 20].map((width) => rowOf(followed, width, 2));
    expect(cut).toEqual([
      '0/1 built · 1 waiting',
      '0/1 built · 1 waiting',
      '0/1 built · 1 waiting',
      '0/1 built',
    ]);
    expect([50, 30, 12].map((width) => rowOf(oneFollowed, width))).toEqual([
      '██░░░░░░ 1/4 built · 1 failed · 1 running',
      '1/4 built · 1 failed',
      '1/4 built',
    ]);
    for (const width of [10, 20, 40, 80])
      for (const [index] of followed.rebuilds.entries())
        expect(textColumns(rowOf(followed, width, index))).toBeLessThanOrEqual(width);
  });

  it('counts as running only what has not ended, though an old Nix has not said how', () => {
    const [one] = followed.rebuilds;
    const row = (endedUnsaid: number) =>
      rowOf({ ...followed, rebuilds: [{ ...(one as FollowedRebuild), endedUnsaid }] }, 120);
    expect(row(0)).toContain('0/4 built · 3 running ·');
    expect(row(1)).toContain('0/4 built · 2 running · 1 ended ·');
  });

  it('says which cache does not answer while that is so', () => {
    const [one] = followed.rebuilds;
    const now = followed.timeMs;
    const rowAt = (name: string, atMs: number, over: Partial<Peer> = {}) => {
      const rebuild = rebuildOfLog(name, atMs);
      const peers = new Map([...rebuild.peers].map(([key, peer]) => [key, { ...peer, ...over }]));
      const open = { ...rebuild, peers, ended: null };
      return rowOf({ ...followed, rebuilds: [{ ...(one as FollowedRebuild), rebuild: open }] }, 120);
    };
    const dead = 'nix-2.34/nixstore-realise-deadcache';
    expect(rowAt(dead, now - 5_000)).toContain('127.0.0.1:18999 does not answer, asked again 4 times');
    const [lasting] = followed.rebuilds;
    const over = { ...(lasting as FollowedRebuild), rebuild: rebuildOfLog(dead, now), over: true };
    expect(rowOf({ ...followed, rebuilds: [over] }, 120)).not.toContain('does not answer');
    expect(rowAt(dead, now - 90_000)).not.toContain('does not answer');
    expect(rowAt(dead, now - 5_000, { offUntilMs: now + 40_000 })).toContain('not asked for 40 s');
    const trouble = { text: '', atMs: now - 1_000, httpStatus: 502 };
    expect(rowAt(dead, now - 5_000, { trouble, retries: 0 })).toContain('127.0.0.1:18999 answers HTTP 502');
  });

  it('says what is lost of a log, and why it is followed no more', () => {
    const [one] = followed.rebuilds;
    const of = (over: Partial<FollowedRebuild>) =>
      rowOf({ ...followed, rebuilds: [{ ...(one as FollowedRebuild), ...over }] }, 120);
    expect(of({ lostBytes: 412 * 1024 })).toContain('412K of its log lost');
    expect(of({ problem: { kind: 'gone', where: '/run/log' } })).toContain('its log: /run/log');
  });

  it('says what is sent where', () => {
    const events = eventsUpTo(
      'nix-2.8/nixcopy-to-file',
      (event) => event.kind === 'start' && event.activity.type === 'copy',
    );
    const origin = { kind: 'command', words: ['nix', 'copy'], pid: rebuild.pid } as const;
    const model = following(calm, { events, origin, lengthSec: 12 });
    expect(rowOf(model, 120)).toMatch(/^sending 1 path to \S+/);
  });

  it('says which cache it waits for, where nothing else goes on', () => {
    const log = new RebuildLog().at(
      1_000,
      start(1, 101, "downloading 'https://dead.example/abc.narinfo'", ['https://dead.example/abc.narinfo']),
    );
    const rowAt = (timeMs: number, more: RebuildLog = log) =>
      rowOf(
        {
          ...oneFollowed,
          timeMs,
          rebuilds: [{ ...(oneFollowed.rebuilds[0] as FollowedRebuild), rebuild: more.rebuild }],
        },
        120,
      );
    expect(rowAt(3_000)).not.toContain('asks');
    expect(rowAt(126_000)).toContain('asks dead.example 2:05');
    expect(rowAt(126_000, log.at(2_000, build(2, 'a')))).not.toContain('asks');
  });

  it('says that a post-build hook runs', () => {
    const log = new RebuildLog().at(1_000, build(1, 'a')).at(2_000, stop(1));
    log.at(3_000, start(2, 110, "running post-build-hook '/etc/upload'", [drvOf('a')]));
    const one = { ...(oneFollowed.rebuilds[0] as FollowedRebuild), rebuild: log.rebuild };
    expect(rowOf({ ...oneFollowed, timeMs: 15_000, rebuilds: [one] }, 120)).toContain(
      'post-build hook of a 0:12',
    );
  });
});

describe('what it is called', () => {
  it('by its command, else by how its log comes', () => {
    expect(followed.rebuilds.slice(0, 3).map(rebuildTitle)).toEqual([
      'nixos-rebuild switch',
      'home-manager switch',
      'nix build .#firefox',
    ]);
    const [alone] = followedAlone.rebuilds;
    expect(rebuildTitle(alone as FollowedRebuild)).toBe('rebuild');
    const byPath = {
      ...(alone as FollowedRebuild),
      command: '/nix/store/a-b/bin/nixos-rebuild switch --flake .#x',
    };
    expect(rebuildTitle(byPath)).toBe('nixos-rebuild switch');
    const file = { ...(alone as FollowedRebuild), origin: { kind: 'file', path: '/run/log' } as const };
    expect(rebuildTitle(file)).toBe('client stream');
  });
});

const path = `/nix/store/${'a'.repeat(32)}-firefox-130.0`;
const nobody = () => null;

test.each<[WaitFor, string]>([
  [{ kind: 'output-lock', paths: [path, `${path}.lock`] }, 'the lock of firefox-130.0'],
  [{ kind: 'machine', drv: null }, 'a machine'],
  [{ kind: 'build-user', drv: `${path}.drv` }, 'a build user'],
  [{ kind: 'upload-lock', host: 'ssh-ng://ada@big-arm' }, 'the upload lock of big-arm'],
  [{ kind: 'garbage-collection' }, 'a garbage collection'],
  [{ kind: 'store-lock' }, 'the lock of the store'],
  [{ kind: 'profile-lock', path: '/nix/var/nix/profiles/system' }, 'the lock of the profile system'],
  [{ kind: 'fetch-lock', input: 'github:NixOS/nixpkgs' }, 'another Nix that fetches github:NixOS/nixpkgs'],
  [{ kind: 'database', path: '/nix/var/nix/db/db.sqlite' }, 'the database, which is busy'],
  [{ kind: 'other', text: 'waiting for the moon' }, 'the moon'],
])('%j', (what, text) => {
  expect(waitForText(what, nobody)).toBe(text);
});

test('of several waits the longest is told', () => {
  const wait = (over: Partial<Wait>): Wait => ({
    for: { kind: 'build-user', drv: null },
    sinceMs: 0,
    drv: `${path}.drv`,
    said: false,
    ...over,
  });
  expect(waitingText([wait({}), wait({ sinceMs: 5_000 })], 12_000, nobody)).toBe(
    'waits for a build user for firefox-130.0 0:12 (+1)',
  );
  expect(waitingText([], 0, nobody)).toBe('');
});

test('the holder of a lock is the one that the kernel names, else whose build makes the output', () => {
  const holderOf = holderIn(busy);
  const lock = busy.clients[1]?.waitsFor?.path ?? '';
  expect(holderOf([lock])).toBe('nixos-rebuild switch');
  expect(holderOf([busy.builds[1]?.out ?? ''])).toBe('nixos-rebuild switch');
  expect(holderOf([path])).toBeNull();
});

test.each<[Pick<Step, 'step' | 'names'>, string]>([
  [{ step: 'bootloader', names: [] }, 'installing the bootloader'],
  [{ step: 'activating', names: ['/etc'] }, 'activating: /etc'],
  [
    { step: 'restarting', names: ['sshd.service', 'nginx.service'] },
    'restarting units sshd.service and nginx.service',
  ],
  [{ step: 'starting', names: ['a', 'b', 'c'] }, 'starting units a and 2 more'],
])('%j', (step, text) => {
  expect(stepText(step)).toBe(text);
});
