/** Who killed whom, joined by identity and time; one event for one kill; tasks that hang, with whose they are. */
import { describe, expect, test } from 'vitest';
import { derive } from '../../../src/model/derive.ts';
import type { Notice } from '../../../src/model/diagnosis/notice.ts';
import { emptyModel } from '../../../src/model/empty-model.ts';
import { noNoticeCarry, tellNotices } from '../../../src/model/machine/told-notices.ts';
import type { Build, Client, ModelEvent } from '../../../src/model/model.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { buildOf, evaluating, processOf, rebuild } from '../../support/model-fixture.ts';
import { memoryRaw, sampleAt } from './machine-samples.ts';

const GiB = 1024 ** 3;
const startMs = 1_700_000_000_000;

interface Look {
  /** Seconds after the start. */
  readonly at: number;
  readonly builds?: readonly Build[];
  readonly clients?: readonly Client[];
  readonly notices?: readonly Notice[];
  /** Of the journal, asked for. */
  readonly probed?: readonly Notice[];
  readonly counted?: readonly ModelEvent[];
}

function told(...looks: readonly Look[]): readonly ModelEvent[] {
  let carry = noNoticeCarry;
  return looks.flatMap(({ at, builds, clients = [], notices, probed, counted = [] }) => {
    const timeMs = startMs + at * 1000;
    const atMs = at * 1000;
    const sample: Sample = {
      version: 1,
      timeMs,
      monotonicMs: atMs,
      ...(notices && { notices: { atMs, ok: true, value: notices } }),
      ...(probed && {
        probes: {
          atMs,
          ok: true,
          value: {
            running: [],
            results: [
              {
                id: 'kernel-log',
                subject: null,
                startedMs: timeMs,
                endedMs: timeMs,
                ok: true,
                value: { from: 'journal', notices: probed },
              },
            ],
          },
        },
      }),
    };
    const memory = { ...emptyModel.memory, totalBytes: 64 * GiB };
    const cgroups = [
      {
        path: '/system.slice/nix-daemon.service',
        currentBytes: null,
        limitBytes: 8 * GiB,
        highBytes: null,
        metBytes: null,
      },
    ];
    const now = builds === undefined ? null : { builds, clients };
    const result = tellNotices(carry, sample, counted, { memory, cgroups }, now);
    carry = result.carry;
    return result.events;
  });
}

const oomKill = (at: number, over: Partial<Extract<Notice, { kind: 'oom-kill' }>> = {}): Notice => ({
  kind: 'oom-kill',
  limited: null,
  pid: 87_711,
  comm: 'ld.lld',
  uid: 30_001,
  residentBytes: 30 * GiB,
  cgroup: '/system.slice/nix-daemon.service',
  timeMs: startMs + at * 1000,
  from: 'kernel',
  text: 'x',
  ...over,
});
const counter = (at: number, count = 1): ModelEvent => ({
  timeMs: startMs + at * 1000,
  level: 'critical',
  kind: 'oom-kill',
  count,
});

const thunderbird = buildOf({
  pid: 100,
  startTime: 1000,
  name: 'thunderbird-140.0',
  drvHash: 'a'.repeat(32),
  uid: 30_001,
  ageSec: 600,
  log: null,
  residentBytes: 2 * GiB,
  residentGrowthBytesPerMin: 4 * GiB,
  residentHistory: [20 * GiB, 31 * GiB, 2 * GiB],
  cgroup: '/system.slice/nix-daemon.service',
  tree: [processOf({ pid: 100 }), processOf({ pid: 101, comm: 'ninja' })],
});
const small = buildOf({
  pid: 200,
  startTime: 2000,
  name: 'hello-2.12',
  drvHash: 'b'.repeat(32),
  uid: 30_002,
  ageSec: 60,
  log: null,
  residentBytes: GiB,
  residentGrowthBytesPerMin: 0,
  residentHistory: [GiB],
  cgroup: '/system.slice/nix-daemon.service',
  tree: [processOf({ pid: 200 })],
});
/** The build user's next build, a moment after the first has ended. */
const next = buildOf({
  ...small,
  pid: 300,
  startTime: 9000,
  name: 'next-1.0',
  uid: 30_001,
  ageSec: 1,
  tree: [processOf({ pid: 300 })],
});

