import { describe, expect, it, test } from 'vitest';
import { bounds } from '../../src/logs/bounds.ts';
import { speedsByPeer, transferSpeed } from '../../src/logs/speed.ts';
import { totalsOf } from '../../src/logs/totals.ts';
import {
  bare,
  build,
  drvOf,
  error,
  line,
  progress,
  RebuildLog,
  result,
  say,
  start,
  stop,
} from '../support/rebuild-log.ts';

const a = drvOf('a');
const running = (log: RebuildLog, drv = a) => log.rebuild.running.get(drv);

describe('a build under way', () => {
  it('has its phases with their begin, its last lines, and when it last said something', () => {
    const log = new RebuildLog()
      .at(1_000, build(1, 'a'))
      .at(2_000, result(1, 104, 'unpackPhase'), line(1, 'x'))
      .at(5_000, result(1, 104, 'buildPhase'), line(1, 'y'), line(1, '\x1b[31mz\x1b[0m'))
      .at(9_000, say('something else'));
    expect(running(log)).toMatchObject({
      name: 'a',
      state: 'running',
      startedMs: 1_000,
      phases: [
        { name: 'unpackPhase', sinceMs: 2_000 },
        { name: 'buildPhase', sinceMs: 5_000 },
      ],
      lines: 3,
      tail: ['x', 'y', '\x1b[31mz\x1b[0m'],
      lastLineMs: 5_000,
    });
    expect(log.rebuild.updatedMs).toBe(9_000);
  });

  it('keeps bounded last lines, and counts all', () => {
    const log = new RebuildLog().at(1, build(1, 'a'));
    for (let tick = 0; tick < 20; tick++)
      log.at(tick, ...Array.from({ length: 50 }, (_, i) => line(1, `${tick} ${i}`)));
    expect(running(log)?.lines).toBe(1000);
    expect(running(log)?.tail).toHaveLength(bounds.tailLines);
    expect(running(log)?.tail.at(-1)).toBe('19 49');
    log.at(30, ...Array.from({ length: 90 }, () => line(1, 'x'.repeat(5_000))));
    const characters = running(log)?.tail.reduce((sum, one) => sum + one.length, 0);
    expect(characters).toBeLessThanOrEqual(bounds.tailCharacters);
  });

  it('is one build when ssh-ng tells it twice, with and without parents', () => {
    for (const parent of [10, 0]) {
      const log = new RebuildLog()
        .at(1, bare(10, 102), bare(11, 104), build(1, 'a', 'ssh-ng://b'))
        .at(2, bare(12, 102, parent), bare(13, 104, parent), build(2, 'a', '', parent))
        .at(3, result(2, 104, 'buildPhase'), line(2, 'far away'));
      expect(running(log)).toMatchObject({ host: 'ssh-ng://b', lines: 1, startedMs: 1 });
      expect(running(log)?.phases).toHaveLength(1);
      log.at(4, progress(13, 1, 1, 0, 0), stop(2), stop(13), stop(12));
      expect(running(log)).toBeDefined();
      log.at(5, progress(11, 1, 1, 0, 0), stop(1));
      expect(totalsOf(log.rebuild)).toMatchObject({ builds: 1, done: 1, running: 0 });
    }
  });

  it('is expected once when both sides of ssh-ng say what it takes', () => {
    for (const parent of [10, 0]) {
      const log = new RebuildLog()
        .at(1, bare(10, 102), result(10, 106, 101, 500), build(1, 'a', 'ssh-ng://b'))
        .at(2, bare(12, 102, parent), result(12, 106, 101, 500));
      expect(log.rebuild.expected.downloadBytes).toBe(500);
    }
  });

  it('fails once when both sides of ssh-ng say so', () => {
    const inner = `Cannot build '${a}'.\nReason: builder failed with exit code 1.`;
    const log = new RebuildLog()
      .at(1, bare(11, 104), build(1, 'a', 'ssh-ng://b'), bare(13, 104), build(2, 'a'))
      .at(2, progress(13, 0, 1, 0, 1), stop(2), progress(11, 0, 1, 0, 1), stop(1))
      .at(3, say(`error: build of '${a}' on 'ssh-ng://b' failed: error: ${inner}`, 0))
      .at(4, error(inner));
    expect(totalsOf(log.rebuild)).toMatchObject({ builds: 1, failed: 1 });
    expect(log.rebuild.failed.get(a)?.failure).toMatchObject({
      failure: { kind: 'exit', code: 1 },
      known: 'message',
    });
  });

  it('is not taken for another with the same id', () => {
    const log = new RebuildLog()
      .at(1, build(1, 'a'), build(1, 'b'))
      .at(2, line(1, 'of the later one'), stop(1));
    expect(running(log)?.lines).toBe(0);
    expect(log.rebuild.finished.get(drvOf('b'))?.lines).toBe(1);
    expect(running(log.at(3, line(1, 'x')))?.lines).toBe(1);
  });

  it('ends as Determinate Nix says, with its CPU time', () => {
    const ended = (id: number, status: string) => ({
      action: 'result',
      id,
      type: 110,
      payload: { status, success: status === 'Built', errorMsg: '', cpuUser: 5, cpuSystem: 2 },
    });
    const log = new RebuildLog().at(1, bare(9, 104), build(1, 'a'), build(2, 'b'));
    log.at(2, ended(1, 'Built'), stop(1), ended(2, 'TimedOut'), stop(2));
    expect(log.rebuild.finished.get(a)).toMatchObject({ state: 'done', cpuUsec: 7 });
    expect(log.rebuild.failed.get(drvOf('b'))?.failure).toMatchObject({ known: 'result', text: 'TimedOut' });
  });
});

