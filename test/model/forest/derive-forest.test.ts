/** The Nix part of the Model over several readings: events, names, rates, growth, failures. */
import { describe, expect, test } from 'vitest';
import { problem } from '../../../src/base/problem.ts';
import { ttyName } from '../../../src/model/forest/derive-clients.ts';
import {
  deriveForest,
  emptyForestParts,
  type ForestCarry,
  type ForestParts,
} from '../../../src/model/forest/derive-forest.ts';
import type { CgroupRaw, ForestRaw, ProcessFacts, ProcessRaw } from '../../../src/model/sample.ts';
import {
  builder,
  child,
  client,
  daemon,
  environment,
  forest,
  hashes,
  later,
  process,
  started,
  worker,
} from '../../support/forest-raw.ts';

const timeMs = 1_700_000_000_000;

/** Derives one raw forest after the other. */
function run(raws: readonly ForestRaw[]): ForestParts[] {
  let carry: ForestCarry | null = null;
  return raws.map((value) => {
    const next = deriveForest({ atMs: value.treeAtMs, ok: true, value }, carry, { timeMs });
    carry = next.carry;
    return next.parts;
  });
}
const last = (raws: readonly ForestRaw[]): ForestParts => run(raws).at(-1) as ForestParts;
const withFacts = (one: ProcessRaw, facts: ProcessFacts): ProcessRaw => ({ ...one, facts });

const above = [daemon(), client(150), worker(200, 150)];
const root = builder(300, 200, 'firefox-130.0');
const nameless = withFacts(root, {});
const usual = forest([...above, root, child(301, root, 'make')]);

test('a build as a reader sees it', () => {
  const [build] = last([usual]).builds;
  expect(build).toMatchObject({
    pid: 300,
    startTime: root.startTime,
    name: 'firefox-130.0',
    pname: 'firefox',
    version: '130.0',
    drvHash: hashes[0],
    namedBy: 'sandbox',
    uid: 30001,
    user: 'nixbld1',
    sandboxed: true,
    ageSec: 7,
    processes: 2,
    escapees: 0,
    states: { R: 0, S: 2, D: 0, Z: 0, T: 0 },
    cpuPercent: null,
    residentBytes: 2_000_000,
    residentGrowthBytesPerMin: null,
    readBytesPerSec: null,
    paused: false,
    pausedFrom: null,
    lowered: false,
    limited: false,
    memoryHighBytes: null,
    host: null,
    workerPid: 200,
    clientPid: 150,
    out: `/nix/store/${hashes[1]}-firefox-130.0`,
    buildDirectory: '/build',
    cores: 8,
    system: 'x86_64-linux',
    residentHistory: [2_000_000],
  });
});

describe('lowered', () => {
  const nice = (of: ProcessRaw, value: number) => ({ ...of, nice: value });
  const lowered = (...processes: readonly ProcessRaw[]) => last([forest(processes)]).builds[0]?.lowered;

  test('is who has nice 19', () => {
    expect(lowered(...above, nice(root, 19))).toBe(true);
    expect(lowered(...above, nice(root, 10))).toBe(false);
    expect(lowered(...above, root, nice(child(301, root, 'make'), 19))).toBe(false);
  });

  test('is nobody where the daemon is so itself', () => {
    expect(lowered(daemon(), client(150), nice(worker(200, 150), 19), nice(root, 19))).toBe(false);
  });
});

test('limited is who has a memory.high in a cgroup of its own', () => {
  const path = '/system.slice/nix-daemon.service';
  const built = (cgroup: string, highBytes: number | null) => {
    const raw: CgroupRaw = {
      ...{ path: cgroup, frozen: false, memoryAtMs: 1, currentBytes: 1, limitBytes: null, highBytes },
      ...{ throttled: 0, limitHits: 0, ooms: 0, oomKills: 0 },
    };
    const inIt = withFacts(root, { ...root.facts, cgroup });
    return last([forest([...above, inIt], { cgroups: [raw] })]).builds[0];
  };
  const own = `${path}/nix-build-uid-30001`;
  expect(built(own, 4096)).toMatchObject({ limited: true, memoryHighBytes: 4096 });
  expect(built(own, null)).toMatchObject({ limited: false, memoryHighBytes: null });
  // Of all of the daemon's it says nothing of this one.
  expect(built(path, 4096)).toMatchObject({ limited: false, memoryHighBytes: null });
});