describe('by the kernel', () => {
  test('the build that had the user then, not the one that has it now (A1-15)', () => {
    const [event, ...more] = told(
      { at: 0, builds: [thunderbird, small], notices: [] },
      { at: 1, builds: [thunderbird, small] },
      // Its build has failed, the user builds something else, and only now the line is there.
      { at: 3, builds: [small] },
      { at: 9, builds: [{ ...next, ageSec: 5 }, small], notices: [oomKill(2.5)] },
    );
    expect(more).toEqual([]);
    expect(event).toEqual({
      timeMs: startMs + 2500,
      level: 'critical',
      kind: 'killed',
      killer: 'kernel',
      pid: 87_711,
      comm: 'ld.lld',
      uid: 30_001,
      residentBytes: 30 * GiB,
      cgroup: '/system.slice/nix-daemon.service',
      limitBytes: null,
      build: 'thunderbird-140.0',
      drv: `/nix/store/${'a'.repeat(32)}-thunderbird-140.0.drv`,
      builds: 1,
      command: null,
      causeBuild: 'thunderbird-140.0',
      causeCommand: null,
      causeResidentBytes: 31 * GiB,
      causeGrowthBytesPerMin: 4 * GiB,
    });
  });

  test('a clock of the kernel that is ahead: who had just ended, while others run', () => {
    const looks = (late: number) =>
      told(
        { at: 0, builds: [thunderbird, small] },
        { at: 1, builds: [small] },
        { at: 6, builds: [small], notices: [oomKill(1 + late)] },
      );
    expect(looks(1.5)).toMatchObject([{ build: 'thunderbird-140.0' }]);
    expect(looks(2.5)).toMatchObject([{ build: null }]);
  });

  test('at a limit: which, and of the builds below it the one that had most', () => {
    const outside = { ...thunderbird, uid: 30_009, cgroup: '/user.slice/x', pid: 5, tree: [] };
    const [event] = told({
      at: 0,
      builds: [outside, small],
      notices: [
        oomKill(-1, {
          limited: '/system.slice/nix-daemon.service',
          pid: 200,
          comm: 'sh',
          uid: 30_002,
          residentBytes: GiB,
        }),
      ],
    });
    expect(event).toMatchObject({
      killer: 'limit',
      cgroup: '/system.slice/nix-daemon.service',
      limitBytes: 8 * GiB,
      build: 'hello-2.12',
      causeBuild: 'hello-2.12',
    });
  });

  test('at the limit of its own service an evaluation is the cause', () => {
    const own = { ...evaluating, residentBytes: 7 * GiB, ageSec: 100, cgroup: '/system.slice/hydra.service' };
    const other = { ...own, pid: 9, processes: [], cgroup: '/user.slice/x', residentBytes: 60 * GiB };
    const events = told({
      at: 0,
      builds: [small],
      clients: [own, other],
      notices: [oomKill(-1, { limited: '/system.slice/hydra.service', pid: 4711, uid: 0 })],
    });
    expect(events).toMatchObject([
      { killer: 'limit', causeBuild: null, causeCommand: own.command, causeResidentBytes: 7 * GiB },
    ]);
  });

  test('a program of the user who builds by himself is none of the build; one of the build is', () => {
    const own = { ...small, uid: 1000 };
    const client = { ...rebuild, uid: 1000, ageSec: 500, residentBytes: GiB };
    const look = (pid: number) =>
      told({
        at: 0,
        builds: [own],
        clients: [client],
        notices: [oomKill(-1, { pid, uid: 1000, comm: 'x' })],
      });
    expect(look(4711)).toMatchObject([{ build: null, drv: null, builds: 0, command: null }]);
    expect(look(200)).toMatchObject([{ build: 'hello-2.12', builds: 1 }]);
  });

  test('an evaluation that took everything: the client, also as the cause', () => {
    const client = { ...evaluating, residentBytes: 50 * GiB, ageSec: 100 };
    const events = told(
      { at: 0, builds: [small], clients: [client] },
      {
        at: 2,
        builds: [small],
        clients: [],
        notices: [oomKill(1, { pid: client.pid, uid: 0, comm: 'nix' })],
      },
    );
    expect(events).toMatchObject([
      {
        build: null,
        command: client.command,
        causeCommand: client.command,
        causeBuild: null,
        causeResidentBytes: 50 * GiB,
      },
    ]);
  });

  test('nothing of Nix has enough to be the cause', () => {
    const [event] = told({
      at: 0,
      builds: [small],
      notices: [oomKill(-1, { uid: 1000, pid: 7, comm: 'browser' })],
    });
    expect(event).toMatchObject({
      build: null,
      causeBuild: null,
      causeCommand: null,
      causeResidentBytes: null,
    });
  });
});