describe('a transfer under way', () => {
  const path = `/nix/store/${'c'.repeat(32)}-x`;
  const cache = 'https://cache.example.org';
  const url = `${cache}/nar/x.nar.xz`;
  const begin = (parents: boolean) => [
    start(20, 108, '', [path, cache]),
    start(21, 100, '', [path, cache, 'local'], parents ? 20 : 0),
    start(22, 101, '', [url], parents ? 21 : 0),
  ];
  const transfer = (log: RebuildLog) => {
    expect(log.rebuild.transfers.size).toBe(1);
    return [...log.rebuild.transfers.values()][0];
  };

  test.each([true, false])('is one of three activities (parents: %s), with its speed', (parents) => {
    const log = new RebuildLog().at(
      1_000,
      say('this path will be fetched (1.00 MiB download, 4.00 MiB unpacked):'),
    );
    log.at(1_000, say(`  ${path}`), ...begin(parents));
    expect(log.rebuild.plannedFetches.size).toBe(0);
    for (let second = 2; second <= 6; second++)
      log.at(second * 1000, progress(21, second * 400, 4_000, 0, 0), progress(22, second * 100, 1_000, 0, 0));
    expect(transfer(log)).toMatchObject({
      path,
      url,
      peer: cache,
      state: 'moving',
      bytes: 600,
      expectedBytes: 1_000,
      unpackedBytes: 2_400,
      movedMs: 6_000,
    });
    const now = transfer(log);
    if (now === undefined) throw new Error('none');
    expect(transferSpeed(now, 6_000)).toBe(100);
    expect([...speedsByPeer(log.rebuild, 6_000)]).toEqual([[cache, 100]]);
    // Nothing more came: the speed goes to 0 and the time of the last byte stays.
    expect(transferSpeed(now, 60_000)).toBe(0);
    // Half a second after the last mark, too: bytes that no mark tells are no speed for ever.
    const later = log.at(6_500, progress(22, 650, 1_000, 0, 0));
    expect(transferSpeed(transfer(later) ?? now, 60_000)).toBe(0);
    log.at(7_000, stop(22), stop(21), stop(20));
    expect(log.rebuild.transfers.size).toBe(0);
    expect(totalsOf(log.rebuild)).toMatchObject({
      fetchedPaths: 1,
      fetchedBytes: 1_000,
      expectedBytes: 1_048_576,
    });
  });

  it('tells caches apart whose addresses begin alike', () => {
    const log = new RebuildLog().at(1, ...begin(true));
    log.at(2, stop(22), stop(21), stop(20));
    log.at(3, say("warning: unable to download 'https://cache.example.orgs/x': HTTP error 500"));
    expect(log.rebuild.peers.get(cache)?.trouble).toBeNull();
    expect(log.rebuild.peers.get('https://cache.example.orgs')?.trouble).toMatchObject({ httpStatus: 500 });
  });

  it('is asked for, until it begins', () => {
    const log = new RebuildLog().at(1, start(20, 108, '', [path, cache]));
    expect(transfer(log)).toMatchObject({ state: 'asked', movedMs: null });
    log.at(2, stop(20));
    expect(totalsOf(log.rebuild).fetchedPaths).toBe(0);
  });

  describe('that breaks', () => {
    const nar = `${cache}/nar/x.nar.xz`;
    const whole = () =>
      new RebuildLog()
        .at(1, bare(30, 103), ...begin(true))
        .at(2, progress(22, 300, 1_000, 0, 0))
        .at(3, stop(22), stop(21), stop(20));
    const broken = { fetchedPaths: 0, fetchedBytes: 300, broken: 1 };
    const came = { fetchedPaths: 1, fetchedBytes: 1_000, broken: 0 };

    it('is named by an error behind its stop', () => {
      const url = (whole().state.memories.get('stream')?.arrivals ?? [])[0]?.url ?? nar;
      for (const words of [
        `unable to download '${url}': HTTP error 200 (curl error: Transferred a partial file)`,
        `hash mismatch importing path '${path}';\n  specified: sha256:a\n  got:       sha256:b`,
        `path '${path}' is required, but there is no substituter that can build it`,
        `build of '${path}' failed`,
      ]) {
        const log = whole().at(3, error(words));
        expect(log.rebuild.peers.get(cache), words).toMatchObject(broken);
        // The counter comes last, and the goal says it once more.
        log.at(4, progress(30, 0, 1, 0, 1), error(`build of '${path}' failed`));
        expect(log.rebuild.peers.get(cache)).toMatchObject(broken);
      }
    });

    it('is no failure where another cache has it', () => {
      const log = whole().at(4, error(`hash mismatch importing path '${path}';\n  specified: a\n  got: b`));
      expect(log.rebuild.errors).toHaveLength(1);
      log.at(5, start(40, 108, '', [path, 'https://other']));
      log.at(6, start(41, 100, '', [path, 'https://other', 'local'], 40), stop(41), stop(40));
      expect(log.rebuild.errors).toEqual([]);
      expect(log.rebuild.peers.get(cache)).toMatchObject(broken);
      expect(log.rebuild.peers.get('https://other')).toMatchObject({ fetchedPaths: 1, broken: 0 });
    });

    it('is none of another path, nor of a counter that counts what nobody had', () => {
      const other = `path '${path}-other' is required, but there is no substituter that can build it`;
      const log = whole().at(4, progress(30, 0, 1, 0, 1), error(other), ...begin(true));
      log.at(5, progress(22, 1_000, 1_000, 0, 0), stop(22), stop(21), stop(20));
      expect(whole().at(4, error(other)).rebuild.peers.get(cache)).toMatchObject(came);
      expect(log.rebuild.peers.get(cache)).toMatchObject({ fetchedPaths: 2, broken: 0 });
    });

    it('is the last one of its cache where lines for people name no address', () => {
      const log = new RebuildLog().at(
        1,
        `copying path '${path}' from '${cache}'...`,
        "copying path '/nix/store/q' from 'https://other'...",
        `error: unable to download '${nar}': HTTP error 404`,
      );
      log.events(2, { kind: 'end', exitCode: 1 });
      expect(log.rebuild.peers.get(cache)).toMatchObject({ fetchedPaths: 0, broken: 1 });
      expect(log.rebuild.peers.get('https://other')).toMatchObject({ fetchedPaths: 1, broken: 0 });
    });
  });

  it('has no size where Nix says 2^63', () => {
    const log = new RebuildLog().at(1, ...begin(true));
    log.at(2, '@nix {"action":"result","fields":[10,9223372036854775808,0,0],"id":22,"type":105}');
    expect(transfer(log)).toMatchObject({ bytes: 10, expectedBytes: null });
  });

  it('is of a cache that Nix asks no more for a while, or that nobody has signed', () => {
    const log = new RebuildLog().at(
      1_000,
      ...begin(true),
      say(`warning: disabling binary cache '${cache}' for 60 seconds`),
      say(
        `warning: ignoring substitute for '${path}' from '${cache}', as it's not signed by any of the keys`,
      ),
      say(`ignoring substitute for '${path}' from '${cache}', as it's not signed by any of the keys`),
    );
    expect(log.rebuild.peers.get(cache)).toMatchObject({ offUntilMs: 61_000, unsigned: 2 });
    expect(log.rebuild.warnings).toBe(2);
  });

  it('to a binary cache has the size that a message tells', () => {
    const log = new RebuildLog().at(1, start(20, 100, '', [path, 'daemon', 'file:///c']));
    log.at(
      2,
      say(`copying path '${path}' (5000280 bytes, compressed -0.0% in 12 ms) to binary cache`),
      stop(20),
    );
    expect(log.rebuild.peers.get('file:///c')).toMatchObject({ sentPaths: 1, sentBytes: 5_000_280 });
  });

  it('to a builder is sent, and questions to a cache are no paths', () => {
    const log = new RebuildLog().at(
      1,
      start(20, 100, '', [path, 'local', 'ssh://b?x=1']),
      stop(20),
      start(21, 101, '', [`${cache}/abc.narinfo`]),
    );
    expect(totalsOf(log.rebuild)).toMatchObject({ sentPaths: 1, fetching: 0, fetchedPaths: 0 });
    expect(log.rebuild.peers.get('ssh://b')?.sentPaths).toBe(1);
    expect(transfer(log)?.lookup).toBe(true);
  });
});

