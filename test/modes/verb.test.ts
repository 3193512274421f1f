import { describe, expect, test } from 'vitest';
import { defaultFlags, type Invocation } from '../../src/cli/table.ts';
import { type Intent, targetOf } from '../../src/model/intents/intent.ts';
import type { Outcome } from '../../src/model/intents/outcome.ts';
import type { ForestRaw } from '../../src/model/sample.ts';
import { runVerb } from '../../src/modes/verb/run-verb.ts';
import type { VerbIo } from '../../src/modes/verb/verb-io.ts';
import { forgetDamage } from '../../src/nix-store/last-verification.ts';
import type { ActionDeps } from '../../src/perform/action-deps.ts';
import { allActions } from '../support/all-actions.ts';
import { forest, type Made, made } from '../support/fake-machine.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { activating, buildOf, busy, evaluating, firefox, rebuild, remote } from '../support/model-fixture.ts';

interface Setting {
  readonly uid?: number;
  readonly outcome?: Outcome;
  readonly model?: typeof busy;
  readonly forest?: ForestRaw;
  /** What is typed; absent: no terminal. */
  readonly answer?: string | null;
}

/** The processes of the busy machine that these tests are about. */
function forestOfBusy(...more: readonly Made[]): ForestRaw {
  const { uid, tree, pid: session } = firefox;
  const processes: readonly Made[] = [
    { pid: 800, startTime: 8000, comm: '.nixos-rebuild-', facts: { argv: ['nixos-rebuild', 'switch'] } },
    { pid: 801, ppid: 800, startTime: 8001, comm: 'nix', facts: { argv: ['nix', 'build'] } },
    { pid: 802, ppid: 801, startTime: 8002, comm: 'nix', facts: { argv: ['nix', '__build-remote', '0'] } },
    { pid: 500, startTime: 500, comm: 'nix-daemon', facts: { argv: ['nix-daemon', '--daemon'] } },
    { pid: 900, ppid: 500, startTime: 9000, comm: 'nix-daemon', facts: { argv: ['nix-daemon', '801'] } },
    ...tree.map(({ pid, startTime, comm, ppid }) => ({
      ...{ pid, startTime, comm, uid, session },
      ppid: pid === session ? 900 : ppid,
    })),
    ...more,
  ];
  return forest(processes.map(made), { buildUsers: { 30003: 'nixbld3' } });
}

async function run(over: Partial<Invocation>, setting: Setting = {}) {
  const {
    uid = 0,
    model = busy,
    outcome = { status: 'done', summary: 'killed it', details: ['a detail'] },
  } = setting;
  const base = createFakePorts({ native: { uid } });
  const ports = { ...base, files: { ...base.files, live: true } };
  const performed: Intent[] = [];
  const deps: ActionDeps = {
    ports,
    readForest: () => setting.forest ?? forestOfBusy(),
    stateDirectory: '/state',
    user: 'ada',
    actions: allActions(async (intent) => {
      performed.push(intent);
      return outcome;
    }),
  };
  let out = '';
  let err = '';
  const io: VerbIo = {
    write: async (text) => {
      out += text;
    },
    say: (line) => {
      err += `${line}\n`;
    },
    draw: null,
    ask:
      setting.answer === undefined
        ? null
        : async (question) => {
            err += question;
            return setting.answer ?? null;
          },
    onInterrupt: () => () => {},
  };
  const invocation: Invocation = { ...defaultFlags, command: 'kill', operand: 'firefox', ...over };
  const code = await runVerb({ invocation, deps, look: async () => model, io });
  const journal = base.ownFiles.texts.get('/state/journal.jsonl') ?? '';
  return { code, out, err, performed, journal };
}

