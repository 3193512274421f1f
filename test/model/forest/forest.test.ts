/** What each process of a sample is: daemon, worker, build, remote build, client. */
import { describe, expect, test } from 'vitest';
import { growForest } from '../../../src/model/forest/forest.ts';
import { hostOfSsh } from '../../../src/model/forest/forest-remotes.ts';
import type { ForestRaw, ProcessRaw } from '../../../src/model/sample.ts';
import {
  builder,
  child,
  client,
  daemon,
  environment,
  forest,
  process,
  started,
  worker,
} from '../../support/forest-raw.ts';

/** The forest in pids: what a reader of a table sees at once. */
function grown(processes: readonly ProcessRaw[], more: Partial<ForestRaw> = {}) {
  const { daemon: main, workers, builds, remotes, clients } = growForest(forest(processes, more));
  return {
    daemon: main?.pid ?? null,
    workers: Object.fromEntries(workers.map(({ process: { pid }, clientPid }) => [pid, clientPid])),
    builds: Object.fromEntries(
      builds.map(({ root, processes: all }) => [
        root.pid,
        all.map(({ process: { pid }, escapee }) => (escapee ? -pid : pid)),
      ]),
    ),
    remotes: Object.fromEntries(remotes.map(({ hook, host }) => [hook.pid, host])),
    clients: Object.fromEntries(
      clients.map(({ process: { pid }, processes: all }) => [pid, all.map((one) => one.pid)]),
    ),
  };
}

/** These keys are exactly so, the others are not asked. */
const shows = (expected: Partial<ReturnType<typeof grown>>) => expect.objectContaining(expected);

const root = builder(300, 200, 'firefox-130.0');
const make = child(301, root, 'make');
const cc = child(302, make, 'cc1plus', { session: 300 });