describe('what is waited for', () => {
  const wait = (id: number, text: string) => start(id, 111, `\x1b[1m${text}\x1b[0m`);
  const waits = (log: RebuildLog) => [...log.rebuild.waits.values()];

  it('is a lock, a machine, a user, an upload, with the derivation and since when', () => {
    const out = `/nix/store/${'d'.repeat(32)}-a-dev`;
    const log = new RebuildLog()
      .at(1, say('this derivation will be built:'), say(`  ${a}`))
      .at(2, wait(1, `waiting for lock on '${out}'`), wait(2, `waiting for a machine to build '${a}'`))
      .at(
        3,
        wait(3, `waiting for a free build user ID for '${a}'`),
        start(4, 0, "waiting for the upload lock to 'ssh://b'"),
      );
    expect(waits(log)).toEqual([
      { for: { kind: 'output-lock', paths: [out] }, sinceMs: 2, drv: a, said: false },
      { for: { kind: 'machine', drv: a }, sinceMs: 2, drv: a, said: false },
      { for: { kind: 'build-user', drv: a }, sinceMs: 3, drv: a, said: false },
      { for: { kind: 'upload-lock', host: 'ssh://b' }, sinceMs: 3, drv: null, said: false },
    ]);
    expect(waits(log.at(4, stop(1), stop(2), stop(3), stop(4)))).toEqual([]);
  });

  it('is the derivation of just that name, if it is planned', () => {
    const names = ['a', 'a-dev', 'x'];
    for (const order of [names, [...names].reverse()]) {
      const log = new RebuildLog()
        .at(1, say('these 3 derivations will be built:'), ...order.map((name) => say(`  ${drvOf(name)}`)))
        .at(2, wait(1, `waiting for lock on '/nix/store/${'d'.repeat(32)}-a-dev'`));
      expect(waits(log)[0]?.drv).toBe(drvOf('a-dev'));
    }
    // What has begun, in the tick in which another one waits, is not planned any more.
    const begun = new RebuildLog()
      .at(1, say('these 2 derivations will be built:'), say(`  ${a}`), say(`  ${drvOf('x')}`))
      .at(
        2,
        wait(1, `waiting for lock on '/nix/store/${'d'.repeat(32)}-x'`),
        build(5, 'a'),
        wait(2, `waiting for lock on '/nix/store/${'d'.repeat(32)}-a'`),
      );
    expect(waits(begun).map(({ drv }) => drv)).toEqual([drvOf('x'), null]);
  });

  test.each([
    ['waiting for the big garbage collector lock...', { kind: 'garbage-collection' }],
    ['running auto-GC to free 1024 bytes', { kind: 'garbage-collection' }],
    [
      "waiting for lock on profile '/nix/var/nix/profiles/system'...",
      { kind: 'profile-lock', path: '/nix/var/nix/profiles/system' },
    ],
    [
      "waiting for another Nix process to finish fetching input 'github:x/y'...",
      { kind: 'fetch-lock', input: 'github:x/y' },
    ],
    [
      "warning: SQLite database '/nix/var/nix/db/db.sqlite' is busy",
      { kind: 'database', path: '/nix/var/nix/db/db.sqlite' },
    ],
  ])('is said in a message, and over when something else is heard: %s', (text, what) => {
    const log = new RebuildLog().at(1_000, say(text)).at(11_000, say(text));
    expect(waits(log)).toMatchObject([{ for: what, said: true }]);
    log.at(12_000, progress(9, 1, 1, 0, 0));
    expect(waits(log)).toHaveLength(1);
    expect(waits(log.at(13_000, build(1, 'a')))).toEqual([]);
  });

  it('stays since its first time while it is said again', () => {
    const busy = "warning: SQLite database '/db' is busy";
    const log = new RebuildLog().at(1_000, say(busy)).at(11_000, say(busy)).at(21_000, say(busy));
    expect(waits(log)[0]?.sinceMs).toBe(1_000);
  });
});