describe('asking', () => {
  test('without a terminal it refuses, and names --yes', async () => {
    const { code, err, performed } = await run({});
    expect([code, performed]).toEqual([2, []]);
    expect(err).toMatch(/^nixpulse: .*--yes\n$/);
  });

  test.each([
    ['y', true],
    ['yes', true],
    ['Y', true],
    ['', false],
    ['n', false],
    ['yy', false],
    ['firefox', false],
  ])('%j', async (answer, yes) => {
    const { code, err, out, performed } = await run({}, { answer });
    expect([code, performed.length]).toEqual([yes ? 0 : 1, yes ? 1 : 0]);
    expect(err).toContain('kill firefox-130.0 · 15 processes of nixbld3');
    expect(out).toBe(yes ? 'killed it\n' : '');
  });

  test('Ctrl-C is no answer', async () => {
    expect(await run({}, { answer: null })).toMatchObject({ code: 130, performed: [] });
  });
});

describe('doing', () => {
  test('with --yes: the outcome on stdout, an entry in the journal', async () => {
    const { code, out, err, performed, journal } = await run({ yes: true });
    expect(code).toBe(0);
    expect(performed).toMatchObject([{ type: 'kill', targets: [{ root: { pid: 2001, startTime: 20010 } }] }]);
    expect([out, err]).toEqual(['killed it\n', 'a detail\n']);
    expect(JSON.parse(journal)).toMatchObject({ via: 'command', user: 'ada', title: 'kill firefox-130.0' });
  });

  test('as JSON: the entry, and nothing else on stdout', async () => {
    const { out, err } = await run({ yes: true, json: true });
    expect(JSON.parse(out)).toMatchObject({ version: 1, status: 'done', summary: 'killed it' });
    expect(err).toBe('');
  });

  test.each([
    ['done', 0],
    ['incomplete', 1],
    ['failed', 1],
    ['refused', 1],
    ['denied', 3],
    ['cancelled', 130],
  ] as const)('%s is exit code %i', async (status, code) => {
    const outcome = { status, summary: 'so it is', details: [] };
    expect(await run({ yes: true }, { outcome })).toMatchObject({ code });
  });

  test.each([
    ['pause', 'firefox', 'pause'],
    ['resume', 'nixbld3', 'resume'],
    ['lower', 'firefox', 'lower'],
    ['restore', '2001', 'restore'],
    ['cancel', '2001', 'cancel'],
  ] as const)('%s %s', async (command, operand, type) => {
    expect((await run({ command, operand, yes: true })).performed).toMatchObject([{ type }]);
  });

  test.each<[string, Partial<Invocation>, object]>([
    ['nothing said', {}, {}],
    ['memory', { memoryHigh: 4 * 1024 ** 3 }, { memoryHighBytes: 4 * 1024 ** 3 }],
    ['both', { memoryHigh: 4096, ioWeight: 10 }, { memoryHighBytes: 4096, ioWeight: 10 }],
  ])('limit, %s', async (_, flags, limits) => {
    const { performed } = await run({ command: 'limit', operand: 'firefox', yes: true, ...flags });
    expect(performed).toEqual([{ type: 'limit', targets: [targetOf(firefox)], ...limits }]);
  });

  test('limit asks nobody where nothing can be limited, and says why', async () => {
    const given = { command: 'limit', operand: 'firefox', memoryHigh: 1 << 30 } as const;
    const asked = await run(given, { answer: 'y' });
    expect(asked).toMatchObject({ code: 1, performed: [], out: '' });
    expect(asked.err).toMatch(
      /^nixpulse: firefox-130.0 would not be limited: .*systemd does not run here.*\n$/,
    );
    const dry = await run({ ...given, dryRun: true });
    expect(dry.out).toMatch(/^firefox-130.0 would not be limited: .*\n$/);
  });

  test('cancel takes the client of the build; --all takes everything', async () => {
    const one = await run({ command: 'cancel', operand: 'firefox', yes: true });
    expect(one.performed).toMatchObject([
      { clients: [{ process: { pid: rebuild.pid } }], everything: false },
    ]);
    const all = await run({ command: 'cancel', operand: null, all: true, yes: true });
    expect(all.performed).toMatchObject([{ everything: true }]);
  });
});