describe('through the daemon', () => {
  const usual = [daemon(), client(150), worker(200, 150), root, make, cc];

  test('a sandboxed build', () => {
    expect(grown(usual)).toEqual({
      daemon: 100,
      workers: { 200: 150 },
      builds: { 300: [300, 301, 302] },
      remotes: {},
      clients: { 150: [150] },
    });
  });

  test('in whatever order the kernel lists them', () => {
    expect(grown(usual.toReversed())).toEqual(grown(usual));
  });

  test('before anything but names is known', () => {
    const bare = usual.map((one) => ({ ...one, facts: {} }));
    expect(grown(bare)).toEqual({ ...grown(usual), workers: { 200: null } });
  });

  test.for([
    ['Lix', worker(200, 0, 100), { argv: ['nix-daemon', '--for', '150'] }, 150],
    [
      'a daemon without arguments has no room for a title',
      worker(200, 0, 100),
      { argv: ['nix-daemon'] },
      null,
    ],
    ['a client that the daemon cannot see', worker(200, 0, 100), { argv: ['nix-daemon', '0'] }, null],
    ['a title not written yet', worker(200, 0, 100), { argv: ['nix-daemon', '--daemon'] }, null],
  ] as const)('worker: %s', ([, one, facts, pid]) => {
    expect(grown([daemon(), client(150), { ...one, facts }]).workers).toEqual({ 200: pid });
  });

  test('a client that started after its worker has only inherited the pid', () => {
    const reused = client(150, { startTime: started + 999 });
    expect(grown([daemon(), worker(200, 150), reused]).workers).toEqual({ 200: null });
  });

  test('nix daemon, the other spelling', () => {
    const main = process({ pid: 100, comm: 'nix', facts: { argv: ['nix', 'daemon'] } });
    const serving = process({ pid: 200, ppid: 100, comm: 'nix', facts: { argv: ['nix', '150', ''] } });
    expect(grown([main, serving, client(150), root])).toEqual(
      shows({
        daemon: 100,
        workers: { 200: 150 },
        builds: { 300: [300] },
        clients: { 150: [150] },
      }),
    );
  });

  test('determinate-nixd above the daemon is nobody’s client', () => {
    const top = process({
      pid: 90,
      comm: 'determinate-nix',
      facts: { argv: ['determinate-nixd', 'daemon'] },
    });
    expect(grown([top, { ...daemon(), ppid: 90 }, client(150), worker(200, 150), root])).toEqual(
      shows({
        daemon: 100,
        workers: { 200: 150 },
        clients: { 150: [150] },
      }),
    );
  });

  test('the main daemon is dead, its workers go on', () => {
    const orphan = worker(200, 150, 1);
    expect(grown([client(150), orphan, root])).toEqual(
      shows({
        daemon: null,
        workers: { 200: 150 },
        builds: { 300: [300] },
      }),
    );
    // And beside them a new one.
    expect(grown([client(150), orphan, root, daemon(400)])).toEqual(
      shows({
        daemon: 400,
        workers: { 200: 150 },
      }),
    );
  });

  describe('with a container beside', () => {
    const [own, other] = ['254:0 /nix/var/nix', '254:0 /srv/a/nix/var/nix'];
    const placed = (one: ProcessRaw, statePlace: string): ProcessRaw => ({
      ...one,
      facts: { ...one.facts, statePlace },
    });
    const theirs = [
      placed(daemon(80), other),
      worker(81, 0, 80),
      { ...builder(400, 81, 'firefox-130.0'), startTime: started + 990 },
    ];
    const ours = [placed(daemon(), own), client(150), worker(200, 150), root, make];
    const both = (more: readonly ProcessRaw[] = [], raw: Partial<ForestRaw> = { statePlace: own }) =>
      growForest(forest([...theirs, ...ours, ...more], raw));

    test('the daemon is the one whose state directory is ours, however old the other one is', () => {
      const { daemon: main, otherDaemons } = both();
      expect([main?.pid, otherDaemons.map(({ pid }) => pid)]).toEqual([100, [80]]);
      expect(growForest(forest(theirs, { statePlace: own })).daemon).toBeNull();
    });

    test('a uid that both use is a build user of each for itself', () => {
      const left = (pid: number, statePlace: string) => placed(process({ pid, uid: 30001 }), statePlace);
      const { builds } = both([left(500, own), left(501, other)]);
      expect(builds.map(({ processes }) => processes.map((one) => one.process.pid))).toEqual([
        [400, 501],
        [300, 301, 500],
      ]);
    });

    test('what has a build user’s number there, and hangs below no Nix, is no build', () => {
      const database = placed(process({ pid: 500, uid: 30002, comm: 'postgres' }), other);
      expect(both([database]).builds).toHaveLength(2);
      expect(both([placed(database, own)]).builds).toHaveLength(3);
    });

    test('the pid in the title of its worker is none of ours', () => {
      const serving = { ...worker(81, 150, 80) };
      const { workers } = growForest(
        forest([theirs[0] as ProcessRaw, serving, ...ours], { statePlace: own }),
      );
      expect(workers.map(({ process: { pid }, clientPid }) => [pid, clientPid])).toEqual([
        [81, null],
        [200, 150],
      ]);
    });

    test('nor where it shares our store, in a pid namespace of its own', () => {
      const main = daemon(80);
      const nested = { ...main, facts: { ...main.facts, statePlace: own, nestedPids: true as const } };
      // 150 is a process of ours, older than the worker, and has nothing to do with it.
      const { workers, clients } = growForest(
        forest([nested, worker(81, 150, 80), process({ pid: 150, comm: 'sshd' })], { statePlace: own }),
      );
      expect(workers.map(({ clientPid }) => clientPid)).toEqual([null]);
      expect(clients).toEqual([]);
    });

    test('where our own place is not known all are ours', () => {
      expect(both([], {}).builds.map(({ root: one }) => one.pid)).toEqual([400]);
    });
  });

  test('two daemons of one root: the one that bound the socket as it is now', () => {
    const [old, young] = [
      { ...daemon(80), startTime: 50_000 },
      { ...daemon(100), startTime: started + 500 },
    ];
    const processes = [old, worker(200, 150, 80), young];
    const main = (daemonSocketBoundSec?: number) =>
      grown(processes, daemonSocketBoundSec === undefined ? {} : { daemonSocketBoundSec }).daemon;
    expect(main((started + 500) / 100 + 0.1)).toBe(100);
    expect(main(old.startTime / 100 + 0.1)).toBe(80);
    // By systemd, at boot.
    expect(main(12)).toBe(80);
    expect(main()).toBe(80);
  });

  test('two daemons: the one that serves', () => {
    expect(grown([daemon(80), daemon(100), worker(200, 150)]).daemon).toBe(100);
  });
});