describe('by a guard', () => {
  const resolved: Extract<Notice, { kind: 'guard-kill' }> = {
    kind: 'guard-kill',
    by: 'systemd-oomd',
    pid: null,
    comm: null,
    uid: null,
    residentBytes: 6 * 1024 ** 2,
    cgroup: '/system.slice/systemd-resolved.service',
    timeMs: startMs,
    from: 'journal',
    text: 'x',
  };
  const five = [1, 2, 3, 4].map((i) =>
    buildOf({ ...small, pid: 400 + i, startTime: i, name: `small-${i}`, uid: 30_010 + i }),
  );

  test('systemd-oomd killed somebody else; the cause is a build, which goes on (A1-05)', () => {
    const big = {
      ...thunderbird,
      residentBytes: 30 * GiB,
      residentGrowthBytesPerMin: 24 * GiB,
      residentHistory: [30 * GiB],
    };
    const events = told(
      { at: -2, builds: [big, ...five] },
      { at: 1, builds: [big, ...five] },
      { at: 5, builds: [big, ...five], probed: [resolved] },
      { at: 9, builds: [big, ...five], probed: [resolved] },
    );
    expect(events).toMatchObject([
      {
        killer: 'systemd-oomd',
        cgroup: '/system.slice/systemd-resolved.service',
        build: null,
        builds: 0,
        causeBuild: 'thunderbird-140.0',
        causeResidentBytes: 30 * GiB,
        causeGrowthBytesPerMin: 24 * GiB,
      },
    ]);
    expect(events).toHaveLength(1);
  });

  test('a cgroup with all builds in it', () => {
    const events = told({
      at: 1,
      builds: five,
      probed: [{ ...resolved, cgroup: '/system.slice/nix-daemon.service' }],
    });
    expect(events).toMatchObject([{ build: null, builds: 4 }]);
  });

  describe('asks one to end, and nobody says that it did', () => {
    const asks = (at: number, pid = 101): Notice => ({
      kind: 'guard-signal',
      by: 'nohang',
      ...{ pid, comm: 'ninja', uid: 30_001, residentBytes: 1, cgroup: null },
      ...{ timeMs: startMs + at * 1000, from: 'journal', text: 'x' },
    });
    const without = { ...thunderbird, tree: thunderbird.tree.filter(({ pid }) => pid !== 101) };

    test('a kill once it is gone, whose and when it was asked', () => {
      expect(thunderbird.tree.length).toBeGreaterThan(without.tree.length);
      const events = told(
        { at: 0, builds: [thunderbird] },
        { at: 1, builds: [thunderbird], notices: [asks(0.5)] },
        { at: 12, builds: [thunderbird], notices: [asks(11)] },
        { at: 20, builds: [without] },
        { at: 21, builds: [without] },
      );
      expect(events).toMatchObject([
        {
          kind: 'killed',
          killer: 'nohang',
          pid: 101,
          build: 'thunderbird-140.0',
          timeMs: startMs + 11_000,
        },
      ]);
      expect(events).toHaveLength(1);
    });

    test('gone at the very look at which it is heard', () => {
      const events = told(
        { at: 0, builds: [thunderbird] },
        { at: 1, builds: [without], notices: [asks(0.5)] },
      );
      expect(events).toMatchObject([{ build: 'thunderbird-140.0' }]);
    });

    test('none as long as it runs, when it ends much later, and of whom nobody here sees', () => {
      expect(
        told(
          { at: 0, builds: [thunderbird] },
          { at: 1, builds: [thunderbird], notices: [asks(0.5), asks(0.5, 9)] },
          { at: 59, builds: [thunderbird] },
          { at: 62, builds: [thunderbird] },
          { at: 63, builds: [without] },
        ),
      ).toEqual([]);
    });
  });

  test('earlyoom asks, then kills: one event; what happened an hour ago is none', () => {
    const earlyoom = (at: number): Notice => ({
      ...resolved,
      ...{
        by: 'earlyoom',
        pid: 87_711,
        comm: 'ld.lld',
        uid: 30_001,
        cgroup: null,
        timeMs: startMs + at * 1000,
      },
    });
    const events = told({
      at: 20,
      builds: [thunderbird],
      probed: [earlyoom(-3600), earlyoom(1), earlyoom(5)],
    });
    expect(events).toMatchObject([
      { killer: 'earlyoom', build: 'thunderbird-140.0', timeMs: startMs + 1000 },
    ]);
  });
});

