/** Streams beside processes: what a Sample brings of both becomes one Model. */
import { expect, test } from 'vitest';
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import type { LogsRaw, StreamRaw } from '../../src/model/rebuild/followed.ts';
import type { Sample } from '../../src/model/sample.ts';
import { newLogReader, readLog } from '../../src/parse/read-log.ts';
import { builder, client, daemon, environment, forest, worker } from '../support/forest-raw.ts';
import { bare, build, line, progress, result, say, stop } from '../support/rebuild-log.ts';

const workerPid = 200;
/** Outside of a sandbox: a name, no derivation. */
const named = (pid: number, ppid: number, uid = 30001) =>
  builder(pid, ppid, 'a', {
    uid,
    facts: { argv: ['bash', '-e', 'builder.sh'], rootMount: '/', environment: environment('a') },
  });
const idOf = (count: number, pid = workerPid) => count + pid * 2 ** 32;

function eventsOf(...documents: readonly object[]) {
  const text = documents.map((one) => `${JSON.stringify(one)}\n`).join('');
  return readLog(newLogReader, Buffer.from(text)).events;
}

const ofFile = (events: StreamRaw['events'], more: Partial<StreamRaw> = {}): StreamRaw => ({
  id: '/run/nix-log/log 1',
  origin: { kind: 'file', path: '/run/nix-log/log' },
  writers: 'many',
  events,
  ...more,
});

/** One Sample a second. */
function play(...ticks: readonly { readonly logs?: LogsRaw; readonly forest?: ReturnType<typeof forest> }[]) {
  let derived: DerivedSample | null = null;
  const models = ticks.map(({ logs, forest: processes }, index) => {
    const atMs = (index + 1) * 1000;
    derived = deriveSample(
      {
        version: 1,
        timeMs: atMs,
        monotonicMs: atMs,
        ...(logs && { logs: { ok: true, value: logs, atMs } }),
        ...(processes && { forest: { ok: true, value: { ...processes, treeAtMs: atMs }, atMs } }),
      },
      derived,
    );
    return derived.model;
  });
  return models;
}

const building = () => forest([daemon(), client(150), worker(workerPid, 150), named(300, workerPid)]);
const begun = () => ({
  streams: [ofFile(eventsOf(build(idOf(1), 'a'), result(idOf(1), 104, 'buildPhase')))],
});

test('a build has the phase that its log tells, and a rebuild the client whose worker writes it', () => {
  const [model] = play({ forest: building(), logs: begun() });
  expect(model?.builds).toMatchObject([
    { name: 'a', phase: 'buildPhase', log: { drv: expect.stringMatching(/-a\.drv$/), phaseSinceMs: 1000 } },
  ]);
  expect(model?.rebuilds).toMatchObject([{ client: { pid: 150 }, over: false, problem: null, lostBytes: 0 }]);
  expect(model?.builds[0]?.log?.rebuild).toBe(model?.rebuilds[0]?.id);
});

test('what neither stream nor process table changes stays the same object', () => {
  const [first, second, third] = play(
    { forest: building(), logs: begun() },
    {},
    { logs: { streams: [ofFile(eventsOf(line(idOf(1), 'x')))] } },
  );
  expect(second?.rebuilds).toBe(first?.rebuilds);
  expect(second?.builds).toBe(first?.builds);
  expect(third?.builds[0]).toMatchObject({ phase: 'buildPhase', log: { lines: 1, lastLineMs: 3000 } });
});

test('a client that is not there any more has ended its rebuild; the build is not said to be in its phase', () => {
  const nobody = forest([daemon()]);
  const [, soon, meanwhile, gone] = play(
    { forest: building(), logs: begun() },
    { forest: nobody },
    {},
    { forest: nobody },
  );
  // What it wrote last may still be on its way.
  expect(soon?.rebuilds).toMatchObject([{ client: null, over: false }]);
  expect(meanwhile?.rebuilds).toMatchObject([{ client: null, over: false }]);
  expect(gone?.rebuilds).toMatchObject([{ client: null, over: true }]);
  const orphaned = forest([daemon(), named(300, 100)]);
  const [, , left] = play({ forest: building(), logs: begun() }, { forest: orphaned }, { forest: orphaned });
  expect(left?.builds).toMatchObject([{ name: 'a', phase: null, log: null }]);
});

test('who had ended before we came is over at once', () => {
  const [model] = play({ forest: forest([daemon()]), logs: begun() });
  expect(model?.rebuilds).toMatchObject([{ client: null, over: true }]);
});

test('nobody is said to be gone before the process table was read', () => {
  const [model] = play({ logs: begun() });
  expect(model?.rebuilds).toMatchObject([{ client: null, over: false }]);
});

test('two builds of one name and no hash are told apart by their worker, or not at all', () => {
  const two = forest([
    daemon(),
    client(150),
    worker(workerPid, 150),
    named(300, workerPid),
    client(151),
    worker(201, 151),
    named(301, 201, 30002),
  ]);
  const logs = {
    streams: [
      ofFile(
        eventsOf(
          build(idOf(1), 'a'),
          result(idOf(1), 104, 'unpackPhase'),
          build(idOf(1, 201), 'a'),
          result(idOf(1, 201), 104, 'buildPhase'),
        ),
      ),
    ],
  };
  const [model] = play({ forest: two, logs });
  const phases = Object.fromEntries(model?.builds.map(({ pid, phase }) => [pid, phase]) ?? []);
  expect(phases).toEqual({ 300: 'unpackPhase', 301: 'buildPhase' });
});

