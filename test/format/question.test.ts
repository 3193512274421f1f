import { describe, expect, test } from 'vitest';
import { textColumns } from '../../src/base/text.ts';
import { noPaint } from '../../src/format/paint.ts';
import { questionPieces, questionText } from '../../src/format/question.ts';
import { offerPieces, quitPieces } from '../../src/format/question-program.ts';
import { questionRows } from '../../src/format/question-rows.ts';
import { span } from '../../src/format/row.ts';
import type { HeaviestReason } from '../../src/model/intents/heaviest-build.ts';
import { clientTargetOf, type Intent, targetOf } from '../../src/model/intents/intent.ts';
import type { Model } from '../../src/model/model.ts';
import {
  activating,
  buildOf,
  busy,
  calm,
  chromium,
  evaluating,
  firefox,
  linux,
  rebuild,
  waiting,
} from '../support/model-fixture.ts';

const kill = (...builds: readonly (typeof firefox)[]): Intent => ({
  type: 'kill',
  targets: builds.map(targetOf),
  reason: null,
});
const text = (intent: Intent, model: Model = busy) => questionText({ intent, model });
const keepGoing = { ...busy, clients: [{ ...rebuild, keepGoing: true }, waiting] };

describe('kill', () => {
  test('says what, with identity and cost, and what becomes of the run', () => {
    expect(text(kill(firefox))).toBe(
      'kill firefox-130.0 · 15 processes of nixbld3 · 11.2 GB · 47 min of work lost · fails its whole run with 4 other builds (no --keep-going) · nix build .#firefox waits for it',
    );
  });

  test.each<[string, Model, string]>([
    ['--keep-going', keepGoing, 'siblings go on (--keep-going)'],
    [
      'unknown',
      { ...busy, clients: [{ ...rebuild, keepGoing: null }] },
      'fails its whole run with 4 other builds unless it has --keep-going',
    ],
    ['no client', { ...busy, clients: [] }, 'no client is seen for it'],
    [
      'whose client nobody has read',
      { ...busy, builds: [{ ...firefox, clientPid: null }] },
      'its client is not known',
    ],
    ['alone', { ...busy, builds: [firefox] }, 'fails its whole run (no --keep-going)'],
  ])('%s', (_, model, expected) => {
    expect(text(kill(firefox), model).split(' · ')).toContain(expected);
  });

  test('a set: sums, the longest work, and those that ended meanwhile', () => {
    const set = text(kill(firefox, chromium, buildOf({ pid: 99_999, name: 'gone-1' })));
    expect(set).toContain('kill 3 builds: firefox-130.0, chromium-unwrapped-129.0.6668.89, gone-1');
    expect(set).toContain('1 of them ended by themselves');
    expect(set).toContain('33 processes');
    expect(set).toContain('20.8 GB');
    expect(set).toContain('up to 2 h 23 min of work lost');
  });

  test.each<[HeaviestReason, string]>([
    [
      { by: 'memory', shortage: busy.shortages[0] ?? null, cpuPercent: 4, grows: true },
      'memory critical (full 63%): it holds and takes most memory',
    ],
    [
      { by: 'io', shortage: busy.shortages[1] ?? null, cpuPercent: 4, grows: true },
      'io critical (nvme0n1 STALLED 2.1s): it reads, writes and waits most',
    ],
    [{ by: 'cpu', shortage: null, cpuPercent: 1600, grows: true }, 'it takes most CPU (1600%)'],
    [{ by: 'memory', shortage: null, cpuPercent: null, grows: false }, 'it holds most memory'],
  ])('the emergency says why this one: %j', (reason, why) => {
    const intent: Intent = { type: 'kill', targets: [targetOf(firefox)], reason };
    expect(text(intent).split(' · ').slice(0, 2)).toEqual(['kill firefox-130.0', why]);
  });

  test('unknown numbers are left out, never 0', () => {
    const blind = buildOf({ pid: 9, residentBytes: null, ageSec: null, user: null, processes: 0 });
    const said = text(kill(blind), { ...busy, builds: [blind] });
    expect(said).toBe('kill hello-2.12.1 · fails its whole run (no --keep-going)');
  });
});

