/** What of streams goes into a recording: lines bounded, floods as what they lead to, processes in any case. */
import { describe, expect, test } from 'vitest';
import { problem } from '../../src/base/problem.ts';
import { createStreamBuffer } from '../../src/followers/stream-buffer.ts';
import { followStreams, noStreams, type Streams } from '../../src/logs/streams.ts';
import { totalsOf } from '../../src/logs/totals.ts';
import type { Model } from '../../src/model/model.ts';
import type { LogsRaw, StreamRaw } from '../../src/model/rebuild/followed.ts';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import type { Sample } from '../../src/model/sample.ts';
import { modelsOf } from '../../src/modes/replay/moments.ts';
import { defaultLimits } from '../../src/record/limits.ts';
import { createLogsRecorder } from '../../src/record/recorded-logs.ts';
import { weightOf } from '../../src/record/weight.ts';
import { apart, directory, recordLive, withStream } from '../support/followed-recording.ts';
import { pathOf } from '../support/large-log.ts';
import { timedRebuild } from '../support/timed-rebuild.ts';
import { busyMachine } from './busy-machine.ts';
import { readWhole } from './segments.ts';

const stdin = { id: 'stdin', origin: { kind: 'stdin' as const }, writers: 'one' as const };
const start = (id: number, drv = `/nix/store/${id}.drv`): LogEvent => ({
  kind: 'start',
  id: `${id}`,
  parent: null,
  activity: { type: 'build', drv, host: null },
  level: 3,
  text: '',
});
const linesOf = (id: number, count: number, of = (i: number) => `line ${i}`): LogEvent => ({
  kind: 'lines',
  id: `${id}`,
  from: 'build',
  lines: Array.from({ length: count }, (_, i) => of(i)),
  count,
});

/** Samples a second apart, as the watcher gives them. */
function recorder() {
  const logs = createLogsRecorder();
  let live: Streams = noStreams;
  let second = 0;
  return {
    logs,
    get live() {
      return live;
    },
    later(seconds: number) {
      second += seconds;
    },
    take(
      events: readonly LogEvent[],
      { begins = false, of = stdin }: { begins?: boolean; of?: typeof stdin } = {},
    ) {
      second += 1;
      const atMs = second * 1000;
      const raw: LogsRaw = { streams: [{ ...of, events }] };
      const before = live;
      if (events.length > 0) live = followStreams(live, raw, atMs);
      const sample: Sample = {
        version: 1,
        timeMs: atMs,
        monotonicMs: atMs,
        ...(events.length > 0 && { logs: { ok: true, value: raw, atMs } }),
      };
      const taken = logs.take(sample, { before, after: live }, begins);
      const value = taken.logs?.ok ? taken.logs.value : null;
      return { taken: value, stream: value?.streams[0] as StreamRaw, sample, same: taken === sample };
    },
  };
}

describe('lines', () => {
  test('the last ones of each build and tick, counted', () => {
    const { take } = recorder();
    const { stream } = take([start(1), start(2), linesOf(1, 150), linesOf(2, 3)]);
    const [, , many, few] = stream.events as readonly Extract<LogEvent, { kind: 'lines' }>[];
    expect([many?.lines.length, many?.lines.at(-1), many?.count]).toEqual([20, 'line 149', 150]);
    expect([few?.lines.length, few?.count]).toEqual([3, 3]);
    expect(stream.leftOut).toEqual({ lines: 130 });
  });

  test('of a build that stops more, for it may have failed', () => {
    const { take } = recorder();
    const { stream } = take([start(1), linesOf(1, 150), { kind: 'stop', id: '1' }]);
    expect(stream.events[1]).toMatchObject({ count: 150, lines: { length: 100 } });
  });

  test('of many builds fewer, and long ones cut', () => {
    const { take } = recorder();
    const ids = Array.from({ length: 60 }, (_, i) => i);
    const { stream } = take([
      ...ids.map((id) => start(id)),
      ...ids.map((id) => linesOf(id, 50, () => 'x'.repeat(900))),
    ]);
    const lines = stream.events.flatMap((event) => (event.kind === 'lines' ? event.lines : []));
    expect(lines.join('').length).toBeLessThan(16_384);
    const { stream: alone } = take([linesOf(1, 1, () => 'x'.repeat(900))]);
    expect(alone.events).toMatchObject([{ lines: [`${'x'.repeat(500)}…`] }]);
  });

  test('what is shown last stays without a hole: lines before one that is missing go', () => {
    const { take } = recorder();
    let replayed = noStreams;
    for (const count of [5, 10, 40, 7]) {
      const { taken, sample } = take([
        ...(count === 5 ? [start(1)] : []),
        linesOf(1, count, (i) => `${count} ${i}`),
      ]);
      replayed = followStreams(replayed, taken as LogsRaw, sample.timeMs);
    }
    const build = replayed.rebuilds[0]?.rebuild.running.values().next().value;
    expect(build?.lines).toBe(62);
    expect(build?.tail).toHaveLength(27);
    expect([build?.tail[0], build?.tail.at(-1)]).toEqual(['40 20', '7 6']);
  });

  test('few are as they are, in the same Sample', () => {
    const { take } = recorder();
    const { stream, sample } = take([start(1), linesOf(1, 20)]);
    expect(stream.events).toEqual(sample.logs?.ok ? sample.logs.value.streams[0]?.events : null);
    expect(stream.leftOut).toBeUndefined();
    expect(take([]).same).toBe(true);
  });
});