describe('cancelling an activation', () => {
  const model = { ...busy, builds: [], clients: [activating] };

  test.each([
    ['y', 1],
    ['stop', 0],
  ])('answered %s', async (answer, code) => {
    const ran = await run({ command: 'cancel', operand: '881' }, { model, answer });
    expect([ran.code, ran.performed.length]).toEqual([code, code === 0 ? 1 : 0]);
    expect(ran.err).toContain('stopping now leaves a half-activated configuration');
  });

  test('--all leaves it alone', async () => {
    const alone = await run({ command: 'cancel', operand: null, all: true, yes: true }, { model });
    expect(alone).toMatchObject({
      code: 1,
      performed: [],
      err: expect.stringContaining('nixpulse cancel 800'),
    });
    const both = { ...model, clients: [activating, evaluating] };
    const { performed } = await run(
      { command: 'cancel', operand: null, all: true, yes: true },
      { model: both },
    );
    expect(performed).toMatchObject([{ clients: [{ process: { pid: evaluating.pid } }], everything: true }]);
  });
});

describe('targets', () => {
  const esr = buildOf({ pid: 7001, name: 'firefox-esr-128.0', pname: 'firefox-esr', user: 'nixbld9' });
  const two = { ...busy, builds: [firefox, esr] };

  test('ambiguous: exit 2 with the candidates in one line, nothing is done', async () => {
    const { code, err, performed } = await run({ operand: 'fire', yes: true }, { model: two });
    expect([code, performed]).toEqual([2, []]);
    expect(err).toBe(
      "nixpulse: 'fire' is ambiguous: firefox-130.0 (nixbld3, pid 2001), firefox-esr-128.0 (nixbld9, pid 7001)\n",
    );
  });

  test('nobody of that name: says who there is', async () => {
    const { code, err } = await run({ operand: 'emacs', yes: true });
    expect(code).toBe(1);
    expect(err).toContain('there are: firefox-130.0, chromium');
  });

  test('on another machine', async () => {
    const { code, err } = await run({ operand: 'llvm', yes: true }, { model: { ...busy, builds: [remote] } });
    expect([code, err]).toEqual([1, expect.stringContaining('another machine')]);
  });

  test("another user's: exit 3 before anybody is asked, with what would do it", async () => {
    const { code, err, performed } = await run({}, { uid: 1000, answer: 'y' });
    expect([code, performed]).toEqual([3, []]);
    expect(err).toContain('needs root: sudo nixpulse kill firefox');
    expect(await run({ command: 'cancel', operand: '800', yes: true }, { uid: 1000 })).toMatchObject({
      code: 3,
    });
    expect(await run({ command: 'cancel', operand: '810', yes: true }, { uid: 1000 })).toMatchObject({
      code: 0,
    });
  });
});

describe('--dry-run', () => {
  test('says that a repair comes after the verification, and asks', async () => {
    const { code, out, performed } = await run({
      command: 'verify',
      operand: null,
      repair: true,
      dryRun: true,
    });
    expect(code).toBe(0);
    expect(performed).toEqual([]);
    expect(out.trim().split('\n')).toEqual([
      expect.stringMatching(/^would verify the store/),
      'would then ask whether to repair what it found damaged',
    ]);
  });

  test('as text: what would be done to which processes; nothing is done, nothing is asked', async () => {
    const { code, out, performed, journal } = await run({ dryRun: true });
    expect([code, performed, journal]).toEqual([0, [], '']);
    const [first, ...lines] = out.trimEnd().split('\n');
    expect(first).toMatch(/^would kill firefox-130\.0 · 15 processes/);
    expect(lines).toHaveLength(firefox.tree.length);
    expect(lines[0]).toBe('  KILL to 2001 bash');
    expect(lines).toContain('  KILL to 2300 sccache');
  });

  test('of a cancel: all that would hear of it in its order, and not what Nix ends by itself', async () => {
    const { out } = await run({ command: 'cancel', operand: '800', dryRun: true });
    expect(out.trimEnd().split('\n').slice(1)).toEqual(['  INT to 801 nix', '  INT to 800 nixos-rebuild']);
  });

  test('of everything: each client and what has none, but no activation', async () => {
    const forest = forestOfBusy(
      { pid: 820, startTime: 8200, comm: 'home-manager', facts: { argv: ['home-manager', 'switch'] } },
      { pid: 821, ppid: 820, startTime: 8201, comm: 'activate', facts: { argv: ['bash'] } },
      { pid: 7001, ppid: 1, uid: 30_003, comm: 'sleep' },
    );
    const { code, out } = await run(
      { command: 'cancel', operand: null, all: true, dryRun: true },
      { forest },
    );
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').slice(1)).toEqual([
      '  INT to 801 nix',
      '  INT to 800 nixos-rebuild',
      expect.stringMatching(/^ {2}home-manager switch goes on: it activates .*activate \(821\)/),
    ]);
  });

  test('as JSON', async () => {
    const { out } = await run({ dryRun: true, json: true });
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      dryRun: true,
      possible: true,
      intent: { type: 'kill' },
      lines: { length: 1 + firefox.tree.length },
    });
  });

  test('refuses where the run would', async () => {
    expect(await run({ dryRun: true }, { uid: 1000 })).toMatchObject({ code: 3, out: '' });
    const all = await run({ command: 'cancel', operand: null, all: true, dryRun: true }, { uid: 1000 });
    expect(all).toMatchObject({ code: 3, out: expect.stringContaining('not permitted') });
    const ended = await run({ dryRun: true }, { forest: forest([]) });
    expect(ended).toMatchObject({ code: 1, out: expect.stringContaining('firefox-130.0 has already ended') });
  });
});