describe('too late', () => {
  test.each<[string, Intent, string]>([
    ['kill', kill(buildOf({ pid: 99 })), 'hello-2.12.1 has ended'],
    ['a set', kill(buildOf({ pid: 98 }), buildOf({ pid: 99 })), 'all of them have ended'],
    [
      'a process',
      { type: 'signal', build: targetOf(firefox), process: { pid: 2101, startTime: 1 }, signal: 'KILL' },
      'process 2101 has ended',
    ],
    [
      'a client',
      {
        type: 'cancel',
        clients: [{ ...clientTargetOf(rebuild), process: { pid: 800, startTime: 1 } }],
        orphans: [],
        everything: false,
      },
      'nixos-rebuild switch --flake .#box has ended',
    ],
  ])('%s', (_, intent, expected) => {
    const pieces = questionPieces({ intent, model: busy });
    expect(pieces).toHaveLength(2);
    expect(pieces[1]?.text).toBe(expected);
  });

  test('several clients are counted once', () => {
    const { clients } = busy;
    const intent = (more: typeof clients): Intent => ({
      ...{ type: 'cancel', orphans: [], everything: false },
      clients: more.map(clientTargetOf),
    });
    expect(text(intent(clients)).match(/3 clients/g)).toHaveLength(1);
    // One of them has ended meanwhile.
    const [first] = clients;
    const gone = [...clients, { ...(first as (typeof clients)[number]), pid: 99, startTime: 1 }];
    expect(text(intent(gone))).toMatch(/^cancel 4 clients · 3 clients/);
  });

  test('everything is never too late while anything of Nix runs', () => {
    const everything: Intent = { type: 'cancel', clients: [], orphans: [], everything: true };
    expect(text(everything)).toContain('cancel everything · 3 clients · 5 builds end');
    const nothing = { ...busy, clients: [], builds: [] };
    expect(text(everything, nothing)).toContain('ended');
  });
});

describe('an activation', () => {
  const ask = (more: Partial<NonNullable<typeof activating.activation>>, width = 80) => {
    const client = { ...activating, activation: { ...activating.activation, ...more } } as typeof activating;
    const intent: Intent = {
      type: 'cancel',
      clients: [clientTargetOf(client)],
      orphans: [],
      everything: false,
    };
    const pieces = questionPieces({ intent, model: { ...busy, builds: [], clients: [client] } });
    const answers = [span('type stop: ')];
    return width === 0
      ? pieces.map((one) => one.text).join(' · ')
      : questionRows(pieces, [answers, answers], width, { unicode: true, paint: noPaint }).join('\n');
  };

  test.each([
    [{}, ['leaves a half-activated configuration', 'profile and bootloader written', 'in the unit']],
    [{ stage: 'units' }, ['leaves units stopped, or old ones running', 'profile and bootloader written']],
    [
      { stage: null, bootloader: null },
      ['may leave a half-activated', 'profile written', 'bootloader perhaps written'],
    ],
    [{ action: 'boot', stage: null, bootloader: null }, ['may leave a bootloader that does not boot']],
    [{ action: 'test', profile: false, bootloader: false }, ['leaves a half-activated']],
  ] as const)('%j', (more, expected) => {
    for (const part of expected) expect(ask(more, 0)).toContain(part);
    if (more !== undefined && 'profile' in more) expect(ask(more, 0)).not.toContain('written');
  });

  test.each([80, 60])('says the danger and what is written in %i columns', (width) => {
    expect(ask({}, width)).toMatch(width === 80 ? /leaves a\s+half-activated/ : /leaves\s+it\s+half-done/);
    expect(ask({}, width)).toMatch(/profile(,| and) bootloader\s+written/);
  });

  test('that changes nothing is no danger', () => {
    expect(ask({ action: 'dry-activate' }, 0)).not.toMatch(/stopping|written/);
  });

  test('goes on where everything is cancelled', () => {
    const everything: Intent = { type: 'cancel', clients: [], orphans: [], everything: true };
    const model = { ...busy, clients: [activating, evaluating] };
    expect(text(everything, model)).toContain(
      'cancel everything · 1 client · nixos-rebuild switch goes on: it activates',
    );
  });

  test('that began since the question was asked is not what was asked about', () => {
    const intent: Intent = {
      type: 'cancel',
      clients: [clientTargetOf(rebuild)],
      orphans: [],
      everything: false,
    };
    expect(text(intent, { ...busy, clients: [activating] })).toBe(
      'cancel nixos-rebuild switch --flake .#box · nixos-rebuild switch --flake .#box activates by now: ask again',
    );
  });
});