describe('a worker forks: until its child has exec’ed it looks like the worker', () => {
  const title = { argv: ['nix-daemon', '150', '', ''] };
  const fork = process({ pid: 310, ppid: 200, session: 200, comm: 'nix-daemon', facts: title });
  const usual = [daemon(), client(150), worker(200, 150)];
  const none = { workers: { 200: 150 }, builds: {}, remotes: {}, clients: { 150: [150] } };

  test.for([
    ['just forked', fork],
    ['its own session', { ...fork, session: 310 }],
    ['its command line not read', { ...fork, facts: {} }],
    ['below an orphaned worker', fork],
    ['the helper that makes the sandbox, dead', { ...fork, state: 'Z' as const }],
    ['the cleaner, with the build user’s uid', { ...fork, uid: 30001 }],
  ] as const)('%s: nothing', ([title, one]) => {
    const processes = title.includes('orphaned') ? [client(150), worker(200, 150, 1), one] : [...usual, one];
    expect(grown(processes)).toEqual(shows(none));
  });

  test('the helper and its child', () => {
    expect(grown([...usual, fork, { ...fork, pid: 311, ppid: 310 }])).toEqual(shows(none));
  });

  test('with its own session and the build user’s uid it is the builder, exec’ed or not', () => {
    expect(grown([...usual, { ...fork, session: 310, uid: 30001 }]).builds).toEqual({ 310: [310] });
  });

  test('the cleaner beside a build of the same user is none of it', () => {
    expect(grown([...usual, root, { ...fork, uid: 30001 }]).builds).toEqual({ 300: [300] });
  });

  test('the same below a client that builds by itself', () => {
    const direct = client(150, { uid: 0 });
    const one = process({ pid: 310, ppid: 150, session: 50, comm: 'nix-build', uid: 30001 });
    expect(grown([direct, one])).toEqual(shows({ builds: {}, clients: { 150: [150, 310] } }));
    expect(grown([direct, { ...one, session: 310 }])).toEqual(
      shows({
        builds: { 310: [310] },
        clients: { 150: [150] },
      }),
    );
  });
});

describe('what belongs to a build', () => {
  const above = [daemon(), worker(200, 150)];

  test('escapees of its uid, oldest first, with what they started', () => {
    const old = process({ pid: 500, uid: 30001, startTime: started + 1 });
    const young = process({ pid: 400, uid: 30001, startTime: started + 9 });
    const below = process({ pid: 401, ppid: 400, uid: 30001, startTime: started + 10 });
    expect(grown([...above, root, make, young, below, old]).builds).toEqual({
      300: [300, 301, -500, -400, -401],
    });
    const raw = forest([...above, root, make, young, below, old]);
    const [build] = growForest(raw).builds;
    expect(build?.processes.map(({ depth }) => depth)).toEqual([0, 1, 1, 1, 2]);
  });

  test('escapees in a circle, torn by a reused pid, are all there', () => {
    const one = process({ pid: 400, ppid: 401, uid: 30001 });
    const other = process({ pid: 401, ppid: 400, uid: 30001 });
    expect(grown([...above, root, one, other]).builds).toEqual({ 300: [300, -400, -401] });
  });

  test('a zombie root with its escapees', () => {
    const dead = { ...root, state: 'Z' as const, residentBytes: 0 };
    const escaped = process({ pid: 400, uid: 30001 });
    expect(grown([...above, dead, escaped]).builds).toEqual({ 300: [300, -400] });
  });

  test('no root: the oldest of the uid stands for it', () => {
    const left = [400, 410].map((pid) => process({ pid, uid: 30001, startTime: started + pid }));
    expect(grown([...above, ...left]).builds).toEqual({ 400: [-400, -410] });
  });

  test('its worker was killed: an orphan, still one build', () => {
    expect(grown([daemon(), { ...root, ppid: 1 }, make, cc]).builds).toEqual({ 300: [-300, -301, -302] });
  });

  test('two builds at once, each its own', () => {
    const other = builder(350, 200, 'linux-6.12', { uid: 30002 });
    expect(grown([...above, root, make, other, child(351, other, 'make')]).builds).toEqual({
      300: [300, 301],
      350: [350, 351],
    });
  });

  test('a build user that has just been given to the next build: the newest is the root', () => {
    const next = builder(350, 200, 'linux-6.12', { startTime: started + 950 });
    expect(grown([...above, { ...root, state: 'Z' }, next]).builds).toEqual({ 350: [350, -300] });
  });

  test('a root whose uid could not be read is known by its children', () => {
    expect(grown([...above, { ...root, uid: null, facts: {} }, make, cc]).builds).toEqual({
      300: [300, 301, 302],
    });
  });

  test('a setuid child of another uid is in the tree all the same', () => {
    expect(grown([...above, root, child(301, root, 'ping', { uid: 0 })]).builds).toEqual({ 300: [300, 301] });
  });

  test('before the build users are read, or whatever they are called', () => {
    const odd = { ...root, uid: 4711 };
    expect(grown([...above, odd, { ...make, uid: 4711 }], { buildUsers: {} }).builds).toEqual({
      300: [300, 301],
    });
    // But not what a user's own nix starts.
    const own = client(150);
    const pager = process({ pid: 310, ppid: 150, uid: 1000, comm: 'less' });
    expect(grown([own, pager], { buildUsers: {} }).builds).toEqual({});
  });

  test('auto-allocated uids: one build for each range', () => {
    const first = 872_415_232;
    const a = builder(300, 200, 'a-1', { uid: first });
    const b = builder(350, 200, 'b-1', { uid: first + 65_536 });
    const inA = process({ pid: 400, uid: first + 1000 });
    expect(grown([...above, a, b, inA], { buildUsers: {} }).builds).toEqual({ 300: [300, -400], 350: [350] });
  });

  test('builtin:fetchurl never execs: a build, no worker', () => {
    const fetch = process({
      pid: 300,
      ppid: 200,
      uid: 30001,
      comm: 'nix-daemon',
      facts: { argv: ['nix-daemon', '150'] },
    });
    expect(grown([...above, fetch])).toEqual(
      shows({
        builds: { 300: [300] },
        workers: { 200: 150 },
        clients: {},
      }),
    );
  });

  test('a nix that runs inside of a build is no client', () => {
    const inner = child(301, root, 'nix-build', { facts: { argv: ['nix-build'] } });
    expect(grown([...above, root, inner])).toEqual(shows({ builds: { 300: [300, 301] }, clients: {} }));
  });
});

