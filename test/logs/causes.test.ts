import { describe, expect, it, test } from 'vitest';
import { rootCauses } from '../../src/logs/root-causes.ts';
import type { Cause, Evidence, OomKill } from '../../src/model/rebuild/cause.ts';
import {
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
const failed = (name: string, reason: string) => error(`Cannot build '${drvOf(name)}'.\nReason: ${reason}`);
const signal9 = 'builder failed due to signal 9 (Killed).';
const kill: OomKill = { atMs: 20_000, uid: 30_001, process: 'ld', scope: 'machine', cgroup: null };

/** Build `a` from second 1 to second 20, with these last lines and this reason. */
function logOf(reason: string, ...lines: readonly string[]) {
  const log = new RebuildLog().at(1_000, build(1, 'a'));
  log.at(19_000, ...lines.map((text) => line(1, text)));
  return log.at(20_500, stop(1), failed('a', reason));
}
const causesOf = (log: RebuildLog, evidence: Evidence = {}) => rootCauses(log.rebuild, evidence);
const causeOf = (log: RebuildLog, evidence: Evidence = {}): Cause | undefined =>
  causesOf(log, evidence)[0]?.cause;

describe('signal 9', () => {
  const uids = new Map([[a, 30_001]]);
  const memory = { kind: 'out-of-memory', scope: 'machine', cgroup: null, process: 'ld' };

  const cases: readonly (readonly [string, Evidence, object])[] = [
    ['nobody knows', {}, { kind: 'killed', by: 'unknown' }],
    ['the kernel, this user, while it ran', { oomKills: [kill], uids }, { ...memory, certainty: 'certain' }],
    [
      'the kernel, another user',
      { oomKills: [{ ...kill, uid: 30_002 }], uids },
      { kind: 'killed', by: 'unknown' },
    ],
    [
      'the kernel, this user, before it ran',
      { oomKills: [{ ...kill, atMs: 500 }], uids },
      { kind: 'killed', by: 'unknown' },
    ],
    [
      'the counter alone, at that time',
      { oomKills: [{ ...kill, uid: null }], uids },
      { ...memory, certainty: 'likely' },
    ],
    ['the kernel, where no user is known', { oomKills: [kill] }, { ...memory, certainty: 'likely' }],
    [
      'the counter alone, at another time',
      { oomKills: [{ ...kill, uid: null, atMs: 5_000 }] },
      { kind: 'killed', by: 'unknown' },
    ],
    [
      'the limit of a control group',
      { oomKills: [{ ...kill, scope: 'cgroup', cgroup: '/nix-build-uid-30001' }], uids },
      { ...memory, scope: 'cgroup', cgroup: '/nix-build-uid-30001', certainty: 'certain' },
    ],
    [
      'ended by us, an hour before: another build of it',
      { endedByUs: [{ drv: a, atMs: 20_500 - 3_600_000 }] },
      { kind: 'killed', by: 'unknown' },
    ],
    [
      'ended by us',
      { oomKills: [kill], uids, endedByUs: [{ drv: a, atMs: 19_900 }] },
      { kind: 'killed', by: 'us' },
    ],
  ];
  test.each(cases)('%s', (_, evidence, cause) => {
    expect(causeOf(logOf(signal9), evidence)).toEqual(cause);
  });
});

describe('a kill of its user, minutes before the end', () => {
  const evidence = { oomKills: [kill], uids: new Map([[a, 30_001]]) };
  const cases: readonly (readonly [string, string, string, 'certain' | 'likely'])[] = [
    ['signal 9', signal9, 'ok', 'likely'],
    ['an exit code', 'builder failed with exit code 2.', 'error: expected ;', 'likely'],
    ['an exit code, and the log shows it', 'builder failed with exit code 2.', 'make: [x] Killed', 'certain'],
  ];
  test.each(cases)('%s', (_, reason, last, certainty) => {
    const log = new RebuildLog().at(1_000, build(1, 'a'));
    log.at(200_000, line(1, last), stop(1), failed('a', reason));
    expect(causeOf(log, evidence)).toMatchObject({ kind: 'out-of-memory', certainty });
  });
});

describe('an exit code', () => {
  const exit2 = 'builder failed with exit code 2.';
  const cases: readonly (readonly [string, readonly string[], Evidence, object])[] = [
    ['alone', ['error: expected ;'], {}, { kind: 'exit', code: 2 }],
    [
      'a compiler was killed, and the kernel says it',
      ['g++: fatal error: Killed signal terminated program cc1plus'],
      { oomKills: [{ ...kill, process: null }], uids: new Map([[a, 30_001]]) },
      { kind: 'out-of-memory', scope: 'machine', cgroup: null, certainty: 'certain', process: 'cc1plus' },
    ],
    [
      'a kill of nobody we know, and nothing in the log',
      ['ok'],
      { oomKills: [{ ...kill, uid: null }] },
      { kind: 'exit', code: 2 },
    ],
    [
      'a compiler was killed, which a colour hides',
      ['\x1b[31mKilled\x1b[0m', 'make: *** [all] Error 2'],
      { oomKills: [{ ...kill, uid: null }] },
      { kind: 'out-of-memory', scope: 'machine', cgroup: null, certainty: 'likely', process: 'ld' },
    ],
    [
      'the disk is full within a sandbox, whose build directory is elsewhere',
      ['cat: write error: /build/x: No space left on device'],
      { filesystems: [room('/', 1e9, 1e6), room('/var', 0, 100)], buildDirectory: '/var/builds' },
      { kind: 'space', of: 'blocks', mountPoint: '/var', path: '/build/x', guess: false },
    ],
    [
      'a test without network, long before the end',
      ['curl: (6) Could not resolve host: example.org', ...Array.from({ length: 10 }, (_, i) => `ok ${i}`)],
      {},
      { kind: 'exit', code: 2 },
    ],
    [
      'a test of a full device, long before the end',
      ['sh: write error: No space left on device', ...Array.from({ length: 10 }, (_, i) => `ok ${i}`)],
      { filesystems: [room('/', 1e9, 1e6)] },
      { kind: 'exit', code: 2 },
    ],
    [
      'the disk is full',
      ['cat: write error: /build/x: No space left on device'],
      { filesystems: [room('/', 1e9, 1e6), room('/build', 0, 100)] },
      { kind: 'space', of: 'blocks', mountPoint: '/build', path: '/build/x', guess: false },
    ],
    [
      'no inodes',
      ['cp: /build/x: No space left on device'],
      { filesystems: [room('/', 1e9, 3)] },
      { kind: 'space', of: 'inodes', mountPoint: '/', path: '/build/x', guess: false },
    ],
    [
      'a limit of its own',
      ['ld: final link failed: No space left on device'],
      { filesystems: [room('/nix', 1e9, 1e6)], buildDirectory: '/nix/var/nix/builds' },
      { kind: 'space', of: 'own-limit', mountPoint: '/nix', path: null, guess: false },
    ],
    [
      'a fetcher of Nix itself',
      ['error:', "       error: unable to download 'http://c/x.tar.gz': HTTP error 404"],
      {},
      {
        kind: 'network',
        cache: null,
        url: 'http://c/x.tar.gz',
        curlCode: null,
        httpStatus: 404,
        text: "unable to download 'http://c/x.tar.gz': HTTP error 404",
      },
    ],
    [
      'a fetcher without network',
      ['trying https://example.org/x.tar.gz', 'curl: (6) Could not resolve host: example.org'],
      {},
      {
        kind: 'network',
        cache: null,
        url: 'https://example.org/x.tar.gz',
        curlCode: 6,
        httpStatus: null,
        text: 'curl: (6) Could not resolve host: example.org',
      },
    ],
  ];
  test.each(cases)('%s', (_, lines, evidence, cause) => {
    expect(causeOf(logOf(exit2, ...lines), evidence)).toEqual(cause);
  });

  it("is Nix's guess of space only where nothing else says it", () => {
    const noted = `${exit2}\nnote: build failure may have been caused by lack of free disk space`;
    expect(causeOf(logOf(noted, 'x'))).toEqual({
      kind: 'space',
      of: null,
      mountPoint: null,
      path: null,
      guess: true,
    });
  });
});

function room(mountPoint: string, freeBytes: number, freeInodes: number) {
  return { mountPoint, freeBytes, freeInodes };
}

describe('time-outs since Nix 2.34, which name no build', () => {
  const timedOut = () =>
    new RebuildLog()
      .at(1_000, build(1, 'a'), build(2, 'b'), start(3, 104, ''))
      .at(2_000, line(1, 'last words'))
      .at(12_000, { action: 'result', id: 3, type: 105, fields: [0, 2, 1, 1] }, stop(1))
      .at(12_100, error('timed out after 10 seconds'));

  it('are of the build that a counter told as failed', () => {
    expect(causesOf(timedOut(), {})).toMatchObject([{ drvs: [a], lines: ['last words'] }]);
    expect([...timedOut().rebuild.running.keys()]).toEqual([drvOf('b')]);
  });

  it('are of the build that ran or was silent for so long, in whatever order they are told', () => {
    const failed = (n: number) => ({ action: 'result', id: 3, type: 105, fields: [0, 2, 0, n] });
    const log = new RebuildLog()
      .at(1_000, build(1, 'a'), build(2, 'b'), start(3, 104, ''))
      .at(8_000, line(2, 'still here'))
      .at(11_000, failed(1), stop(1))
      .at(13_000, failed(2), stop(2))
      .at(13_100, error('timed out after 5 seconds'), error('timed out after 10 seconds'));
    expect(causesOf(log)).toMatchObject([
      { cause: { seconds: 10 }, drvs: [a] },
      { cause: { seconds: 5, silent: true }, drvs: [drvOf('b')] },
    ]);
  });

  it('are of those that lines for people name at last, where it is clear which', () => {
    const lines = (...more: readonly string[]) =>
      new RebuildLog()
        .at(1, `building '${a}'...`, `building '${drvOf('b')}'...`, ...more)
        .events(2, { kind: 'end', exitCode: 1 });
    const timedOut = (n: number) => `error: timed out after ${n} seconds`;
    expect(causesOf(lines(timedOut(3), `error: build of '${a}' failed`))).toMatchObject([
      { cause: { kind: 'timeout', seconds: 3 }, drvs: [a] },
    ]);
    const both = `error: build of '${a}', '${drvOf('b')}' failed`;
    expect(causesOf(lines(timedOut(3), timedOut(3), both)).map(({ drvs }) => drvs)).toEqual([
      [a],
      [drvOf('b')],
    ]);
    expect(
      causesOf(lines(timedOut(3), timedOut(4), both)).map(({ cause, drvs }) => [cause.kind, drvs]),
    ).toEqual([
      ['timeout', []],
      ['timeout', []],
    ]);
  });

  test.each([
    [{ silentSec: 10, totalSec: 0 }, true],
    [{ silentSec: 0, totalSec: 10 }, false],
  ])('%o', (limits, silent) => {
    expect(causeOf(timedOut(), { limits })).toEqual({ kind: 'timeout', seconds: 10, silent });
  });
});

describe('a time-out whose limit nobody knows', () => {
  test.each([
    ['said something in its last seconds', 12_000, 9_000, false],
    ['ran far longer than the limit, in silence', 100_000, 90_000, true],
    ['was silent as long as it ran', 12_000, 1_000, null],
  ])('%s', (_, endMs, lastMs, silent) => {
    const log = new RebuildLog()
      .at(1_000, build(1, 'a'))
      .at(lastMs, line(1, 'last words'))
      .at(endMs, error('timed out after 10 seconds'), stop(1));
    expect(causeOf(log)).toEqual({ kind: 'timeout', seconds: 10, silent });
  });
});

describe('one root', () => {
  it('is one finding for forty failures', () => {
    const names = Array.from({ length: 40 }, (_, i) => `dep-${i}`);
    const log = new RebuildLog().at(1_000, build(1, 'a')).at(2_000, stop(1), failed('a', signal9));
    for (const name of names) log.at(3_000, failed(name, '1 dependency failed.'));
    const causes = causesOf(log);
    expect(causes).toHaveLength(1);
    expect(causes[0]).toMatchObject({ drvs: [a], dependents: names.map(drvOf) });
  });

  it('is one for all that the full memory killed', () => {
    const log = new RebuildLog()
      .at(1_000, build(1, 'a'), build(2, 'b'), build(3, 'c'))
      .at(20_000, stop(1), failed('a', signal9), stop(2), failed('b', signal9))
      .at(20_200, stop(3), failed('c', 'builder failed with exit code 1.'));
    const oomKills = [kill, { ...kill, uid: 30_002 }];
    const uids = new Map([
      [a, 30_001],
      [drvOf('b'), 30_002],
      [drvOf('c'), 30_003],
    ]);
    expect(causesOf(log, { oomKills, uids })).toMatchObject([
      { cause: { kind: 'out-of-memory', certainty: 'certain' }, drvs: [a, drvOf('b')] },
      { cause: { kind: 'exit', code: 1 }, drvs: [drvOf('c')] },
    ]);
  });

  it('is told as surely as the surest of its builds tells it', () => {
    const log = new RebuildLog()
      .at(1_000, build(1, 'b'), build(2, 'a'))
      .at(20_000, stop(1), failed('b', signal9), stop(2), failed('a', signal9));
    const oomKills = [{ ...kill, uid: null }, kill];
    const found = causesOf(log, { oomKills, uids: new Map([[a, 30_001]]) });
    expect(found).toMatchObject([{ cause: { certainty: 'certain' }, drvs: [drvOf('b'), a] }]);

    const full = 'builder failed with exit code 1.';
    const note = `${full}\nnote: build failure may have been caused by lack of free disk space`;
    const space = new RebuildLog()
      .at(1, build(1, 'a'), build(2, 'b'))
      .at(2, line(2, 'x: No space left on device'), stop(1), failed('a', note), stop(2), failed('b', full));
    expect(causesOf(space)).toMatchObject([
      { cause: { kind: 'space', guess: false }, drvs: [a, drvOf('b')] },
    ]);
  });

  it('is the cache with the most trouble', () => {
    const retry = (url: string, code: number) =>
      say(`warning: unable to download '${url}/x': HTTP error ${code}; retrying in 2 ms`);
    const missing = error("path '/nix/store/p' is required, but there is no substituter that can build it");
    const log = new RebuildLog().at(
      1,
      retry('https://bad', 503),
      retry('https://bad', 503),
      retry('https://good', 500),
      missing,
    );
    expect(causeOf(log)).toMatchObject({ kind: 'network', cache: 'https://bad', httpStatus: 503 });
  });

  it('is told by the graph where there are several', () => {
    const log = new RebuildLog()
      .at(1_000, build(1, 'a'), build(2, 'b'))
      .at(2_000, stop(1), failed('a', 'builder failed with exit code 1.'))
      .at(2_500, stop(2), failed('b', 'builder failed with exit code 2.'))
      .at(3_000, failed('top', '1 dependency failed.'), failed('other', '1 dependency failed.'));
    const inputs = new Map([
      [drvOf('top'), [drvOf('middle')]],
      [drvOf('middle'), [a, drvOf('top')]],
      [drvOf('other'), [drvOf('b')]],
    ]);
    expect(causesOf(log, { inputs }).map(({ drvs, dependents }) => [drvs, dependents])).toEqual([
      [[a], [drvOf('top')]],
      [[drvOf('b')], [drvOf('other')]],
    ]);
    expect(causesOf(log).flatMap(({ dependents }) => dependents)).toEqual([]);
  });

  it('is the cache that did not answer, for all paths it kept back', () => {
    const log = new RebuildLog().at(
      1_000,
      say(
        "\x1b[35;1mwarning:\x1b[0m unable to download 'https://c/nix-cache-info': HTTP error 503; retrying in 2 ms",
        0,
      ),
      error("path '/nix/store/p' is required, but there is no substituter that can build it"),
      error("path '/nix/store/q' is required, but there is no substituter that can build it"),
    );
    expect(causesOf(log).map(({ cause }) => cause)).toEqual([
      { kind: 'network', cache: 'https://c', text: 'HTTP error 503', httpStatus: 503 },
    ]);
  });

  it('is told for a path of which Nix 2.8 says only that it failed', () => {
    const path = '/nix/store/p';
    const log = () => new RebuildLog().at(1, say("don't know how to build these paths:"), say(`  ${path}`));
    const ended = error(`build of '${path}' failed`);
    expect(causesOf(log().at(2, ended))).toMatchObject([
      { cause: { kind: 'no-substituter', paths: [path] } },
    ]);
    const trouble = say(
      "warning: unable to download 'https://c/nix-cache-info': Timeout was reached (28)",
      1,
    );
    expect(causesOf(log().at(2, trouble, ended))).toMatchObject([
      { cause: { kind: 'network', cache: 'https://c' } },
    ]);
  });

  it('is no cache that has answered since', () => {
    const [path, cache] = [`/nix/store/${'a'.repeat(32)}-a`, 'https://c'];
    const missing = error("path '/nix/store/p' is required, but there is no substituter that can build it");
    const trouble = say(
      `warning: unable to download '${cache}/a.narinfo': HTTP error 503; retrying in 2 ms`,
      1,
    );
    const fetched = [
      start(20, 108, '', [path, cache]),
      start(21, 100, '', [path, cache, 'local'], 20),
      progress(21, 9, 9, 0, 0),
      stop(21),
      stop(20),
    ];
    const log = () => new RebuildLog().at(1_000, trouble);
    expect(causeOf(log().at(2_000, missing))).toMatchObject({ kind: 'network', cache });
    expect(
      causeOf(
        log()
          .at(2_000, ...fetched)
          .at(3_000, missing),
      ),
    ).toMatchObject({ kind: 'no-substituter' });
  });

  it('is no substituter where no cache had trouble', () => {
    const log = new RebuildLog().at(
      1_000,
      error("path '/nix/store/p' is required, but there is no substituter that can build it"),
      error("path '/nix/store/q' is required, but there is no substituter that can build it"),
    );
    expect(causesOf(log).map(({ cause }) => cause)).toEqual([
      { kind: 'no-substituter', paths: ['/nix/store/p', '/nix/store/q'] },
    ]);
  });

  it('is the user who interrupted, not the builds that went with it', () => {
    const log = new RebuildLog()
      .at(1_000, start(9, 104, ''), build(1, 'a'))
      .at(2_000, { action: 'result', id: 9, type: 105, fields: [0, 1, 0, 1] }, stop(1))
      .at(2_100, error('interrupted by the user'));
    expect(causesOf(log)).toMatchObject([{ cause: { kind: 'interrupted' }, drvs: [a] }]);
  });
});

describe('what is of no build', () => {
  it('is an evaluation that the kernel ended', () => {
    const log = new RebuildLog().at(20_000, "Command '['nix', 'build']' died with <Signals.SIGKILL: 9>.");
    expect(causeOf(log, { oomKills: [{ ...kill, process: 'nix' }] })).toMatchObject({
      kind: 'out-of-memory',
      process: 'nix',
    });
    const tool = { kind: 'tool', reason: 'command-signal', names: [] };
    expect(causeOf(log)).toEqual(tool);
    // What was killed is a build's, so the command is not what the kernel chose.
    expect(causeOf(log, { oomKills: [kill], uids: new Map([[a, 30_001]]) })).toEqual(tool);
  });

  it('is an evaluation only before anything was fetched', () => {
    const unknown = error('something else');
    const evaluated = () => new RebuildLog().at(1, say("evaluating file '/etc/nixos/x.nix'", 4));
    expect(causeOf(evaluated().at(2, unknown))).toMatchObject({ kind: 'evaluation' });
    const missing = error("getting status of '/etc/nixos/x.nix': No such file or directory");
    expect(causeOf(new RebuildLog().at(1, missing))).toMatchObject({ kind: 'evaluation' });
    const path = '/nix/store/p';
    const fetched = evaluated().at(2, start(1, 100, '', [path, 'https://c', 'local']), stop(1), unknown);
    expect(causeOf(fetched)).toEqual({ kind: 'unknown' });
    expect(causeOf(evaluated().at(2, build(1, 'a'), unknown))).toEqual({ kind: 'unknown' });
  });

  it('is a machine that nobody has: its system, or its features', () => {
    const said = (system: string) =>
      error(
        `Failed to find a machine for remote build!\nderivation: x.drv\nrequired (system, features): (${system}, [kvm])\n1 available machines:\n(systems, maxjobs, supportedFeatures, mandatoryFeatures)\n([x86_64-linux, i686-linux], 4, [], [])`,
      );
    expect(causeOf(new RebuildLog().at(1, said('i686-linux')))).toMatchObject({
      kind: 'system',
      reason: 'features',
    });
    expect(causeOf(new RebuildLog().at(1, said('aarch64-linux')))).toMatchObject({
      kind: 'system',
      reason: 'system',
    });
  });

  it('is the units that did not come up', () => {
    const log = new RebuildLog().at(1_000, 'Failed to start nginx.service');
    expect(causeOf(log)).toEqual({ kind: 'tool', reason: 'units', names: ['nginx.service'] });
  });

  it('is the machine that did not answer, where it would have had what is missing', () => {
    const features = 'with features {kvm} is required to build';
    const wanted = error(`a 'x86_64-linux' ${features} '${a}', but I am a 'x86_64-linux' with features {}`);
    const list = (of: string) =>
      say(
        `Failed to find a machine for remote build!\nderivation: ${a.slice(11)}\nrequired (system, features): (x86_64-linux, [kvm])\n1 available machines:\n(systems, maxjobs, supportedFeatures, mandatoryFeatures)\n([x86_64-linux], 4, [${of}], [])`,
        0,
      );
    const away = say(
      "cannot build on 'ssh-ng://b': error: cannot open connection to remote store 'ssh-ng://b'",
      0,
    );
    const causeAfter = (...told: readonly object[]) => causeOf(new RebuildLog().at(1, ...told, wanted));
    expect(causeAfter(away, list('kvm'))).toEqual({ kind: 'remote', host: 'ssh-ng://b' });
    for (const told of [[], [away], [list('kvm')], [away, list('big-parallel')]])
      expect(causeAfter(...told)).toMatchObject({ kind: 'system', reason: 'features' });
  });

  it('is what the other machine said, not the exit code of the hook that told it', () => {
    const said = `build of '${a}' on 'ssh-ng://b' failed: error: Path "/var/tmp" is world-writable`;
    const log = new RebuildLog().at(1, build(1, 'a', 'ssh-ng://b'));
    log.at(2, error(said), stop(1), failed('a', 'builder failed with exit code 1.'));
    expect(causesOf(log)).toMatchObject([
      { cause: { kind: 'remote', host: 'ssh-ng://b' }, drvs: [a], text: expect.stringMatching(/\/var\/tmp/) },
    ]);
  });

  it('is a system that another machine would have', () => {
    const log = new RebuildLog().at(
      1_000,
      failed('a', "platform mismatch\nRequired system: 'aarch64-linux'\nCurrent system: 'x86_64-linux'"),
    );
    const machines = [
      { host: 'ssh://arm', system: 'aarch64-linux', features: [] },
      { host: 'ssh://x86', system: 'x86_64-linux', features: ['kvm'] },
    ];
    expect(causeOf(log, { machines })).toMatchObject({
      kind: 'system',
      reason: 'system',
      offers: ['ssh://arm'],
    });
  });
});

describe("Nix's exit code, where a counter alone tells that a build failed", () => {
  const wordless = (exitCode: number, ...more: readonly object[]) =>
    new RebuildLog()
      .at(1_000, build(1, 'a'), build(2, 'b'), start(3, 104, ''))
      .at(9_000, result(3, 105, 0, 2, 1, 1), stop(1), ...more)
      .events(10_000, { kind: 'end', exitCode });
  const one = { silentSec: 0, totalSec: 8 };

  const cases: readonly (readonly [string, number, Evidence, object])[] = [
    ['failed', 100, {}, { kind: 'unknown' }],
    ['through a daemon', 1, {}, { kind: 'unknown' }],
    ['a shell without the command', 127, {}, { kind: 'unknown' }],
    ['timed out', 101, {}, { kind: 'unknown', told: 'timeout' }],
    ['timed out, with one limit set', 101, { limits: one }, { kind: 'timeout', seconds: 8, silent: false }],
    [
      'timed out, with two',
      101,
      { limits: { silentSec: 4, totalSec: 8 } },
      { kind: 'unknown', told: 'timeout' },
    ],
    ['hash mismatch', 102, {}, { kind: 'unknown', told: 'hash' }],
    ['not the same', 104, {}, { kind: 'not-deterministic', output: null }],
  ];
  test.each(cases)('%s: %i', (_, exitCode, evidence, cause) => {
    expect(causesOf(wordless(exitCode), evidence)).toMatchObject([{ drvs: [a] }]);
    expect(causeOf(wordless(exitCode), evidence)).toEqual(cause);
  });

  it('is of nobody where two have no words, or another one has it', () => {
    const both = wordless(101, result(3, 105, 0, 2, 0, 2), stop(2));
    expect(causesOf(both).map(({ cause }) => cause)).toEqual([{ kind: 'unknown' }, { kind: 'unknown' }]);
    const other = error(`building of '${drvOf('b')}' from .drv file timed out after 3 seconds`);
    const said = wordless(101, result(3, 105, 0, 2, 0, 2), stop(2), other);
    expect(causesOf(said).map(({ cause, drvs }) => [cause, drvs])).toEqual([
      [{ kind: 'unknown' }, [a]],
      [{ kind: 'timeout', seconds: 3, silent: false }, [drvOf('b')]],
    ]);
  });

  it('is no failure where the command succeeded all the same', () => {
    const log = (exitCode: number) =>
      new RebuildLog()
        .at(1, error("unable to download 'https://c/nar/x.nar': HTTP error 502"))
        .events(2, { kind: 'end', exitCode });
    expect(causesOf(log(1))).toMatchObject([{ cause: { kind: 'network' } }]);
    expect(causesOf(log(0))).toEqual([]);
  });

  it('is no evaluation where it says that builds failed', () => {
    const said = (exitCode: number) =>
      new RebuildLog()
        .at(1, say("evaluating file '/etc/nixos/x.nix'", 4), error('something else'))
        .events(2, { kind: 'end', exitCode });
    expect(causeOf(said(1))).toMatchObject({ kind: 'evaluation' });
    expect(causeOf(said(100))).toEqual({ kind: 'unknown' });
  });
});