describe('the others', () => {
  test.each<[string, Intent, readonly string[]]>([
    [
      'signal',
      { type: 'signal', build: targetOf(firefox), process: { pid: 2100, startTime: 21_000 }, signal: 'TERM' },
      ['send TERM to process 2100 of firefox-130.0', 'cc1plus', 'blocked', '940 MB'],
    ],
    [
      'pause',
      { type: 'pause', targets: [targetOf(firefox)] },
      ['pause firefox-130.0', 'its memory (11.2 GB) is not freed', "Nix's timeouts go on"],
    ],
    [
      'cancel',
      { type: 'cancel', clients: [clientTargetOf(rebuild)], orphans: [], everything: false },
      ['cancel nixos-rebuild switch --flake .#box', 'of root on pts/3', '5 builds end'],
    ],
    ['daemon', { type: 'restart-daemon' }, ['restart the daemon', '5 running builds should go on']],
    [
      'boot',
      {
        type: 'rollback',
        profile: { kind: 'system', path: '/nix/var/nix/profiles/system' },
        generation: 41,
        mode: 'boot',
      },
      ['roll back the system to generation 41 (boot)', 'with the next boot'],
    ],
    ['verify', { type: 'verify' }, ['verify the store', 'I/O is short already']],
    ['old verify', { type: 'verify', allowOldVerify: true }, ['removes rows of vanished paths']],
    ['repair', { type: 'repair', paths: ['/nix/store/x-hello'] }, ['repair 1 store path', 'taken away']],
    [
      'garbage',
      { type: 'collect-garbage', olderThanDays: 30 },
      ['generations older than 30 days', 'no way back to them'],
    ],
  ])('%s', (_, intent, expected) => {
    for (const part of expected) expect(text(intent)).toContain(part);
  });

  test('a calm machine is not warned about', () => {
    expect(text({ type: 'verify' }, calm)).toBe(
      'verify the store · reads every path at idle priority, changes nothing',
    );
  });

  test('resume says since when', () => {
    const paused = [{ target: targetOf(linux), pausedAtMs: busy.timeMs - 130_000, ours: true }];
    const intent: Intent = { type: 'resume', targets: [targetOf(linux)] };
    expect(questionText({ intent, model: busy, paused })).toBe('resume linux-6.11.3 · paused 2 min ago');
  });

  test('lower says that it takes longer, limit what is more than that and whom it falls on', () => {
    const targets = [targetOf(firefox)];
    expect(text({ type: 'lower', targets })).toBe(
      'lower firefox-130.0 · 15 processes of nixbld3 · CPU and disk only where nobody else wants them · takes longer; r puts it back',
    );
    const limit = { type: 'limit', targets, memoryHighBytes: 4 * 1024 ** 3, ioWeight: 1 } as const;
    expect(text(limit)).toBe(
      'limit firefox-130.0 to 4.0 GB of memory and I/O weight 1 · 11.2 GB · holds more: slow until it has given that back · in no cgroup of its own: nix-daemon.service with everything it runs',
    );
    const cgroup = '/system.slice/nix-daemon.service/nix-build-uid-30003';
    const own = { ...busy, builds: [{ ...firefox, uid: 30_003, cgroup }] };
    expect(text({ ...limit, memoryHighBytes: 64 * 1024 ** 3 }, own)).toBe(
      'limit firefox-130.0 to 64.0 GB of memory and I/O weight 1 · 11.2 GB',
    );
    expect(text({ type: 'limit', targets })).toMatch(/^limit firefox-130.0 · /);
  });

  test('restore says since when; restart-unit what goes with the daemon', () => {
    const intent: Intent = { type: 'restore', targets: [targetOf(firefox)] };
    const mark = { target: targetOf(firefox), atMs: busy.timeMs - 130_000, ours: true };
    const lowered = [{ ...mark, lowered: true, limited: false, memoryHighBytes: null }];
    expect(questionText({ intent, model: busy, lowered })).toBe('restore firefox-130.0 · changed 2 min ago');
    expect(text({ type: 'restart-unit', unit: 'ci.service' })).toBe('restart ci.service · by systemctl');
    expect(text({ type: 'restart-unit', unit: 'nix-daemon.socket' })).toContain(
      'running builds should go on',
    );
    const said = (limited: boolean, low: boolean) =>
      quitPieces([], [], null, [{ ...mark, lowered: low, limited, memoryHighBytes: null }])[0]?.text;
    expect([said(false, true), said(true, false), said(true, true)]).toEqual([
      '1 build is lowered by nixpulse',
      '1 build is limited by nixpulse',
      '1 build is lowered or limited by nixpulse',
    ]);
  });

  test('quitting and the offer at the start', () => {
    const mark = { target: targetOf(linux), pausedAtMs: busy.timeMs - 720_000, ours: true };
    const said = (pieces: readonly { text: string }[]) => pieces.map((piece) => piece.text).join(' · ');
    expect(said(quitPieces([mark], []))).toBe('1 build is paused by nixpulse');
    expect(said(quitPieces([mark, mark], ['verify the store']))).toBe(
      '2 builds are paused by nixpulse · verify the store runs',
    );
    expect(said(offerPieces([mark], busy))).toBe(
      'nixpulse paused linux-6.11.3 12 min ago and did not resume it',
    );
  });
});