describe('where a recording is entered', () => {
  test('a chunk that begins knows what was before it; of nothing there is nothing', () => {
    const one = recorder();
    expect(one.take([], { begins: true }).same).toBe(true);
    expect(one.take([start(1)], { begins: true }).taken).not.toHaveProperty('before');
    one.take([start(2)]);
    const known = one.live;
    const { taken, stream } = one.take([start(3)], { begins: true });
    expect(taken?.before).toBe('here');
    expect(stream.checkpoint).toBeDefined();
    const entered = followStreams(noStreams, taken as LogsRaw, 4000);
    expect(apart(entered.rebuilds)).toEqual(apart(one.live.rebuilds));
    // Whoever was there does not take it for something new.
    expect(apart(followStreams(known, taken as LogsRaw, 4000).rebuilds)).toEqual(apart(one.live.rebuilds));
  });

  test('the more is known the more seldom, at last every ten minutes', () => {
    for (const [planned, minutes] of [
      [100, 1],
      [1200, 3],
      [9000, 10],
      [40_000, 10],
    ] as const) {
      const one = recorder();
      const paths = Array.from({ length: planned }, (_, i) => `${pathOf(i)}.drv`);
      for (let from = 0; from < planned; from += 3000)
        one.take([
          { kind: 'plan', list: 'builds', downloadBytes: null, unpackedBytes: null },
          { kind: 'planned', paths: paths.slice(from, from + 3000) },
        ]);
      const all = Array.from({ length: 31 }, () => {
        one.later(59);
        return one.take([], { begins: true }).taken?.before;
      });
      const here = all.flatMap((before, i) => (before === 'here' ? i : []));
      expect(here.slice(0, 3)).toEqual([0, minutes, 2 * minutes]);
      expect(new Set(all)).toEqual(new Set(minutes === 1 ? ['here'] : ['here', 'earlier']));
    }
  });

  test('a stream that is over is known for a quarter of an hour, one that failed for good', () => {
    for (const fails of [false, true]) {
      const one = recorder();
      const failure: LogEvent[] = fails
        ? [
            {
              kind: 'ended',
              id: '1',
              drv: '/nix/store/1.drv',
              success: false,
              status: 'x',
              text: null,
              cpuUsec: null,
            },
          ]
        : [];
      one.take([start(1), ...failure, { kind: 'stop', id: '1' }, { kind: 'end', exitCode: fails ? 1 : 0 }]);
      one.later(14 * 60);
      expect(one.take([], { begins: true }).taken?.before).toBe('here');
      one.later(120);
      expect(one.take([], { begins: true }).taken?.before).toBe(fails ? 'here' : undefined);
    }
  });

  test('of many clients those that are not heard any more are left out, but for what runs or failed', () => {
    const idOf = (pid: number) => pid * 2 ** 32 + 1;
    const file = { id: '/log', origin: { kind: 'file' as const, path: '/log' }, writers: 'many' as const };
    const stops = (pid: number): LogEvent => ({ kind: 'stop', id: `${idOf(pid)}` });
    const hash = { kind: 'hash-mismatch' as const, id: `${idOf(3)}`, drv: null, specified: 'a', got: 'b' };
    const events = [start(idOf(1)), stops(1), start(idOf(2)), start(idOf(3)), hash, stops(3)];
    const live = followStreams(noStreams, { streams: [{ ...file, events }] }, 1000);
    expect(live.rebuilds.map(({ rebuild }) => rebuild.key)).toEqual(['1', '2', '3']);
    for (const [minutes, keys] of [
      [10, ['1', '2', '3']],
      [20, ['2', '3']],
    ] as const) {
      const atMs = 1000 + minutes * 60_000;
      const sample: Sample = { version: 1, timeMs: atMs, monotonicMs: atMs };
      const { logs } = createLogsRecorder().take(sample, { before: live, after: live }, true);
      const { rebuilds } = followStreams(noStreams, logs?.ok ? logs.value : { streams: [] }, atMs);
      expect(rebuilds.map(({ rebuild }) => rebuild.key)).toEqual(keys);
    }
  });

  test('its problem and what was lost are known too, and counted once', () => {
    const raw: StreamRaw = {
      ...stdin,
      events: [start(1)],
      lostBytes: 70,
      problem: problem('gone', '/x', 'replaced'),
    };
    const live = followStreams(noStreams, { streams: [raw] }, 1000);
    const sample: Sample = { version: 1, timeMs: 2000, monotonicMs: 2000 };
    const { logs } = createLogsRecorder().take(sample, { before: live, after: live }, true);
    const value = logs?.ok ? logs.value : ({} as LogsRaw);
    for (const from of [noStreams, live])
      expect(followStreams(from, value, 2000).rebuilds).toMatchObject([
        { lostBytes: 70, problem: raw.problem },
      ]);
  });
});