describe('names', () => {
  const log = (hash: string, name: string) =>
    `/nix/var/log/nix/drvs/${hash.slice(0, 2)}/${hash.slice(2)}-${name}.drv.bz2`;
  const logs = (...openLogs: string[]) =>
    withFacts(worker(200, 150), { argv: ['nix-daemon', '150'], openLogs });
  const open: ProcessFacts = { rootMount: '/' };
  const directory = (name: string, uid = 30001) => ({ uid, name, path: `/tmp/nix-build-${name}.drv-0` });
  const named = (name: string | null, namedBy: string | null, drvHash: string | null = null) => ({
    name,
    namedBy,
    drvHash,
  });
  const environ = { ...open, environment: environment('a-1') };
  const denied = { ...open, environment: problem('denied', '/proc/300/environ') };

  test.for([
    [
      'sandbox before all else',
      root.facts,
      logs(log(hashes[1], 'x-9')),
      [directory('y-9')],
      named('firefox-130.0', 'sandbox', hashes[0]),
    ],
    ['environment', environ, worker(200, 150), [], named('a-1', 'environment')],
    [
      'environment, its hash from the one log of that name',
      environ,
      logs(log(hashes[0], 'b-2'), log(hashes[1], 'a-1')),
      [],
      named('a-1', 'environment', hashes[1]),
    ],
    [
      'two logs of one name: no hash',
      environ,
      logs(log(hashes[0], 'a-1'), log(hashes[1], 'a-1')),
      [],
      named('a-1', 'environment'),
    ],
    [
      'environment without a name: its output',
      { ...open, environment: environment(null, { out: `/nix/store/${hashes[1]}-a-1` }) },
      worker(200, 150),
      [],
      named('a-1', 'environment'),
    ],
    ['the only open log', denied, logs(log(hashes[1], 'a-1')), [], named('a-1', 'log', hashes[1])],
    [
      'two open logs: no guess',
      denied,
      logs(log(hashes[0], 'a-1'), log(hashes[1], 'b-2')),
      [],
      named(null, null),
    ],
    [
      'the only directory of its user',
      denied,
      worker(200, 150),
      [directory('a-1'), directory('b-2', 30002)],
      named('a-1', 'directory'),
    ],
    [
      'two directories of its user: no guess',
      denied,
      worker(200, 150),
      [directory('a-1'), directory('b-2')],
      named(null, null),
    ],
    [
      'a builtin builder still has the daemon’s environment',
      { ...open, environment: environment('wrong', { buildTop: null }) },
      worker(200, 150),
      [],
      named(null, null),
    ],
    ['nothing known', {}, worker(200, 150), [], named(null, null)],
  ] as const)('%s', ([, facts, serving, buildDirectories, expected]) => {
    const raw = forest([daemon(), client(150), serving, withFacts(root, facts)], { buildDirectories });
    expect(last([raw]).builds[0]).toMatchObject(expected);
  });

  test.for([
    ['/', false],
    // A subvolume of btrfs, a bind mount, a container.
    ['/@', false],
    ['/srv/machines/a', false],
    [`/@/nix/store/${hashes[0]}-a-1.drv.chroot/root`, true],
  ] as const)('with %s at / it is in a sandbox: %s', ([rootMount, sandboxed]) => {
    const facts = { rootMount, environment: problem('denied', 'x') };
    const raw = forest([...above, withFacts(root, facts)], { buildDirectories: [directory('a-1')] });
    expect(last([raw]).builds[0]).toMatchObject({ sandboxed, name: 'a-1' });
  });

  describe('build directories by age', () => {
    const old = { ...directory('old-0'), changedMs: timeMs - 600_000 };
    const recent = { ...directory('a-1'), changedMs: timeMs - 7500 };
    const busy = { ...directory('a-1'), changedMs: timeMs - 10 };
    test.for([
      ['one from before the build is left over', [old], null],
      ['one made for it', [recent], 'a-1'],
      ['one in which it works', [busy], 'a-1'],
      ['beside one that is left over', [old, recent], 'a-1'],
      ['of two the one changed last', [busy, { ...directory('b-2'), changedMs: timeMs - 5000 }], 'a-1'],
      ['age unknown, two: no guess', [directory('a-1'), busy], null],
    ] as const)('%s', ([, buildDirectories, name]) => {
      const [build] = last([forest([...above, withFacts(root, denied)], { buildDirectories })]).builds;
      expect(build).toMatchObject({ name, namedBy: name === null ? null : 'directory' });
    });
  });

  describe('by the locks of their outputs, where neither environment nor directory tells', () => {
    /** Builders 10 ms apart, each log a little before; all by one worker. */
    const [a, b, c] = ['firefox-130.0', 'linux-6.12', 'llvm-18'] as const;
    const hashOf = (name: string) => `${[a, b, c].indexOf(name as typeof a) + 1}`.repeat(32);
    const out = (name: string) => `/nix/store/${hashes[1]}-${name}`;
    const startMs = (index: number) => timeMs - 10_000 + index * 10;
    const opened = (index: number, more: object = {}) => ({
      bornMs: startMs(index) - 4,
      changedMs: startMs(index) - 4,
      bytes: 0,
      ...more,
    });
    const start = (index: number): ProcessRaw => ({
      ...withFacts(builder(300 + index, 200, null), denied),
      uid: 30001 + index,
      startTime: started + index,
    });
    interface Locked {
      readonly log?: ReturnType<typeof opened> | null;
      readonly derivation?: boolean;
      readonly outputs?: readonly string[];
    }
    const named = (
      outputs: Readonly<Record<string, Locked>>,
      builders: readonly ProcessRaw[],
      more: Partial<ForestRaw> = {},
    ) => {
      const paths = Object.entries(outputs).flatMap(([name, one]) =>
        (one.outputs ?? [name]).map((o) => [o, name, one] as const),
      );
      const raw = forest([...above, ...builders], {
        locks: paths.map(([output]) => ({
          pid: 200,
          file: output,
          kind: 'FLOCK',
          mode: 'WRITE',
          waiting: false,
        })),
        lockPaths: Object.fromEntries(paths.map(([output]) => [output, `${out(output)}.lock`])),
        lockedOutputs: Object.fromEntries(
          paths
            .filter(([, , { derivation = true }]) => derivation)
            .map(([output, name, { log = null }]) => [
              out(output),
              { derivation: `/nix/store/${hashOf(name)}-${name}.drv`, log },
            ]),
        ),
        locksNamedAtMs: 9000,
        ...more,
      });
      return last([raw]).builds.map(({ name }) => name);
    };
    const three = { [c]: { log: opened(2) }, [a]: { log: opened(0) }, [b]: { log: opened(1) } };
    const builders = [start(0), start(1), start(2)];

    test('several of one worker: in the order of their logs', () => {
      expect(named(three, builders)).toEqual([a, b, c]);
    });

    test('whole: hash, output, lock, and the directory of its user', () => {
      const raw = {
        locks: [{ pid: 200, file: 'x', kind: 'FLOCK', mode: 'WRITE', waiting: false }] as const,
        lockPaths: { x: `${out(a)}.lock` },
        lockedOutputs: { [out(a)]: { derivation: `/nix/store/${hashOf(a)}-${a}.drv`, log: opened(0) } },
        locksNamedAtMs: 9000,
        buildDirectories: [{ uid: 30001, name: null, path: '/nix/var/nix/builds/nix-200-7' }],
      };
      expect(last([forest([...above, start(0)], raw)]).builds[0]).toMatchObject({
        name: a,
        drvHash: hashOf(a),
        namedBy: 'lock',
        out: out(a),
        lock: `${out(a)}.lock`,
        sandboxed: false,
        buildDirectory: '/nix/var/nix/builds/nix-200-7',
      });
    });

    const nobody = [null, null, null];
    test.for([
      ['one alone, whatever its log', { [a]: {} }, [start(0)], [a]],
      ['one alone, its derivation not in the store', { [a]: { derivation: false } }, [start(0)], [a]],
      ['all outputs of one', { [a]: { outputs: [a, `${a}-dev`] } }, [start(0)], [a]],
      ['a copy beside', { [a]: { log: opened(0) }, [b]: {} }, [start(0)], [a]],
      [
        'a copy of what was built long ago',
        { [a]: { log: opened(0) }, [b]: { log: opened(0, { bornMs: 5, changedMs: 6 }) } },
        [start(0)],
        [a],
      ],
      [
        'built again: the log was emptied',
        { ...three, [b]: { log: opened(1, { bornMs: 5 }) } },
        builders,
        [a, b, c],
      ],
      [
        'built again and written already: no telling when',
        { ...three, [b]: { log: opened(1, { bornMs: 5, bytes: 9 }) } },
        builders,
        nobody,
      ],
      [
        'first built and written already',
        { ...three, [b]: { log: opened(1, { changedMs: timeMs, bytes: 9 }) } },
        builders,
        [a, b, c],
      ],
      ['one more log than builders: one is being registered', three, builders.slice(1), [null, null]],
      ['one log too few', { [a]: three[a], [b]: three[b] }, builders, nobody],
      ['two logs of one moment', { ...three, [b]: { log: opened(0) } }, builders, nobody],
      [
        'a log after its builder',
        { [a]: { log: opened(0) }, [b]: { log: opened(300) } },
        [start(0), start(1)],
        [null, null],
      ],
      [
        'two derivations not known',
        { [a]: { derivation: false }, [b]: { derivation: false } },
        [start(0), start(1)],
        [null, null],
      ],
    ] as const)('%s', ([, outputs, running, expected]) => expect(named(outputs, running)).toEqual(expected));

    test('not by locks that were read before it started', () => {
      expect(named({ [a]: { log: opened(0) } }, [start(0)], { locksNamedAtMs: 0 })).toEqual([null]);
    });

    test('what another process holds is not its', () => {
      const raw = { locks: [{ pid: 150, file: a, kind: 'FLOCK', mode: 'WRITE', waiting: false }] as const };
      expect(named({ [a]: { log: opened(0) } }, [start(0)], raw)).toEqual([null]);
    });
  });

  test('two of one name, side by side: each by its own environment', () => {
    const a = withFacts(root, environ);
    const b = { ...withFacts(builder(350, 200, 'x'), environ), uid: 30002 };
    const { builds } = last([forest([...above, a, b])]);
    expect(builds.map(({ pid, name }) => [pid, name])).toEqual([
      [300, 'a-1'],
      [350, 'a-1'],
    ]);
  });

  test('one log and two builders: no guess', () => {
    const b = { ...nameless, pid: 350, session: 350, uid: 30002 };
    const { builds } = last([forest([daemon(), logs(log(hashes[1], 'a-1')), nameless, b])]);
    expect(builds.map(({ name }) => name)).toEqual([null, null]);
  });

  test('a root that is dead: what its children inherited names it', () => {
    const dead = withFacts(
      { ...root, state: 'Z' },
      { argv: [], environment: problem('gone', 'x'), rootMount: problem('malformed', 'x') },
    );
    const escaped = process({ pid: 400, uid: 30001, facts: environ });
    expect(last([forest([...above, dead, escaped])]).builds[0]).toMatchObject(named('a-1', 'environment'));
  });

  test('a name stays when what told it is gone', () => {
    const exec = withFacts(root, {});
    const dead = withFacts(
      { ...root, state: 'Z' },
      { environment: problem('gone', 'x'), rootMount: problem('gone', 'x') },
    );
    for (const one of [exec, dead]) {
      expect(last([usual, later(usual, 1, { processes: [...above, one] })]).builds[0]).toMatchObject({
        ...named('firefox-130.0', 'sandbox', hashes[0]),
        sandboxed: true,
        out: `/nix/store/${hashes[1]}-firefox-130.0`,
        version: '130.0',
      });
    }
  });

  test('what a child calls itself does not rename its build', () => {
    const exec = withFacts(root, {});
    const session = child(301, root, 'bash', { session: 301, facts: { environment: environment('test-0') } });
    const second = later(usual, 1, { processes: [...above, exec, session] });
    expect(last([usual, second]).builds[0]).toMatchObject(named('firefox-130.0', 'sandbox', hashes[0]));
  });

  test('a better source overrides a worse one', () => {
    const first = forest([daemon(), logs(log(hashes[1], 'a-1')), nameless]);
    const second = later(first, 1, { processes: [daemon(), logs(log(hashes[1], 'a-1')), root] });
    expect(last([first, second]).builds[0]).toMatchObject(named('firefox-130.0', 'sandbox', hashes[0]));
  });

  test('structured attributes and versions that a name does not show', () => {
    const facts = {
      ...open,
      environment: environment('a-unstable', { pname: 'a', version: '0-unstable-2024' }),
    };
    expect(last([forest([...above, withFacts(root, facts)])]).builds[0]).toMatchObject({
      pname: 'a',
      version: '0-unstable-2024',
    });
  });
});