describe('verify', () => {
  const damaged = JSON.stringify({
    version: 1,
    time: '2026-11-20T13:00:00.000Z',
    status: 'failed',
    durationMs: 1,
    paths: 2,
    expectedPaths: 2,
    bytes: 2,
    corrupt: ['/nix/store/8h7g6f5d4s3a2p1o9i8u7y6t5r4e3w2q-hello'],
    missing: [],
    unreadable: [],
  });

  test('asks nothing: it changes nothing', async () => {
    const { code, performed } = await run({ command: 'verify', operand: null });
    expect([code, performed]).toEqual([0, [{ type: 'verify' }]]);
  });

  test('--repair without a terminal needs --yes before it begins', async () => {
    const { code, performed } = await run({ command: 'verify', operand: null, repair: true });
    expect([code, performed]).toEqual([2, []]);
  });

  test('--repair with nothing damaged does no more', async () => {
    const { performed } = await run({ command: 'verify', operand: null, repair: true, yes: true });
    expect(performed).toEqual([{ type: 'verify' }]);
  });

  test.each([
    ['repair', 2],
    ['y', 1],
    ['', 1],
  ])('--repair wants the word: %j', async (answer, actions) => {
    const { performed } = await runWithDamage(answer);
    expect(performed).toHaveLength(actions);
  });

  test.each([
    [[], 0],
    [['/nix/store/8h7g6f5d4s3a2p1o9i8u7y6t5r4e3w2q-unread'], 1],
  ])('what is not repaired is no success: %j', async (unreadable, code) => {
    const found = { ...JSON.parse(damaged), unreadable };
    const ran = await runWithDamage('repair', JSON.stringify(found));
    expect(ran.code).toBe(code);
    const told = ran.said.some((line) => line.includes('1 of what was found bad cannot be read'));
    expect(told).toBe(code === 1);
  });

  async function runWithDamage(answer: string, found = damaged) {
    const base = createFakePorts();
    base.ownFiles.texts.set('/state/verify.json', found);
    const performed: Intent[] = [];
    const said: string[] = [];
    const code = await runVerb({
      invocation: { ...defaultFlags, command: 'verify', operand: null, repair: true },
      deps: {
        ports: { ...base, files: { ...base.files, live: true } },
        readForest: () => null,
        stateDirectory: '/state',
        user: 'root',
        actions: allActions(async (intent) => {
          performed.push(intent);
          if (intent.type === 'repair') {
            await forgetDamage(base, '/state', new Set(intent.paths));
            return { status: 'done', summary: 'repaired', details: [] };
          }
          return { status: 'failed', summary: '1 corrupt', details: [] };
        }),
      },
      look: async () => busy,
      io: {
        write: async () => {},
        say: (line) => said.push(line),
        draw: null,
        ask: async () => answer,
        onInterrupt: () => () => {},
      },
    });
    return { performed, said, code };
  }
});