describe('two rows', () => {
  const style = { paint: noPaint, unicode: true };
  const answers = [[span('y yes, any other key no')], [span('y yes, else no')]] as const;

  test.each([40, 60, 80, 100, 120, 200])('fit %i columns, with the answers always there', (width) => {
    for (const intent of [kill(firefox), kill(firefox, chromium), { type: 'restart-daemon' } as const]) {
      const rows = questionRows(questionPieces({ intent, model: busy }), answers, width, style);
      for (const row of rows) expect(textColumns(row)).toBeLessThanOrEqual(width);
      expect(rows[1]).toMatch(/y yes, (?:any other key no|else no)$/);
      expect(rows[0]).toMatch(/^ (?:kill|restart)/);
    }
  });

  test('nothing is lost where there is room; what matters least goes first where there is not', () => {
    const pieces = questionPieces({ intent: kill(firefox), model: busy });
    const joined = (width: number) =>
      questionRows(pieces, answers, width, style)
        .map((row) => row.trim())
        .join(' ')
        .replace(/\s+/g, ' ');
    for (const { text: said } of pieces) expect(joined(200)).toContain(said);
    expect(joined(80)).toContain('fails its whole run');
    expect(joined(60)).toContain('fails its whole run');
    expect(joined(60)).not.toContain('waits for it');
    expect(joined(40)).toContain('kill firefox-130.0');
  });

  test('what others wrote cannot draw', () => {
    const nasty = buildOf({ pid: 3, name: 'x\u001b[31m\ny', clientPid: null });
    const rows = questionRows(
      questionPieces({ intent: kill(nasty), model: { ...busy, builds: [nasty] } }),
      answers,
      80,
      style,
    );
    expect(rows.join('')).not.toMatch(/\p{Cc}/u);
  });
});

test('before a verification one is told that the disk is busy', () => {
  expect(text({ type: 'verify' }, calm)).not.toContain('short');
  expect(text({ type: 'verify' })).toContain(
    'I/O is short already (critical: nvme0n1 STALLED 2.1s): reading the whole store makes it worse',
  );
});