describe('one kill is one event', () => {
  const kinds = (events: readonly ModelEvent[]) => events.map(({ kind }) => kind);
  const limit: ModelEvent = {
    timeMs: startMs + 1000,
    level: 'critical',
    kind: 'oom-limit',
    cgroup: '/a',
    limitBytes: null,
    count: 1,
    build: null,
  };

  test.each([
    ['the counter first', [{ at: 1, counted: [counter(1)] }, { at: 3, notices: [oomKill(1)] }, { at: 20 }]],
    ['the counter last', [{ at: 1, notices: [oomKill(1)] }, { at: 3, counted: [counter(3)] }, { at: 20 }]],
    ['both at once', [{ at: 1, notices: [oomKill(1)], counted: [counter(1)] }, { at: 20 }]],
  ])('%s', (_, looks) => {
    expect(kinds(told({ at: 0, notices: [] }, ...looks))).toEqual(['killed']);
  });

  test('at a limit it is counted twice, and told once', () => {
    const kill = oomKill(1, { limited: '/a' });
    const looks = [{ at: 1, counted: [counter(1), limit] }, { at: 2, notices: [kill] }, { at: 30 }];
    expect(kinds(told({ at: 0, notices: [] }, ...looks))).toEqual(['killed']);
  });

  test('what nobody names is told by its number after a moment', () => {
    const looks = [{ at: 1, counted: [counter(1, 3)] }, { at: 2, notices: [oomKill(1)] }, { at: 6 }];
    expect(kinds(told({ at: 0, notices: [] }, ...looks))).toEqual(['killed']);
    expect(told({ at: 0, notices: [] }, ...looks, { at: 8 }).at(-1)).toEqual(counter(1, 2));
  });

  test('where the kernel cannot be heard the counter is told at once', () => {
    expect(told({ at: 1, counted: [counter(1), limit] })).toEqual([counter(1), limit]);
  });

  test('from whole Samples', () => {
    const at = (second: number, oomKills: number, notices?: readonly Notice[]): Sample => ({
      ...sampleAt(second * 1000, { memory: memoryRaw({ oomKills }) }),
      ...(notices && { notices: { atMs: second * 1000, ok: true, value: notices } }),
    });
    const first = at(0, 5, []);
    const kill = { ...oomKill(0), timeMs: first.timeMs + 900 };
    const samples = [first, at(1, 6), at(2, 6, [kill]), at(12, 6)];
    let derived = null;
    for (const sample of samples) derived = derive(sample, derived);
    expect(derived?.model.events).toMatchObject([
      { kind: 'killed', killer: 'kernel', timeMs: first.timeMs + 900 },
    ]);
    expect(derived?.model.notices).toEqual([kill]);
  });
});