describe('hooks, tasks and steps', () => {
  it('has the hook of a build with its lines', () => {
    const log = new RebuildLog().at(1, start(5, 110, '', [a])).at(2, result(5, 107, 'uploading'));
    expect([...log.rebuild.hooks.values()]).toEqual([{ drv: a, sinceMs: 1, lines: 1, tail: ['uploading'] }]);
    expect(log.at(3, stop(5)).rebuild.hooks.size).toBe(0);
  });

  it('shows what lasts, not what began and ended in one tick', () => {
    const log = new RebuildLog().at(
      1,
      start(1, 0, "copying '/etc/nixos' to the store"),
      stop(1),
      start(2, 112, "fetching github input 'github:x/y'"),
    );
    log.at(2, result(2, 108, 'receiving objects: 5%'), progress(2, 5, 100, 0, 0));
    expect([...log.rebuild.tasks.values()]).toMatchObject([
      {
        activity: { type: 'fetch', input: 'github:x/y' },
        status: 'receiving objects: 5%',
        done: 5,
        expected: 100,
      },
    ]);
    expect(log.rebuild.evaluation).toMatchObject({ copied: 1, startedMs: 1 });
  });

  it('has the steps of the tool, each with its begin', () => {
    const log = new RebuildLog()
      .at(1, 'building the system configuration...')
      .at(5, 'stopping the following units: a.service')
      .at(6, 'activating the configuration...', 'setting up /etc...');
    expect(log.rebuild.steps).toEqual([
      { step: 'building', names: [], sinceMs: 1 },
      { step: 'stopping', names: ['a.service'], sinceMs: 5 },
      { step: 'activating', names: ['/etc'], sinceMs: 6 },
    ]);
  });
});