describe('what was not recorded', () => {
  test('stands in the result of the next Sample, whether it begins a chunk or brings anything', () => {
    for (const begins of [false, true]) {
      const one = recorder();
      const { taken: first } = one.take([start(1), linesOf(1, 4)]);
      one.logs.missed();
      one.take([start(2)]);
      const replayed = followStreams(noStreams, first as LogsRaw, 1000);
      one.logs.missed();
      const { taken, stream, sample } = one.take([], { begins });
      expect(stream.becomes).toBeDefined();
      expect(apart(followStreams(replayed, taken as LogsRaw, sample.timeMs).rebuilds)).toEqual(
        apart(one.live.rebuilds),
      );
      const { stream: next } = one.take([start(3)]);
      expect(next).not.toHaveProperty('becomes');
    }
  });

  test('is noticed where streams went on without it, and only there', () => {
    const logs = createLogsRecorder();
    const [one, two] = [1, 2].map((id) =>
      followStreams(noStreams, { streams: [{ ...stdin, events: [start(id)] }] }, id),
    );
    const at = (before: Streams, after: Streams) => {
      const taken = logs.take({ version: 1, timeMs: 9, monotonicMs: 9 }, { before, after }, false).logs;
      return taken?.ok ? taken.value.streams.map(({ becomes }) => becomes !== undefined) : null;
    };
    expect([at(noStreams, one as Streams), at(one as Streams, one as Streams)]).toEqual([null, null]);
    expect([at(two as Streams, two as Streams), at(two as Streams, two as Streams)]).toEqual([[true], null]);
  });

  test('a flood: what it leads to at once, then every ten seconds, and in between how much it was', () => {
    const one = recorder();
    const flood = (from: number) =>
      Array.from(
        { length: 8000 },
        (_, i): LogEvent => ({ kind: 'status', id: `${from + i}`, text: 'x'.repeat(60) }),
      );
    const seen = Array.from({ length: 25 }, (_, second) => {
      const { taken, stream, sample } = one.take([start(second), ...flood(second)]);
      expect(weightOf(taken, Number.POSITIVE_INFINITY)).toBeLessThan(100_000);
      expect(stream.events).toEqual([]);
      expect(stream.leftOut).toEqual({ events: 8001 });
      if (stream.becomes !== undefined)
        expect(followStreams(noStreams, taken as LogsRaw, sample.timeMs).rebuilds).toMatchObject([
          { rebuild: { running: { size: second + 1 } } },
        ]);
      return stream.becomes !== undefined;
    });
    expect(seen.flatMap((becomes, second) => (becomes ? second : []))).toEqual([0, 10, 20]);
    // It goes on quietly: the result comes when it is due, then events again.
    const quiet = Array.from({ length: 8 }, (_, i) => one.take([linesOf(1, 1 + i)]).stream);
    expect(quiet.map(({ becomes, events }) => [becomes !== undefined, events.length])).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i === 5, i > 5 ? 1 : 0]),
    );
  });

  test('a state that no record holds is counted as one, and not tried at each tick', () => {
    const one = recorder();
    for (let i = 0; i < 200; i++) one.take([start(i, `/nix/store/${i}-${'x'.repeat(50_000)}.drv`)]);
    one.logs.missed();
    expect(one.take([linesOf(1, 1)]).stream).toMatchObject({
      events: [],
      leftOut: { events: 1, checkpoints: 1 },
    });
    expect(one.take([linesOf(1, 1)]).stream).toEqual({ ...stdin, events: [], leftOut: { events: 1 } });
  });
});