describe('without privilege', () => {
  test('all that the kernel tells, null for the rest', () => {
    const facts = { ...root.facts, environment: problem('denied', '/proc/300/environ') };
    const blind = { ...withFacts(root, facts), readBytes: null, writeBytes: null };
    const raw = forest([...above, blind], { privileged: false });
    const [, { builds }] = run([raw, later(raw, 1)]) as [ForestParts, ForestParts];
    expect(builds[0]).toMatchObject({
      name: 'firefox-130.0',
      drvHash: hashes[0],
      cpuPercent: 0,
      residentBytes: 1_000_000,
      readBytesPerSec: null,
      writeBytesPerSec: null,
      out: null,
      cores: null,
      lock: null,
    });
  });

  test('nothing readable but names of processes', () => {
    const blank = [...above, root].map((one) => ({
      ...one,
      uid: null,
      residentBytes: null,
      readBytes: null,
      writeBytes: null,
      facts: {},
    }));
    const { clients, builds, daemon: main, totals } = last([forest(blank)]);
    expect(builds).toEqual([]);
    expect(clients[0]).toMatchObject({
      user: null,
      uid: null,
      residentBytes: null,
      keepGoing: null,
      command: 'nix-build',
    });
    expect(main).toMatchObject({ running: true, residentBytes: null });
    expect(totals.residentBytes).toBeNull();
  });

  test('hidepid is a problem that says so', () => {
    expect(last([forest([], { hidden: true })]).problems).toMatchObject([{ kind: 'denied', where: '/proc' }]);
  });

  test('what hidepid hides is unknown: not idle, not on demand, not 0', () => {
    const hidden = last([
      forest([process({ pid: 150, comm: 'nix-build' })], { hidden: true, daemonSocket: 'listening' }),
    ]);
    expect(hidden.daemon).toMatchObject({ pid: null, running: null });
    expect(hidden.clients).toMatchObject([{ phase: null, builds: null }]);
    expect(hidden.totals).toMatchObject({ processes: 1, running: null, waiting: null, remote: null });
    const seen = last([forest([process({ pid: 150, comm: 'nix-build' })], { daemonSocket: 'listening' })]);
    expect(seen.daemon.running).toBe(false);
    expect(seen.clients).toMatchObject([{ phase: 'idle', builds: 0 }]);
    expect(seen.totals).toMatchObject({ running: 0, waiting: 0, remote: 0 });
  });
});

