import { describe, expect, test } from 'vitest';
import { type Explained, explainFailures, nothingExplained } from '../../src/logs/explain-failures.ts';
import type { Build, Model, ModelEvent } from '../../src/model/model.ts';
import { joinBuilds, joinClients } from '../../src/model/rebuild/join-processes.ts';
import { everyEvent } from '../support/every-event.ts';
import { buildOf, busy, rebuild as client } from '../support/model-fixture.ts';
import { bare, build, drvOf, error, line, progress, RebuildLog, stop } from '../support/rebuild-log.ts';

const origin = { kind: 'command', words: ['nix', 'build', '.#a'], pid: client.pid } as const;
const signal9 = (name: string) =>
  error(`Cannot build '${drvOf(name)}'.\nReason: builder failed due to signal 9 (Killed).`);
const exit2 = (name: string) =>
  error(`Cannot build '${drvOf(name)}'.\nReason: builder failed with exit code 2.`);

/** A machine that is looked at again and again. */
class Machine {
  private model: Model | null = null;
  private explained: Explained = nothingExplained;
  readonly log = new RebuildLog();

  look(timeMs: number, over: Partial<Model> = {}, isOver = false): Model {
    const { state } = this.log;
    const last = this.model;
    const rebuilds = joinClients(
      state.rebuilds.map((rebuild) => ({
        id: `command ${rebuild.key}`,
        origin,
        rebuild,
        client: null,
        command: null,
        over: isOver || rebuild.ended !== null,
        problem: null,
        lostBytes: 0,
        early: false,
        stream: 'command',
        endedUnsaid: 0,
        estimate: null,
        failures: [],
      })),
      busy,
      'now',
      last?.rebuilds ?? [],
    );
    const { builds = [], events = last?.events ?? [], ...rest } = over;
    const joined = joinBuilds(builds, rebuilds, last?.builds ?? [], builds);
    const model: Model = { ...busy, ...rest, timeMs, rebuilds, events, builds: joined };
    const now = explainFailures(model, last, this.explained);
    this.explained = now.explained;
    this.model = now.model;
    return now.model;
  }
}

const causesOf = ({ rebuilds }: Model) =>
  rebuilds.flatMap(({ failures }) => failures.map(({ cause }) => cause));
const toldOf = ({ events }: Model) => events.map(({ kind }) => kind);
const builtBy = (uid: number, over: Partial<Build> = {}) =>
  buildOf({ pid: 7000 + uid, name: 'a', drvHash: 'a'.repeat(32), uid, ...over });

describe('a build that failed', () => {
  test('is told once, with its cause; the end of the rebuild too', () => {
    const machine = new Machine();
    machine.log.at(1_000, build(1, 'a'), line(1, 'cc x.c'));
    expect(toldOf(machine.look(1_000))).toEqual([]);
    machine.log.at(9_000, line(1, 'x.c:1: error'), stop(1), exit2('a'));
    expect(machine.look(9_000).events).toEqual([
      expect.objectContaining({
        kind: 'build-failed',
        level: 'warning',
        timeMs: 9_000,
        command: 'nix build .#a',
        drv: drvOf('a'),
        name: 'a',
        ageSec: 8,
        cause: { kind: 'exit', code: 2 },
        said: 'x.c:1: error',
      }),
    ]);
    expect(toldOf(machine.look(10_000))).toEqual(['build-failed']);
    machine.log.events(11_000, { kind: 'end', exitCode: 1 });
    expect(toldOf(machine.look(11_000))).toEqual(['build-failed', 'rebuild-ended']);
    expect(machine.look(12_000).events.at(-1)).toMatchObject({ failed: 1, built: 0, lengthSec: 10 });
  });

  test('that a counter tells waits for the words', () => {
    const machine = new Machine();
    machine.log.at(1_000, bare(10, 102), bare(11, 104), build(1, 'a'), progress(11, 0, 1, 1, 0));
    machine.look(1_000);
    machine.log.at(2_000, progress(11, 0, 1, 0, 1), stop(1));
    const model = machine.look(2_000);
    expect(causesOf(model)).toEqual([{ kind: 'unknown' }]);
    expect(toldOf(model)).toEqual([]);
    machine.log.at(3_000, exit2('a'));
    expect(machine.look(3_000).events).toMatchObject([
      { kind: 'build-failed', cause: { kind: 'exit', code: 2 } },
    ]);
    expect(toldOf(machine.look(9_000))).toEqual(['build-failed']);
  });

  test('costs nothing while nothing of it changes', () => {
    const machine = new Machine();
    machine.log.at(1_000, build(1, 'a'), stop(1), exit2('a'));
    const before = machine.look(1_000);
    const after = machine.look(2_000);
    expect(after.rebuilds).toBe(before.rebuilds);
    expect(after.events).toBe(before.events);
  });

  test('before a recording is entered is shown, and not told as news', () => {
    const machine = new Machine();
    machine.log.at(1_000, build(1, 'a'), stop(1), exit2('a'));
    const model = machine.look(60_000);
    expect(causesOf(model)).toEqual([{ kind: 'exit', code: 2 }]);
    expect(toldOf(model)).toEqual([]);
  });
});