describe('without a daemon', () => {
  const direct = client(150, { uid: 0 });

  test('root builds in the client itself', () => {
    const own = { ...root, ppid: 150 };
    expect(grown([direct, own, make, cc])).toEqual({
      daemon: null,
      workers: {},
      builds: { 300: [300, 301, 302] },
      remotes: {},
      clients: { 150: [150] },
    });
  });

  test('a single-user install without build users: what is proven to be a builder is one', () => {
    const single = client(150);
    const proven = process({
      pid: 300,
      ppid: 150,
      uid: 1000,
      comm: 'bash',
      facts: { environment: environment('a-1') },
    });
    const pager = process({ pid: 310, ppid: 150, uid: 1000, comm: 'less', facts: { rootMount: '/' } });
    const shown = grown([single, proven, { ...child(301, proven, 'make'), uid: 1000 }, pager], {
      buildUsers: {},
    });
    expect(shown).toEqual(shows({ builds: { 300: [300, 301] }, clients: { 150: [150, 310] } }));
  });

  test('nix-shell’s own children are no builds', () => {
    const shell = client(150, { comm: 'nix-shell' });
    const inside = process({
      pid: 300,
      ppid: 150,
      session: 50,
      uid: 1000,
      comm: 'bash',
      facts: { environment: environment('shell') },
    });
    expect(grown([shell, inside], { buildUsers: {} })).toEqual(
      shows({
        builds: {},
        clients: { 150: [150, 300] },
      }),
    );
  });
});

describe('clients', () => {
  const rebuild = process({ pid: 140, comm: '.nixos-rebuild-', uid: 1000 });
  test('the outermost tool, sudo and shells between', () => {
    const sudo = process({ pid: 141, ppid: 140, comm: 'sudo' });
    const inner = process({ pid: 142, ppid: 141, comm: 'nix', uid: 0 });
    const shown = growForest(forest([rebuild, sudo, inner, daemon(), worker(200, 142)]));
    expect(shown.clients.map(({ process: { pid }, tool }) => [pid, tool])).toEqual([[140, 'nixos-rebuild']]);
    expect(shown.clients[0]?.processes.map(({ pid }) => pid)).toEqual([140, 141, 142]);
  });

  test('names that others use too need a nix below them', () => {
    const deploy = process({ pid: 140, comm: 'deploy' });
    expect(grown([deploy]).clients).toEqual({});
    expect(grown([deploy, process({ pid: 141, ppid: 140, comm: 'nix' })]).clients).toEqual({
      140: [140, 141],
    });
    expect(grown([deploy, daemon(), worker(200, 140)]).clients).toEqual({ 140: [140] });
  });

  test('whatever a worker serves, and its tool is its name', () => {
    const hydra = process({
      pid: 140,
      comm: 'python3.12',
      facts: { argv: ['python3', '/x/my-deployer', '--all'] },
    });
    const shown = growForest(forest([daemon(), worker(200, 140), hydra]));
    expect(shown.clients.map(({ process: { pid }, tool }) => [pid, tool])).toEqual([[140, 'my-deployer']]);
  });

  test('the far end of an ssh: nix-daemon --stdio is a client, its title once known', () => {
    const stdio = process({
      pid: 140,
      ppid: 139,
      comm: 'nix-daemon',
      facts: { argv: ['nix-daemon', '--stdio'] },
    });
    const shown = grown([daemon(), stdio, worker(200, 140), root]);
    expect(shown).toEqual(shows({ daemon: 100, workers: { 200: 140 }, clients: { 140: [140] } }));
    // Until then the other one is the daemon all the same.
    expect(grown([{ ...stdio, facts: {} }, daemon(), worker(200, 150)]).daemon).toBe(100);
  });

  test('what a worker starts is not a client', () => {
    const hook = process({
      pid: 210,
      ppid: 200,
      comm: 'nix',
      facts: { argv: ['nix', '__build-remote', '3'] },
    });
    expect(grown([daemon(), worker(200, 150), hook])).toEqual(shows({ clients: {}, remotes: {} }));
  });

  test('nix develop that became a shell is no tool any more', () => {
    expect(grown([client(150, { comm: 'bash' })]).clients).toEqual({});
  });
});