describe('events', () => {
  const idle = forest(above);
  const kinds = (parts: ForestParts): string[] =>
    parts.events.map((event) => {
      const who = 'user' in event ? (event.name ?? event.user) : 'command' in event ? event.command : null;
      return `${event.kind}: ${who}`;
    });
  const started = 'build-started: firefox-130.0';
  const ended = 'build-ended: firefox-130.0';
  const with_ = (seconds: number, ...more: ProcessRaw[]) =>
    later(idle, seconds, { processes: [...above, ...more] });

  test('a start is told once, with its name, an end once', () => {
    const all = run([idle, with_(1, nameless), with_(2, root), with_(3, root), with_(4), with_(5)]);
    expect(all.map(kinds)).toEqual([[], [], [started], [], [ended], []]);
    expect(all[2]?.events[0]).toEqual({
      timeMs,
      kind: 'build-started',
      level: 'ok',
      pid: root.pid,
      startTime: root.startTime,
      name: 'firefox-130.0',
      user: 'nixbld1',
    });
  });

  test('an end says how long it ran, and for which build user', () => {
    const [, , , ended] = run([idle, with_(1, root), with_(2, root), with_(3)]);
    expect(ended?.events).toMatchObject([{ name: 'firefox-130.0', user: 'nixbld1', ageSec: 9 }]);
  });

  test('without a name after some seconds', () => {
    const all = run([idle, ...[1, 2, 3, 4, 5].map((second) => with_(second, nameless)), with_(6)]);
    expect(all.map(kinds)).toEqual([
      [],
      [],
      [],
      [],
      ['build-started: nixbld1'],
      [],
      ['build-ended: nixbld1'],
    ]);
  });

  test('one too short to be named is not told at all', () => {
    expect(run([idle, with_(1, nameless), with_(2)]).flatMap(kinds)).toEqual([]);
  });

  test('what runs when we come is not told to start, but to end', () => {
    const all = run([with_(0, nameless), with_(1, root), with_(2)]);
    expect(all.map(kinds)).toEqual([[], [], [ended]]);
  });

  test('the same build user again: one ends, one starts', () => {
    const next = { ...builder(360, 200, 'linux-6.12') };
    expect(kinds(last([with_(0, root), with_(1, next)])).sort()).toEqual([
      ended,
      'build-started: linux-6.12',
    ]);
  });

  test('a client that ends', () => {
    const gone = later(idle, 1, { processes: [daemon()] });
    expect(kinds(last([idle, gone]))).toEqual(['client-ended: nix-build -A firefox']);
  });
});