describe('signal 9', () => {
  const oom: ModelEvent = { timeMs: 20_500, level: 'critical', kind: 'oom-kill', count: 1 };
  const limit: ModelEvent = {
    timeMs: 21_000,
    level: 'critical',
    kind: 'oom-limit',
    cgroup: '/nix-build-uid-30001',
    limitBytes: 2 ** 30,
    count: 1,
    build: 'a',
  };
  function killed(): Machine {
    const machine = new Machine();
    machine.log.at(1_000, build(1, 'a'));
    machine.look(1_000, { builds: [builtBy(30_001)] });
    machine.log.at(20_000, stop(1), signal9('a'));
    return machine;
  }

  test('waits for the kernel to be told, and is told with what the kernel says', () => {
    const machine = killed();
    expect(toldOf(machine.look(20_000))).toEqual([]);
    const model = machine.look(21_000, { events: [oom] });
    expect(toldOf(model)).toEqual(['oom-kill', 'build-failed']);
    expect(causesOf(model)).toEqual([
      { kind: 'out-of-memory', scope: 'machine', cgroup: null, certainty: 'likely', process: null },
    ]);
  });

  test('that nobody explains is told some seconds later', () => {
    const machine = killed();
    machine.look(20_000);
    expect(toldOf(machine.look(24_000))).toEqual([]);
    expect(toldOf(machine.look(25_000))).toEqual(['build-failed']);
    expect(toldOf(machine.look(26_000))).toEqual(['build-failed']);
  });

  const named: ModelEvent = {
    timeMs: 20_500,
    level: 'critical',
    kind: 'killed',
    killer: 'kernel',
    pid: 7,
    comm: 'ld.lld',
    uid: 30_001,
    residentBytes: 2 ** 34,
    cgroup: '/system.slice/nix-daemon.service',
    limitBytes: null,
    build: 'a',
    drv: null,
    builds: 1,
    command: null,
    causeBuild: 'a',
    causeCommand: null,
    causeResidentBytes: 2 ** 34,
    causeGrowthBytesPerMin: null,
  };
  test('is explained for certain where the kernel named a process of its user', () => {
    expect(causesOf(killed().look(21_500, { events: [named] }))).toEqual([
      { kind: 'out-of-memory', scope: 'machine', cgroup: null, certainty: 'certain', process: 'ld.lld' },
    ]);
  });
  test('is nothing that the kill of somebody else explains', () => {
    const other = { ...named, uid: 1000, build: null, builds: 0 };
    expect(causesOf(killed().look(21_500, { events: [other] }))).toEqual([{ kind: 'killed', by: 'unknown' }]);
    const service = { ...other, killer: 'systemd-oomd', pid: null, uid: null } as const;
    expect(causesOf(killed().look(21_500, { events: [service] }))).toEqual([
      { kind: 'killed', by: 'unknown' },
    ]);
  });

  test('at the limit of its cgroup is no kill of the machine, which counts it too', () => {
    const machine = killed();
    const model = machine.look(21_500, { events: [oom, limit] });
    expect(causesOf(model)).toEqual([
      {
        kind: 'out-of-memory',
        scope: 'cgroup',
        cgroup: '/nix-build-uid-30001',
        certainty: 'certain',
        process: null,
      },
    ]);
  });
});