/** Two Samples a second, with 200 processes. */
function* machineSeconds(seconds: number): Generator<Sample> {
  const machine = busyMachine(9, 1_000_000);
  for (let i = 0; i < 2 * seconds; i++) yield machine.next().value;
}
const withoutLogs = ({ logs: _, ...sample }: Sample): Sample => sample;

test('a stream of 10 MB a minute costs no process data: nothing is dropped, chunks and queue keep their bounds', async () => {
  const pieces = timedRebuild(2, {
    builds: 40_000,
    fetches: 3000,
    jobs: 60,
    linesPerSec: 25,
    longestSec: 20,
  });
  let bytes = 0;
  let most = 0;
  function* counted() {
    for (const piece of pieces) {
      bytes += piece.length;
      yield piece;
    }
  }
  const seconds = 90;
  const samples = [...withStream(machineSeconds(seconds), counted())];
  const { queueBytes, queueItems } = defaultLimits;
  const { files } = await recordLive(samples, { queueBytes, queueItems }, (disk) => {
    most = Math.max(most, ...Array.from(disk.contents.values(), ({ length }) => length));
    return 'is waited for';
  });
  expect(bytes / (seconds / 60)).toBeGreaterThan(10e6);
  const whole = await readWhole(files, directory);
  expect(whole.damage).toEqual([]);
  expect(whole.events.filter(({ kind }) => kind === 'gap')).toEqual([]);
  expect(whole.samples.map(withoutLogs)).toEqual(samples.map(withoutLogs));
  // Of 60 builds: the size of an hour stays below a tenth of what is kept.
  expect(most * (3600 / seconds)).toBeLessThan(defaultLimits.totalBytes / 4);
});

test('the oldest go while a stream is followed; what is left is entered where it begins', async () => {
  const samples = withStream(
    machineSeconds(600),
    timedRebuild(2, { builds: 300, fetches: 50, jobs: 10, linesPerSec: 5, longestSec: 50 }),
  );
  const limits = { segmentBytes: 60_000, totalBytes: 300_000 };
  const { files, recording, live } = await recordLive(samples, limits, () => 'is waited for');
  const total = [...files.contents.values()].reduce((sum, { length }) => sum + length, 0);
  expect(total).toBeLessThan(limits.totalBytes + 2 * limits.segmentBytes);
  const [first] = recording.chunks;
  expect(first?.point.fromMs).toBeGreaterThan(live[200]?.timeMs ?? 0);
  for await (const { timeMs, rebuilds } of modelsOf(recording)) {
    const then = live.find((model) => model.timeMs === timeMs);
    expect(rebuilds.map(({ rebuild }) => totalsOf(rebuild))).toEqual(
      then?.rebuilds.map(({ rebuild }) => totalsOf(rebuild)),
    );
  }
});

test('a buffer of a follower whose bytes were lost: recorded and replayed', async () => {
  const buffer = createStreamBuffer(stdin);
  buffer.lost(12);
  buffer.fail(problem('denied', '/x'));
  const taken = buffer.take();
  const samples: Sample[] = [1000, 2000].map((atMs) => ({
    version: 1,
    timeMs: atMs,
    monotonicMs: atMs,
    ...(atMs === 1000 &&
      taken && { logs: { ok: true, value: { streams: [{ ...taken, events: [start(1)] }] }, atMs } }),
  }));
  const { recording, live } = await recordLive(samples);
  const replayed: Model['rebuilds'][] = [];
  for await (const { rebuilds } of modelsOf(recording)) replayed.push(rebuilds);
  expect(replayed).toEqual(live.map(({ rebuilds }) => rebuilds));
});