test('problems and lost bytes of a stream are kept; others are not touched by them', () => {
  const problem = { kind: 'gone', where: '/run/nix-log/log' } as const;
  const models = play(
    { logs: begun() },
    { logs: { streams: [ofFile([], { problem, lostBytes: 7 })] } },
    { logs: { streams: [ofFile([], { lostBytes: 3 })] } },
    { logs: { streams: [{ ...ofFile(eventsOf(build(1, 'b'))), id: 'stdin', origin: { kind: 'stdin' } }] } },
  );
  expect(models.at(-1)?.rebuilds).toMatchObject([
    { problem, lostBytes: 10 },
    { problem: null, lostBytes: 0 },
  ]);
});

test('what a log held before it was followed is shown while it goes on, not as news of those who have ended', () => {
  const early = (pid: number) =>
    ofFile(eventsOf(build(idOf(1, pid), 'a'), result(idOf(1, pid), 104, 'buildPhase')), { early: true });
  const [gone] = play({ forest: forest([daemon()]), logs: { streams: [early(999)] } });
  expect(gone?.rebuilds).toEqual([]);
  const [there, goesOn] = play(
    { forest: building(), logs: { streams: [early(workerPid)] } },
    { logs: { streams: [ofFile(eventsOf(line(idOf(1), 'x')))] } },
  );
  expect(there?.rebuilds).toMatchObject([{ early: true, over: false }]);
  expect(there?.builds).toMatchObject([{ phase: 'buildPhase' }]);
  expect(goesOn?.rebuilds).toMatchObject([{ early: false, over: false }]);
  // A client that came and went between two looks is news.
  const [quick] = play({ forest: forest([daemon()]), logs: { streams: [ofFile(early(999).events)] } });
  expect(quick?.rebuilds).toMatchObject([{ over: true }]);
});

test('a build that a counter and the process table know to have ended is not counted as running', () => {
  const tree = idOf(1);
  const begin = [bare(tree, 104), build(idOf(2), 'a'), build(idOf(3), 'b')];
  const [, , , , model] = play(
    { forest: building(), logs: { streams: [ofFile(eventsOf(...begin))] } },
    {},
    {},
    {},
    { logs: { streams: [ofFile(eventsOf(progress(tree, 1, 2, 1, 0)))] }, forest: building() },
  );
  // `a` has its processes, so it was `b`.
  expect(model?.rebuilds).toMatchObject([{ endedUnsaid: 1, over: false }]);
  expect(model?.rebuilds[0]?.rebuild.running.size).toBe(2);
});

test('words of nobody in a log of many are no rebuild that goes on', () => {
  const events = eventsOf(say('error: cannot connect to socket', 0));
  const [model] = play({ forest: building(), logs: { streams: [ofFile(events)] } });
  expect(model?.rebuilds).toMatchObject([{ over: true, rebuild: { errors: [{}] } }]);
});

test('streams that are over are forgotten first', () => {
  const ended = eventsOf(bare(1, 104), build(2, 'a'), stop(2));
  const ticks = Array.from({ length: 40 }, (_, index) => ({
    logs: {
      streams: [
        {
          ...ofFile(
            index === 0 ? eventsOf(build(1, 'a')) : [...ended, { kind: 'end', exitCode: 0 } as const],
          ),
          id: `command ${index}`,
          writers: 'one' as const,
        },
      ],
    },
  }));
  const last = play(...ticks).at(-1);
  expect(last?.rebuilds).toHaveLength(32);
  expect(last?.rebuilds[0]?.id).toContain('command 0');
});

test('derivations are kept by path', () => {
  const drv = '/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-a.drv';
  const fact = { drv, inputs: [], pname: 'a', system: 'x86_64-linux' };
  const [first, second] = play({ logs: { streams: [], derivations: [fact] } }, { logs: begun() });
  expect(first?.derivations.get(drv)).toEqual(fact);
  expect(second?.derivations).toBe(first?.derivations);
});

test('pressure that is read between two looks is no look, unless something begins to be short', () => {
  let looks = 0;
  const usualSecOf = () => {
    looks += 1;
    return null;
  };
  let derived: DerivedSample | null = null;
  let atMs = 0;
  const read = (parts: Partial<Sample>) => {
    atMs += 500;
    derived = deriveSample({ version: 1, timeMs: atMs, monotonicMs: atMs, ...parts }, derived, undefined, {
      usualSecOf,
    });
    return derived.model;
  };
  const pressure = (percent: number): Partial<Sample> => {
    const line = { avg10: percent, avg60: percent, avg300: percent, totalUsec: 0 };
    const raw = { ok: true, value: { some: line, full: line } } as const;
    return { pressure: { ok: true, atMs, value: { cpu: raw, memory: raw, io: raw, irq: raw } } };
  };
  const seen = read({
    forest: { ok: true, atMs: 500, value: { ...building(), treeAtMs: 500 } },
    ...pressure(0),
  });
  expect(looks).toBe(1);
  const between = read(pressure(0.5));
  expect(looks).toBe(1);
  expect(between.pressure.memory.some?.avg10).toBe(0.5);
  expect(between.verdicts).toBe(seen.verdicts);
  expect(between.hypotheses).toBe(seen.hypotheses);
  expect(read(pressure(80)).shortages).not.toEqual([]);
  expect(looks).toBe(2);
});