test('the room of a file system is the one there was when the build failed', () => {
  const machine = new Machine();
  const [, root] = busy.filesystems;
  if (root === undefined) throw new Error('no file system');
  const withFree = (availableBytes: number) => ({
    filesystems: [{ ...root, path: '/tmp', mountPoint: '/tmp', availableBytes, freeInodesPercent: 50 }],
    builds: [builtBy(30_001, { buildDirectory: '/tmp/nix-build-a.drv-0' })],
  });
  machine.log.at(1_000, build(1, 'a'));
  machine.look(1_000, withFree(2 ** 20));
  machine.log.at(9_000, line(1, 'cat: /build/x: No space left on device'), stop(1), exit2('a'));
  const full = { kind: 'space', of: 'blocks', mountPoint: '/tmp', guess: false };
  expect(causesOf(machine.look(9_000, withFree(2 ** 34)))).toMatchObject([full]);
  machine.log.at(12_000, build(2, 'b'), stop(2), exit2('b'));
  expect(causesOf(machine.look(12_000, withFree(2 ** 34)))).toMatchObject([full, { kind: 'exit' }]);
});

test('a rebuild that did nothing ends without a word', () => {
  const machine = new Machine();
  machine.log.at(1_000, { action: 'msg', level: 4, msg: "evaluating file '/x.nix'" });
  machine.look(1_000);
  machine.log.events(2_000, { kind: 'end', exitCode: 0 });
  expect(toldOf(machine.look(2_000))).toEqual([]);
});

describe('what Nix ended at a limit of its own', () => {
  const killed = ({ events }: Model) => events.filter((event) => event.kind === 'killed');
  test.each([
    [
      `build of '${drvOf('a')}' on 'localhost' timed out after 3600 seconds of silence`,
      { killer: 'max-silent-time', lengthSec: 3600, limitBytes: null },
    ],
    [`'${drvOf('a')}' timed out after 7200 seconds`, { killer: 'timeout', lengthSec: 7200 }],
    [
      `'${drvOf('a')}' killed after writing more than 1048576 bytes of log output`,
      { killer: 'max-build-log-size', limitBytes: 1_048_576 },
    ],
  ])('%s: one event with victim and cause, before the failure', (said, expected) => {
    const machine = new Machine();
    machine.log.at(1_000, build(1, 'a'));
    machine.look(1_000, { builds: [builtBy(30_001)] });
    machine.log.at(9_000, stop(1), error(said));
    const model = machine.look(9_000, { builds: [] });
    expect(killed(model)).toMatchObject([
      { level: 'warning', build: 'a', drv: drvOf('a'), uid: 30_001, timeMs: 9_000, ...expected },
    ]);
    expect(toldOf(model)).toEqual(['killed', 'build-failed']);
    expect(killed(machine.look(10_000))).toHaveLength(1);
    // It was not for want of memory, whatever the next one dies of.
    expect(model.rebuilds[0]?.failures[0]?.cause.kind).not.toBe('out-of-memory');
  });

  test('any other end is none', () => {
    const machine = new Machine();
    machine.log.at(1_000, build(1, 'a'));
    machine.look(1_000);
    machine.log.at(9_000, stop(1), exit2('a'));
    expect(killed(machine.look(9_000))).toEqual([]);
  });
});

test('a build that nixpulse killed says so, and no second kill is told', () => {
  const machine = new Machine();
  machine.log.at(1_000, build(1, 'a'));
  machine.look(1_000, { builds: [builtBy(30_001)] });
  machine.log.at(9_000, stop(1), signal9('a'));
  const event = everyEvent.find((one) => one.kind === 'killed') as ModelEvent;
  const own = { ...event, killer: 'nixpulse', timeMs: 8_500, build: 'a', drv: drvOf('a') } as ModelEvent;
  const model = machine.look(9_000, { builds: [], events: [own] });
  expect(causesOf(model)).toEqual([{ kind: 'killed', by: 'us' }]);
  expect(toldOf(machine.look(15_000))).toEqual(['killed', 'build-failed']);
});