test('a task that hangs is told once, with the build or the client that it is of (A1-19)', () => {
  const hung = (at: number, pid: number): Notice => ({
    kind: 'hung-task',
    pid,
    comm: 'task',
    sec: 120,
    timeMs: startMs + at * 1000,
    from: 'kernel',
    text: 'x',
  });
  const clients = [{ ...rebuild, ageSec: 500 }];
  const builds = [thunderbird];
  expect(
    told(
      { at: 0, builds, clients, notices: [hung(-1, 101), hung(-1, rebuild.pid), hung(-1, 1226)] },
      { at: 120, builds, clients, notices: [hung(119, 101)] },
    ),
  ).toMatchObject([
    { kind: 'hung-task', pid: 101, build: 'thunderbird-140.0', command: null, lengthSec: 120 },
    { kind: 'hung-task', pid: rebuild.pid, build: null, command: rebuild.command },
    { kind: 'hung-task', pid: 1226, build: null, drv: null, command: null },
  ]);
});

test('nothing to tell and nothing to remember leaves the carry as it was', () => {
  const sample: Sample = { version: 1, timeMs: 5, monotonicMs: 5 };
  const none = { memory: emptyModel.memory, cgroups: [] };
  const { carry, events } = tellNotices(noNoticeCarry, sample, [], none, { builds: [], clients: [] });
  expect(carry).toBe(noNoticeCarry);
  expect(events).toEqual([]);
});

describe('by nixpulse', () => {
  const own = (at: number, over: Partial<Extract<Notice, { kind: 'own-kill' }>> = {}): Notice => ({
    kind: 'own-kill',
    what: 'build',
    pid: thunderbird.pid,
    startTime: thunderbird.startTime,
    uid: null,
    build: 'thunderbird-140.0',
    command: null,
    timeMs: startMs + at * 1000,
    from: 'nixpulse',
    text: 'killed thunderbird-140.0',
    ...over,
  });

  test('a build, with what was known of it, also when it is gone by then', () => {
    const [event, ...more] = told(
      { at: 0, builds: [thunderbird, small] },
      { at: 3, builds: [small] },
      { at: 4, builds: [small], notices: [own(1)] },
    );
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      ...{ kind: 'killed', killer: 'nixpulse', level: 'warning', timeMs: startMs + 1000 },
      ...{ pid: 100, build: 'thunderbird-140.0', uid: 30_001, residentBytes: 31 * GiB },
      drv: `/nix/store/${'a'.repeat(32)}-thunderbird-140.0.drv`,
      causeBuild: null,
    });
  });

  test('one death is one event, whoever else tells of it', () => {
    const events = told(
      { at: 0, builds: [thunderbird] },
      { at: 2, builds: [], notices: [own(1), oomKill(1.5, { pid: 100 })] },
      { at: 4, builds: [], notices: [own(1)] },
    );
    expect(events).toHaveLength(1);
  });

  test('another process with its number was none of it', () => {
    const [event] = told(
      { at: 0, builds: [thunderbird] },
      { at: 2, builds: [], notices: [own(1, { startTime: 5 })] },
    );
    expect(event).toMatchObject({ killer: 'nixpulse', drv: null, residentBytes: null });
  });

  test('a client', () => {
    const [event] = told(
      { at: 0, builds: [], clients: [rebuild] },
      {
        at: 1,
        builds: [],
        notices: [
          own(0.5, {
            what: 'client',
            pid: rebuild.pid,
            startTime: rebuild.startTime,
            build: null,
            command: rebuild.command,
          }),
        ],
      },
    );
    expect(event).toMatchObject({ command: rebuild.command, build: null, builds: 0 });
  });
});