describe('remote builds', () => {
  const above = [daemon(), client(150), worker(200, 150)];
  const hook = process({
    pid: 210,
    ppid: 200,
    comm: 'build-remote',
    facts: { argv: ['/x/build-remote', '3'] },
  });
  const ssh = (argv: readonly string[]) => process({ pid: 211, ppid: 210, comm: 'ssh', facts: { argv } });

  test('an idle hook is none, one with ssh is', () => {
    expect(grown([...above, hook]).remotes).toEqual({});
    expect(grown([...above, hook, ssh(['ssh', 'builder1', 'nix-daemon', '--stdio'])])).toEqual(
      shows({
        remotes: { 210: 'builder1' },
        builds: {},
        clients: { 150: [150] },
      }),
    );
  });

  test('as newer versions start it, and before the command line of ssh is known', () => {
    const newer = { ...hook, comm: 'nix', facts: { argv: ['nix', '__build-remote', '3'] } };
    expect(grown([...above, newer, ssh([])]).remotes).toEqual({ 210: null });
  });

  test('the hook’s own fork is not a second one', () => {
    const fork = { ...hook, pid: 212, ppid: 210 };
    const below = { ...ssh(['ssh', 'b']), ppid: 212 };
    expect(grown([...above, hook, fork, below]).remotes).toEqual({ 210: 'b' });
  });

  test('below a client that builds by itself it is no part of the client', () => {
    const direct = client(150, { uid: 0 });
    expect(grown([direct, { ...hook, ppid: 150 }, ssh(['ssh', 'b'])])).toEqual(
      shows({
        remotes: { 210: 'b' },
        clients: { 150: [150] },
      }),
    );
  });

  test.for([
    [['ssh', 'builder1', '-x', '-a', 'nix-store', '--serve'], 'builder1'],
    [['ssh', '-i', '/root/key', '-x', 'root@10.0.0.7', 'nix-daemon', '--stdio'], '10.0.0.7'],
    [['ssh', '-oStrictHostKeyChecking=no', '-p', '2222', 'nix@h', 'x'], 'h'],
    [['ssh', 'ssh://nix@h'], 'h'],
    [['ssh', '-M', '-N', '-S', '/tmp/s', 'h'], 'h'],
    [['ssh'], null],
    [['ssh', '-p'], null],
    [[], null],
  ] as const)('%j goes to %s', ([argv, host]) => expect(hostOfSsh(argv)).toBe(host));
});

test('parents in a circle, pids twice, nothing at all: no end is no harm', () => {
  const circle = [process({ pid: 10, ppid: 11, comm: 'nix' }), process({ pid: 11, ppid: 10, comm: 'nix' })];
  expect(() => grown(circle)).not.toThrow();
  expect(() => grown([process({ pid: 10, ppid: 10, comm: 'nix-daemon' })])).not.toThrow();
  expect(() => grown([root, root])).not.toThrow();
  expect(grown([])).toEqual({ daemon: null, workers: {}, builds: {}, remotes: {}, clients: {} });
});

test('a tree 5000 deep does not overflow', () => {
  const deep = Array.from({ length: 5000 }, (_, i) =>
    process({ pid: 1000 + i, ppid: i === 0 ? 300 : 999 + i, uid: 30001 }),
  );
  expect(grown([daemon(), worker(200, 150), root, ...deep]).builds[300]).toHaveLength(5001);
});