describe('an error in lines', () => {
  it('is one, however many of its lines have come', () => {
    const log = new RebuildLog()
      .at(1, "error: attribute 'x' missing")
      .at(2, '       at /etc/nixos/x.nix:3:5:')
      .at(3, '            3| x');
    expect(log.rebuild.errors).toMatchObject([{ atMs: 3, failure: { file: '/etc/nixos/x.nix', line: 3 } }]);
    expect(log.rebuild.messages).toHaveLength(1);
  });
});

describe('what a stream may do', () => {
  it('names no failure that is none', () => {
    const log = new RebuildLog().at(
      1,
      say('build hook died unexpectedly', 0),
      say("cannot build on 'ssh://b': \x1b[31merror:\x1b[0m broken", 0),
      say("warning: unable to download 'https://c/x': HTTP error 404", 0),
      say('deleting garbage...', 0),
    );
    const { errors, failed, clues, warnings } = log.rebuild;
    expect([errors.length, failed.size, warnings]).toEqual([0, 0, 1]);
    expect(clues).toMatchObject([{ failure: { kind: 'remote', host: 'ssh://b' } }]);
  });

  it('never stops, whatever its bytes are', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const documents = [
      build(1, 'a'),
      bare(2, 104),
      start(3, 108, '', ['/p', 'https://c']),
      start(3, 100, '', ['/p', 'https://c', 'local'], 3),
      start(4, 111, 'waiting for x'),
      line(1, 'x'),
      result(1, 104, 'p'),
      progress(2, 1, 2, 3, 4),
      progress(3, 1, 2, 3, 4),
      stop(1),
      stop(3),
      error(`builder for '${a}' failed with exit code 1`),
      say('these 2 derivations will be built:'),
      say(`  ${a}`),
      { action: 'result', id: 1, type: 110, payload: { status: 'X', path: { drvPath: 'x.drv' } } },
      { action: 'start', id: 'x', type: 'y', fields: {} },
    ].map((one) => `@nix ${JSON.stringify(one)}`);
    const texts = [
      'error: x',
      '       more',
      '',
      `building '${a}'...`,
      'a> line',
      'Done. The new configuration is ',
    ];
    for (let round = 0; round < 300; round++) {
      const log = new RebuildLog(round % 2 === 0 ? 'one' : 'many');
      for (let i = 0; i < 30; i++) {
        const from = random(3) === 0 ? texts : documents;
        const text = from[random(from.length)] ?? '';
        log.at(i, random(4) === 0 ? text.slice(random(text.length), random(text.length + 1)) : text);
      }
      for (const rebuild of log.state.rebuilds) {
        const { planned, running, failed, finished, dependents } = rebuild;
        const drvs = [planned, running, failed, finished, dependents].flatMap((place) => [...place.keys()]);
        expect(new Set(drvs).size, 'each derivation is in one place').toBe(drvs.length);
      }
    }
  });
});