describe('numbers over time', () => {
  /** One builder that used `ticks` of CPU and holds `bytes`, after so many seconds. */
  const at = (seconds: number, ticks: number, bytes = 1_000_000, more: Partial<ProcessRaw> = {}) =>
    later(usual, seconds, {
      processes: [...above, { ...root, userTicks: ticks, residentBytes: bytes, ...more }],
    });

  test('CPU of a build and in all', () => {
    const { builds, totals } = last([at(0, 0), at(2, 300)]);
    expect(builds[0]?.cpuPercent).toBeCloseTo(150);
    expect(totals.cpuPercent).toBeCloseTo(150);
    expect(builds[0]?.tree[0]?.cpuPercent).toBeCloseTo(150);
  });

  test('a client that was found late brings no leap', () => {
    const old = client(151, { userTicks: 1_000_000, startTime: 1000 });
    const all = run([at(0, 0), later(at(1, 100), 0, { processes: [...at(1, 100).processes, old] })]);
    expect(all[1]?.totals.cpuPercent).toBeCloseTo(100);
  });

  test('a reading of memory alone keeps the CPU rates and adds a point', () => {
    const first = at(0, 0, 100);
    const second = at(2, 300, 200);
    const memoryOnly = { ...at(2, 300, 250), residentAtMs: second.residentAtMs + 500 };
    const third = at(3, 400, 300);
    const all = run([first, second, memoryOnly, third]);
    expect(all.map(({ builds }) => builds[0]?.cpuPercent?.toFixed(0) ?? null)).toEqual([
      null,
      '150',
      '150',
      '100',
    ]);
    expect(all.map(({ totals }) => totals.cpuPercent?.toFixed(0) ?? null)).toEqual([
      null,
      '150',
      '150',
      '100',
    ]);
    expect(all[3]?.builds[0]?.residentHistory).toEqual([100, 200, 250, 300]);
    expect(all.flatMap(({ events }) => events)).toEqual([]);
  });

  test('a reading of CPU alone adds no point', () => {
    const first = at(0, 0, 100);
    const second = { ...at(1, 100, 100), residentAtMs: first.residentAtMs };
    expect(last([first, second]).builds[0]?.residentHistory).toEqual([100]);
  });

  test('a leak of 20 MB a second, and a history that is bounded', () => {
    const raws = Array.from({ length: 200 }, (_, i) => at(i, i, i * 20e6));
    const [build] = last(raws).builds;
    expect((build?.residentGrowthBytesPerMin ?? 0) / 1.2e9).toBeCloseTo(1, 2);
    expect(build?.residentHistory).toHaveLength(120);
    expect(build?.residentHistory.at(-1)).toBe(199 * 20e6);
  });

  test('idle time counts from the last CPU use or I/O', () => {
    const raws = [at(0, 0), at(1, 90), ...[31, 61, 91].map((second) => at(second, 92))];
    expect(run(raws).map(({ builds }) => builds[0]?.idleSec)).toEqual([0, 0, 30, 60, 90]);
    expect(last([...raws, at(92, 92, 1e6, { writeBytes: 4096 })]).builds[0]?.idleSec).toBe(0);
  });

  test('stopped is paused, whatever is dead beside it', () => {
    const states = (...letters: ProcessRaw['state'][]) =>
      last([
        forest([
          ...above,
          ...letters.map((state, i) => (i === 0 ? { ...root, state } : child(300 + i, root, 'x', { state }))),
        ]),
      ]).builds[0]?.paused;
    expect([states('T', 'T'), states('T', 'Z'), states('T', 'S'), states('Z', 'Z'), states('S')]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('suspend: the clock of ages goes on, that of rates does not', () => {
    const woken = { ...at(1, 50), uptimeSec: usual.uptimeSec + 3600 };
    const [build] = last([at(0, 0), woken]).builds;
    expect(build?.cpuPercent).toBeCloseTo(50);
    expect(build?.ageSec).toBeCloseTo(3607);
  });
});

test('builds of a container stand below its daemon, under their number', () => {
  const statePlace = '254:0 /nix/var/nix';
  const theirs = withFacts(daemon(80), {
    argv: ['nix-daemon', '--daemon'],
    statePlace: '0:45 /nix/var/nix',
  });
  const raw = forest([theirs, worker(81, 0, 80), builder(400, 81, 'x-1'), ...above, root], { statePlace });
  const { daemon: main, otherDaemons, builds } = last([raw]);
  expect(main.pid).toBe(100);
  expect(otherDaemons).toMatchObject([{ pid: 80, elsewhere: true, root: null, builds: 1 }]);
  expect(builds.map(({ pid, daemonPid, user }) => [pid, daemonPid, user])).toEqual([
    [400, 80, 'uid 30001'],
    [300, 100, 'nixbld1'],
  ]);
});

describe('a build whose cgroup is frozen', () => {
  const unit = '/system.slice/nix-daemon.service';
  const own = `${unit}/nix-build-uid-30001`;
  const inCgroup = (path: string) => builder(300, 200, 'x-1', { facts: { ...root.facts, cgroup: path } });
  const row = (path: string, frozen: boolean | null): CgroupRaw => ({
    path,
    frozen,
    memoryAtMs: null,
    currentBytes: null,
    limitBytes: null,
    highBytes: null,
    throttled: null,
    limitHits: null,
    ooms: null,
    oomKills: null,
  });
  test.each([
    ['its own', own, [row(own, true), row(unit, false)], true],
    ['the daemon’s', unit, [row(unit, true)], true],
    ['none', own, [row(own, false), row(unit, false)], false],
    ['not known', own, [row(own, null)], false],
    ['another one’s', own, [row(`${unit}/nix-build-uid-30002`, true)], false],
  ] as const)('%s: is paused, though its processes sleep', (_, path, cgroups, paused) => {
    const [build] = last([forest([daemon(), worker(200, 150), inCgroup(path)], { cgroups })]).builds;
    expect(build).toMatchObject({ paused, cgroup: path, states: { S: 1 } });
  });
});

describe('clients', () => {
  const path = `/nix/store/${hashes[0]}-firefox-130.0`;
  const parts = (...processes: ProcessRaw[]) => last([forest([daemon(), ...processes])]);
  const busy = (one: ProcessRaw, ticks = 100) =>
    last([
      forest([daemon(), one]),
      later(forest([daemon(), one]), 1, { processes: [daemon(), { ...one, userTicks: ticks }] }),
    ]).clients[0];
  const command = (comm: string, ...argv: string[]) =>
    client(150, { comm, facts: { argv: [comm, ...argv] } });

  test('command, user, terminal, age, whom it keeps going for', () => {
    const one = client(150, { facts: { argv: ['nix-build', '-k', '-A', 'x'] }, residentBytes: 5 });
    expect(parts(one, worker(200, 150), root).clients[0]).toMatchObject({
      command: 'nix-build -k -A x',
      tool: 'nix-build',
      user: 'alice',
      tty: 'pts/3',
      ageSec: 8.5,
      residentBytes: 5,
      keepGoing: true,
      builds: 1,
      direct: false,
      phase: 'building',
    });
  });

  test('direct', () => {
    const [one] = parts(client(150, { uid: 0 }), { ...root, ppid: 150 }).clients;
    expect(one).toMatchObject({ direct: true, builds: 1, phase: 'building', processes: [{ pid: 150 }] });
  });

  test.for([
    ['evaluating', command('nix-build'), 'evaluating'],
    ['a tool that never evaluates', command('nix-store', '--import'), 'copying'],
    ['gc', command('nix', '--option', 'x', 'y', 'store', 'gc'), 'collecting garbage'],
    ['old gc', command('nix-store', '--gc', '--print-dead'), 'collecting garbage'],
    ['nix-collect-garbage', command('nix-collect-gar', '-d'), 'collecting garbage'],
    ['verify', command('nix', 'store', 'verify', '--all'), 'verifying'],
    ['old verify', command('nix-store', '--verify'), 'verifying'],
    ['a package named verify', command('nix', 'build', 'verify', 'gc'), 'evaluating'],
    ['a switch', command('nixos-rebuild', 'switch'), 'evaluating'],
    ['a copy', command('nix', '--option', 'x', 'y', 'copy', '--to', 'file:///c', path), 'copying'],
    ['a copy of all', command('nix', 'copy', '--all', '--from', 'ssh://h'), 'copying'],
    ['a copy of what is still to be evaluated', command('nix', 'copy', 'nixpkgs#hello'), 'evaluating'],
    ['signatures', command('nix', 'store', 'copy-sigs', '-s', 'https://c', path), 'copying'],
    ['optimise', command('nix', 'store', 'optimise'), 'optimising'],
    ['old optimise', command('nix-store', '--optimise'), 'optimising'],
    ['a serialisation', command('nix', 'nar', 'dump-path', path), null],
    ['a question to the store', command('nix-store', '--query', '--requisites', path), null],
    ['paths', command('nix', 'path-info', '-r', path), null],
    ['the path of an expression', command('nix', 'path-info', '.#x'), 'evaluating'],
    ['a copy of the rebuild', command('nix-copy-closur', '--to', 'h', path), 'copying'],
  ] as const)('phase of %s', ([, one, phase]) => expect(busy(one)?.phase).toBe(phase));

  test('a copy at rest copies all the same, for a user too', () => {
    const one = command('nix', 'copy', '--to', 'file:///c', path);
    expect(last([forest([daemon(), one], { privileged: false })]).clients[0]?.phase).toBe('copying');
  });

  test.for([
    ['a user sees no waits and copies of a worker', client(150), worker(200, 150), false, null],
    ['root does', client(150), worker(200, 150), true, 'idle'],
    ['who has no worker and may not write waits for nothing', client(150), null, false, 'idle'],
    ['who may write builds by himself', client(150, { uid: 0 }), null, false, null],
  ] as const)('at rest: %s', ([, one, serving, privileged, phase]) => {
    const raw = forest([daemon(), one, ...(serving === null ? [] : [serving])], { privileged });
    expect(last([raw]).clients[0]?.phase).toBe(phase);
  });

  test('of a container’s client it is not known', () => {
    const one = client(150, { facts: { argv: ['nix-build'], statePlace: '0:45 /nix/var/nix' } });
    const raw = forest([daemon(), one], { statePlace: '254:0 /nix/var/nix' });
    expect(last([raw]).clients[0]?.phase).toBeNull();
    // It shares our store: only its pids are others.
    const nested = client(150, { facts: { argv: ['nix-build'], nestedPids: true } });
    expect(last([forest([daemon(), nested])]).clients[0]?.phase).toBeNull();
  });

  test('before its command line is read it has its whole name', () => {
    const cut = (comm: string) => parts(client(150, { comm, facts: {} })).clients[0];
    expect(cut('nix-collect-gar')).toMatchObject({ command: 'nix-collect-garbage' });
    expect(cut('.nixos-rebuild-')).toMatchObject({ command: 'nixos-rebuild' });
  });

  test('a script that an interpreter runs is the client of what it starts, and nothing has ended then', () => {
    const script = client(140, { comm: 'bash', facts: { argv: ['bash', './nixos-rebuild', 'switch'] } });
    const nix = client(150, { ppid: 140, comm: 'nix', facts: { argv: ['nix', 'build'] } });
    const alone = forest([daemon(), nix]);
    const [first, second] = run([alone, later(alone, 1, { processes: [daemon(), script, nix] })]);
    expect(first?.clients.map(({ tool }) => tool)).toEqual(['nix']);
    expect(second?.clients).toMatchObject([{ tool: 'nixos-rebuild', command: 'nixos-rebuild switch' }]);
    expect(second?.events).toEqual([]);
  });

  test('what we start ourselves ends without a word', () => {
    const own = command('nix-store', '--verify');
    const other = client(160);
    const before = forest([daemon(), { ...own, ppid: 4000 }, other], { ownPid: 4000 });
    const { events } = last([before, later(before, 1, { processes: [daemon()] })]);
    expect(events).toMatchObject([{ kind: 'client-ended', command: 'nix-build -A firefox' }]);
  });

  test('idle, activating', () => {
    expect(parts(client(150)).clients[0]?.phase).toBe('idle');
    const rebuild = client(150, { comm: 'nixos-rebuild' });
    expect(parts(rebuild, process({ pid: 151, ppid: 150, comm: 'switch-to-confi' })).clients[0]?.phase).toBe(
      'activating',
    );
  });

  test('a build of a client below another is the outermost one’s', () => {
    const rebuild = client(140, { comm: 'nixos-rebuild' });
    const { clients, builds } = parts(rebuild, client(150, { ppid: 140 }), worker(200, 150), root);
    expect(clients.map(({ pid }) => pid)).toEqual([140]);
    expect(builds[0]?.clientPid).toBe(140);
  });

  test('a worker whose client is not in the forest keeps its number', () => {
    const { builds, workers } = parts(worker(200, 4711), root);
    expect(builds[0]).toMatchObject({ workerPid: 200, clientPid: 4711 });
    expect(workers[0]).toMatchObject({ clientPid: 4711, builds: 1 });
  });

  test.for([
    [0, null],
    [0x0401, 'tty1'],
    [0x0440, 'ttyS0'],
    [0x8800, 'pts/0'],
    [0x8803, 'pts/3'],
    [0x8900, 'pts/256'],
    // Minors past 255 are printed above bit 20.
    [0x10_8800, 'pts/256'],
    [-2_147_450_880, null],
    [0x0500, null],
  ] as const)('terminal %i is %s', ([device, name]) => expect(ttyName(device)).toBe(name));
});

describe('remote builds', () => {
  const hook = process({ pid: 210, ppid: 200, comm: 'build-remote' });
  const ssh = process({
    pid: 211,
    ppid: 210,
    comm: 'ssh',
    facts: { argv: ['ssh', 'arm1', 'nix-daemon', '--stdio'] },
  });
  const log = `/nix/var/log/nix/drvs/3w/${hashes[1].slice(2)}-linux-6.12.drv`;
  const serving = withFacts(worker(200, 150), { argv: ['nix-daemon', '150'], openLogs: [log] });

  test('host, client, and the name of the one log that is left', () => {
    const { builds, totals } = last([forest([daemon(), client(150), serving, hook, ssh])]);
    expect(builds).toMatchObject([
      {
        name: 'linux-6.12',
        pname: 'linux',
        version: '6.12',
        drvHash: hashes[1],
        host: 'arm1',
        clientPid: 150,
        workerPid: 200,
        user: null,
        sandboxed: null,
        now: null,
      },
    ]);
    expect(totals).toMatchObject({ running: 0, remote: 1 });
  });

  test('beside a local build whose log is the other one', () => {
    const local = `/nix/var/log/nix/drvs/0c/${hashes[0].slice(2)}-firefox-130.0.drv`;
    const both = withFacts(serving, { ...serving.facts, openLogs: [local, log] });
    const { builds } = last([forest([daemon(), both, hook, ssh, root])]);
    expect(builds.map(({ name, host }) => [name, host])).toEqual([
      ['firefox-130.0', null],
      ['linux-6.12', 'arm1'],
    ]);
  });
});

test('with this machine as its builder the hook has the name of the one log above it', () => {
  const log = `/nix/var/log/nix/drvs/0c/${hashes[0].slice(2)}-firefox-130.0.drv`;
  const serving = withFacts(worker(200, 150), { argv: ['nix-daemon', '150'], openLogs: [log] });
  const hook = process({ pid: 210, ppid: 200, comm: 'nix', facts: { argv: ['nix', '__build-remote', '0'] } });
  const ssh = process({ pid: 211, ppid: 210, comm: 'ssh', facts: { argv: ['ssh', 'localhost'] } });
  const far = builder(300, 220, 'firefox-130.0');
  const { builds } = last([forest([daemon(), client(150), serving, hook, ssh, worker(220, 230), far])]);
  expect(builds.map(({ name, host }) => [name, host])).toEqual([
    ['firefox-130.0', null],
    ['firefox-130.0', 'localhost'],
  ]);
});

describe('a reading that fails', () => {
  const failed = { atMs: 99, ok: false, problem: problem('unsupported', '/proc/uptime') } as const;
  test('keeps the last parts, says why, and tells no events', () => {
    const first = deriveForest({ atMs: 1, ok: true, value: usual }, null, { timeMs });
    const second = deriveForest(failed, first.carry, { timeMs });
    expect(second.parts).toEqual({ ...first.parts, events: [], problems: [failed.problem] });
    const third = deriveForest({ atMs: 2, ok: true, value: later(usual, 5) }, second.carry, { timeMs });
    expect(third.parts).toMatchObject({ events: [], problems: [] });
    expect(third.parts.builds[0]?.cpuPercent).toBe(0);
  });
  test('the very first one leaves everything unknown', () => {
    expect(deriveForest(failed, null, { timeMs })).toEqual({
      parts: { ...emptyForestParts, problems: [failed.problem] },
      carry: null,
    });
  });
});

test('nothing of Nix on the machine', () => {
  expect(last([forest([], { daemonSocket: 'absent' })])).toEqual({
    ...emptyForestParts,
    totals: { ...emptyForestParts.totals, processes: 0 },
  });
});
