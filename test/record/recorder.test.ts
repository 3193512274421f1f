import { describe, expect, test } from 'vitest';
import { problem } from '../../src/base/problem.ts';
import type { RecordedEvent, RecorderStatus } from '../../src/model/past/recorded.ts';
import type { TrackPoint } from '../../src/model/past/track.ts';
import type { HostRaw, Sample } from '../../src/model/sample.ts';
import { longestRecordBytes } from '../../src/record/frame.ts';
import { defaultLimits } from '../../src/record/limits.ts';
import { mostValues } from '../../src/record/patch.ts';
import { longestBytes } from '../../src/record/read-chunk.ts';
import { createRecorder, type RecorderOptions } from '../../src/record/recorder.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRecordingFiles } from '../support/fake-recording-files.ts';
import { forest } from '../support/forest-raw.ts';
import { readWhole } from './segments.ts';

const directory = '/state/recordings';
const startMs = Date.UTC(2026, 10, 20, 13, 28, 1);

function start(over: Partial<RecorderOptions> = {}) {
  const clock = createFakeClock({ now: startMs, monotonic: 0 });
  const files = createFakeRecordingFiles(clock.now);
  const recorder = createRecorder({
    files,
    clock,
    directory,
    header: { writer: '1.2.3', hostName: 'box' },
    pid: 77,
    ...over,
  });
  return {
    clock,
    files,
    recorder,
    /** Resolves when it is so: compression comes back from a thread. */
    async until(so: (status: RecorderStatus) => boolean): Promise<void> {
      while (!so(recorder.status)) await new Promise((resolve) => setImmediate(resolve));
    },
    /** Records, and resolves when that is written or given up. */
    async take(n: number): Promise<void> {
      const { status } = recorder;
      recorder.sample(sampleAt(n), pointAt(n));
      while (recorder.status === status) await new Promise((resolve) => setImmediate(resolve));
    },
    names: () => Array.from(files.contents.keys(), (path) => path.slice(directory.length + 1)),
    read: () => readWhole(files, directory),
  };
}

/** A second apart; `n` is told by the memory that is free. */
function sampleAt(n: number, over: Partial<Sample> = {}): Sample {
  const atMs = n * 1000;
  return {
    version: 1,
    timeMs: startMs + atMs,
    monotonicMs: atMs,
    forest: { atMs, ok: true, value: forest([]) },
    cpu: { atMs, ok: false, problem: problem('denied', `cpu ${n}`) },
    ...over,
  };
}

function pointAt(n: number, ioSomePercent = n): TrackPoint {
  const timeMs = startMs + n * 1000;
  return { fromMs: timeMs, toMs: timeMs, max: { ioSomePercent }, builds: [] };
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);
const note = (text: string): RecordedEvent => ({ kind: 'note', timeMs: startMs, text });

test('samples and events are read back as they were', async () => {
  const { recorder, read, names } = start();
  const samples = numbers(5).map((n) => sampleAt(n));
  for (const [n, sample] of samples.entries()) {
    recorder.sample(sample, pointAt(n));
    recorder.event(note(`after ${n}`));
  }
  await recorder.close();
  expect(names()).toEqual(['20261120T132801000Z-77-1.nixpulse']);
  const whole = await read();
  expect(whole.samples).toEqual(samples);
  expect(whole.events).toEqual(numbers(5).map((n) => note(`after ${n}`)));
  expect(whole.damage).toEqual([]);
  expect(whole.chunks).toMatchObject([
    { point: { fromMs: startMs, toMs: startMs + 4000, max: { ioSomePercent: 4 } } },
  ]);
});

test('nothing to record, nothing on the disk', async () => {
  const { recorder, names } = start();
  await recorder.close();
  expect(names()).toEqual([]);
  expect(recorder.status.state).toBe('off');
});

test('a chunk ends after a minute, at a sample with builds; each can be read without those before', async () => {
  const { recorder, read } = start();
  const host: HostRaw = {
    name: 'box',
    kernel: null,
    system: null,
    cpuModel: null,
    cpus: 2,
    nixVersion: null,
    diskModels: {},
  };
  const withHost = { host: { atMs: 0, ok: true, value: host } } as const;
  const samples = numbers(150).map((n) =>
    sampleAt(n, n === 0 ? withHost : n === 60 ? { forest: undefined as never } : {}),
  );
  for (const [n, sample] of samples.entries()) recorder.sample(sample, pointAt(n));
  await recorder.close();
  const { chunks } = await read();
  expect(chunks.map((chunk) => chunk.samples.length)).toEqual([61, 60, 29]);
  expect(chunks.map((chunk) => chunk.samples[0]?.host)).toEqual([
    withHost.host,
    withHost.host,
    withHost.host,
  ]);
  expect(chunks.map((chunk) => chunk.samples[1]?.host)).toEqual([undefined, undefined, undefined]);
  expect(chunks.map(({ point }) => point.max.ioSomePercent)).toEqual([60, 120, 149]);
});

describe('what a chunk sums up has no hole in it', () => {
  const hour = 3_600_000;
  const cases: [string, (n: number) => Partial<Sample>, number[]][] = [
    ['after a suspend', (n) => at(n, n < 20 ? 0 : 8 * hour, 0), [20, 20]],
    ['after Ctrl-Z', (n) => at(n, n < 20 ? 0 : hour, n < 20 ? 0 : hour), [20, 20]],
    ['after the clock was set back', (n) => at(n, n < 20 ? 0 : -hour, 0), [20, 20]],
    ['not for a correction of the clock', (n) => at(n, n < 20 ? 0 : -3000, 0), [40]],
    ['not where all samples are far apart', (n) => at(n, 20_000 * n, 20_000 * n), [1, 30, 9]],
  ];
  function at(n: number, wallMs: number, monotonicMs: number): Partial<Sample> {
    return { timeMs: startMs + n * 1000 + wallMs, monotonicMs: n * 1000 + monotonicMs };
  }

  test.each(cases)('%s', async (_, over, expected) => {
    const { recorder, read } = start();
    for (const n of numbers(40)) {
      const sample = sampleAt(n, over(n));
      recorder.sample(sample, { ...pointAt(n), fromMs: sample.timeMs, toMs: sample.timeMs });
    }
    await recorder.close();
    const { chunks } = await read();
    expect(chunks.map(({ samples }) => samples.length)).toEqual(expected);
  });
});

test('a file that was removed while it was written: the next minute goes into a new one', async () => {
  const { recorder, files, take, names, read } = start();
  for (const n of numbers(50)) await take(n);
  files.contents.clear();
  for (const n of numbers(30, 50)) await take(n);
  expect(names()).toHaveLength(1);
  await recorder.close();
  const { samples, damage } = await read();
  expect([samples, damage]).toEqual([numbers(20, 60).map((n) => sampleAt(n)), []]);
});

test('a chunk has a bounded number of samples however fast they come', async () => {
  const { recorder, read } = start({ limits: { chunkSamples: 10 } });
  for (const n of numbers(25)) recorder.sample(sampleAt(n / 1000), pointAt(n));
  await recorder.close();
  expect((await read()).chunks.map((chunk) => chunk.samples.length)).toEqual([10, 10, 5]);
});

describe('a chunk is never more than a reader takes', () => {
  test('of bytes', async () => {
    expect(defaultLimits.chunkBytes + longestRecordBytes).toBeLessThan(longestBytes / 2);
    const { recorder, read } = start({ limits: { chunkBytes: 4000 } });
    const samples = numbers(9).map((n) =>
      sampleAt(n, { cpu: { atMs: n, ok: false, problem: problem('denied', `${n}`.repeat(1500)) } }),
    );
    for (const [n, sample] of samples.entries()) recorder.sample(sample, pointAt(n));
    await recorder.close();
    const whole = await read();
    expect(whole.samples).toEqual(samples);
    expect(whole.chunks.map((chunk) => chunk.samples.length)).toEqual([3, 3, 3]);
  });

  test('of fields and items: a long list of which a little changes with every sample', async () => {
    expect(defaultLimits.chunkValues).toBeLessThan(mostValues / 2);
    const { recorder, read } = start({ limits: { chunkValues: 4_000_000 } });
    const list = Array.from({ length: 100_000 }, () => 0);
    const samples = numbers(200).map((n) => ({ ...sampleAt(n / 1000), list: list.with(0, n) }));
    for (const [n, sample] of samples.entries()) recorder.sample(sample, pointAt(n / 1000));
    await recorder.close();
    const { damage, ...whole } = await read();
    expect(damage).toEqual([]);
    expect(whole.samples).toHaveLength(samples.length);
    expect(whole.chunks.map((chunk) => chunk.samples.length)).toEqual([40, 40, 40, 40, 40]);
  });
});

test.each([
  ['by size', { segmentBytes: 1500 }, 0],
  ['by age', { segmentMs: 20_000 }, 1000],
])('segments end %s, each complete', async (_, limits, stepMs) => {
  const { recorder, read, names, clock, take } = start({ limits: { chunkSamples: 5, ...limits } });
  for (const n of numbers(60)) {
    await take(n);
    clock.advance(stepMs);
  }
  await recorder.close();
  expect(names().length).toBeGreaterThan(2);
  const whole = await read();
  expect(whole.samples).toEqual(numbers(60).map((n) => sampleAt(n)));
  expect(whole.damage).toEqual([]);
});

test('a name that is taken is left alone', async () => {
  const { recorder, files, names } = start();
  const taken = `${directory}/20261120T132801000Z-77-1.nixpulse`;
  files.contents.set(taken, new Uint8Array([1, 2, 3]));
  recorder.sample(sampleAt(0), pointAt(0));
  await recorder.close();
  expect(names()).toHaveLength(2);
  expect(files.contents.get(taken)).toEqual(new Uint8Array([1, 2, 3]));
});

describe('a disk that does not keep up', () => {
  const limits = { queueItems: 10 };

  test('samples are dropped, counted and told; what follows is read back after a gap', async () => {
    const { recorder, files, read, take, until } = start({ limits });
    await take(0);
    const unblock = files.block();
    for (const n of numbers(30, 1)) recorder.sample(sampleAt(n), pointAt(n));
    expect(recorder.status).toMatchObject({ state: 'recording', dropped: 20, behind: true });
    unblock();
    await until(({ behind }) => !behind);
    expect(recorder.status).toMatchObject({ state: 'recording', dropped: 20 });
    for (const n of numbers(3, 31)) recorder.sample(sampleAt(n), pointAt(n));
    await recorder.close();
    const whole = await read();
    expect(whole.samples).toEqual([...numbers(11), ...numbers(3, 31)].map((n) => sampleAt(n)));
    expect(whole.chunks.map((chunk) => chunk.samples.length)).toEqual([11, 3]);
    expect(whole.events).toEqual([
      {
        kind: 'gap',
        timeMs: startMs + 30_000,
        fromMs: startMs + 11_000,
        samples: 20,
        why: 'disk too slow',
      },
    ]);
    expect(whole.damage).toEqual([]);
  });

  test('bounded by bytes too', async () => {
    const { recorder, files } = start({ limits: { queueBytes: 20_000 } });
    files.block();
    const large = (n: number) =>
      sampleAt(n, { cpu: { atMs: n, ok: false, problem: problem('denied', `${n}`.repeat(5000)) } });
    for (const n of numbers(20, 10)) recorder.sample(large(n), pointAt(n));
    expect(recorder.status.dropped).toBeGreaterThan(15);
  });

  test('a gap that is open at the end is recorded', async () => {
    const { recorder, files, read } = start({ limits });
    const unblock = files.block();
    for (const n of numbers(15)) recorder.sample(sampleAt(n), pointAt(n));
    const closed = recorder.close();
    unblock();
    await closed;
    expect((await read()).events).toMatchObject([{ kind: 'gap', samples: 5 }]);
  });

  test('what was read once is not lost with a sample that is dropped', async () => {
    const { recorder, files, read, until } = start({ limits });
    const unblock = files.block();
    const storage = { atMs: 14_000, ok: true, value: { filesystems: [], devices: [] } } as const;
    for (const n of numbers(15)) recorder.sample(sampleAt(n, n === 14 ? { storage } : {}), pointAt(n));
    unblock();
    await until(({ behind }) => !behind);
    recorder.sample(sampleAt(15), pointAt(15));
    await recorder.close();
    expect((await read()).samples.at(-1)?.storage).toEqual(storage);
  });

  test('actions and alerts still find room, but not without end: what is dropped is counted', async () => {
    const { recorder, files, read } = start({ limits });
    recorder.sample(sampleAt(0), pointAt(0));
    const unblock = files.block();
    const event = (n: number): RecordedEvent => ({ kind: 'note', timeMs: startMs + n, text: `${n}` });
    for (const n of numbers(5000)) recorder.event(event(n));
    recorder.sample(sampleAt(5), pointAt(5));
    expect(recorder.status).toMatchObject({ dropped: 1, droppedEvents: 5000 - 1024, behind: true });
    unblock();
    await recorder.close();
    const { events } = await read();
    expect(events.filter(({ kind }) => kind === 'note')).toEqual(numbers(1024).map(event));
    expect(events.filter(({ kind }) => kind === 'gap')).toEqual([
      {
        kind: 'gap',
        timeMs: startMs + 5000,
        fromMs: startMs + 1024,
        samples: 1,
        events: 5000 - 1024,
        why: 'disk too slow',
      },
    ]);
  });
});

test('what no record holds is left out and told as that; the disk is not to blame', async () => {
  const { recorder, read } = start();
  const told: boolean[] = [];
  recorder.onStatus(({ behind }) => told.push(behind));
  const endless = { kind: 'gone', where: 'x'.repeat(5 << 20) } as const;
  for (const n of numbers(6)) {
    const isLong = n === 2 || n === 3;
    const long: Partial<Sample> = { cpu: { atMs: n, ok: false, problem: endless } };
    recorder.sample(sampleAt(n, isLong ? long : {}), pointAt(n));
  }
  recorder.event(note(endless.where));
  recorder.event(note('short'));
  expect(recorder.status).toMatchObject({
    dropped: 0,
    droppedEvents: 0,
    tooLong: 2,
    tooLongEvents: 1,
    behind: false,
  });
  await recorder.close();
  const { samples, events, damage } = await read();
  expect(samples).toEqual([0, 1, 4, 5].map((n) => sampleAt(n)));
  const gap = { kind: 'gap', why: 'too long' };
  expect(events.toSorted((a, b) => a.timeMs - b.timeMs)).toEqual([
    { ...gap, timeMs: startMs, fromMs: startMs, samples: 0, events: 1 },
    note('short'),
    { ...gap, timeMs: startMs + 2000, fromMs: startMs + 2000, samples: 1 },
    { ...gap, timeMs: startMs + 3000, fromMs: startMs + 3000, samples: 1 },
  ]);
  expect(damage).toEqual([]);
  expect(told).not.toContain(true);
});

describe('a disk that is full or fails', () => {
  test('recording stops with one line; what was written stays whole', async () => {
    const { recorder, files, read, take } = start();
    const told: RecorderStatus[] = [];
    recorder.onStatus((status) => told.push(status));
    for (const n of numbers(5)) await take(n);
    files.room = 20;
    for (const n of numbers(4, 6)) recorder.sample(sampleAt(n), pointAt(n));
    await take(5);
    expect(recorder.status).toMatchObject({
      state: 'stopped',
      reason: 'not recording: no space left in /state/recordings: make room, then start again',
    });
    expect(told.at(-1)).toBe(recorder.status);
    files.room = Number.POSITIVE_INFINITY;
    const size = () => Array.from(files.contents.values(), (bytes) => bytes.length);
    const before = size();
    recorder.sample(sampleAt(10), pointAt(10));
    recorder.event(note('too late'));
    await recorder.close();
    expect(size()).toEqual(before);
    expect((await read()).samples).toEqual(numbers(5).map((n) => sampleAt(n)));
  });

  test.each([
    [problem('denied', '/x', 'ENOSPC'), 'no space left in /state/recordings'],
    [problem('denied', '/x', 'EDQUOT'), 'your quota is used up in /state/recordings'],
    [problem('denied', '/x', 'EROFS'), '/state/recordings is on a read-only file system'],
    [problem('denied', '/x'), 'may not write in /state/recordings'],
    [problem('malformed', '/x', 'EIO'), 'the disk fails (EIO) at /state/recordings'],
    [problem('gone', '/x'), '/x: gone'],
    [problem('malformed', '/x', 'EUCLEAN: structure needs cleaning'), '/x: EUCLEAN'],
  ])('%o', async (failure, text) => {
    const { recorder, files, names } = start();
    files.failure = failure;
    recorder.sample(sampleAt(0), pointAt(0));
    await recorder.close();
    expect(recorder.status.state).toBe('stopped');
    expect(recorder.status.reason).toMatch(/^not recording: [^\n]+$/);
    expect(recorder.status.reason).toContain(text);
    expect(names()).toEqual([]);
  });

  test('a sync that fails ends it too', async () => {
    const { recorder, files, clock, take } = start({ limits: { syncMs: 10_000 } });
    const create = files.create.bind(files);
    files.create = async (path) => {
      const created = await create(path);
      const failed = { ok: false, problem: problem('malformed', path, 'EIO') } as const;
      return created.ok ? { ...created, value: { ...created.value, sync: async () => failed } } : created;
    };
    for (const n of numbers(12)) {
      await take(n);
      clock.advance(1000);
    }
    expect(recorder.status).toMatchObject({ state: 'stopped', reason: expect.stringContaining('EIO') });
  });
});

test.each([
  { syncMs: 10_000, syncs: 3 },
  { syncMs: 1000, syncs: 34 },
])('what is written reaches the disk every $syncMs ms', async ({ syncMs, syncs }) => {
  const { files, clock, take } = start({ limits: { syncMs } });
  for (const n of numbers(35)) {
    await take(n);
    clock.advance(1000);
  }
  expect(files.syncs).toBe(syncs);
});

test('a sync that takes its time does not put off the next', async () => {
  const { files, clock, take } = start();
  const { create } = files;
  let syncs = 0;
  files.create = async (path) => {
    const created = await create(path);
    if (!created.ok) return created;
    const sync = async () => {
      syncs += 1;
      await new Promise<void>((resolve) => clock.after(300, resolve));
      return created.value.sync();
    };
    return { ...created, value: { ...created.value, sync } };
  };
  for (const n of numbers(20)) {
    await take(n);
    // Some come a moment early.
    clock.advance(n % 3 === 1 ? 990 : 1005);
  }
  // All but the first, and the first that was early.
  expect(syncs).toBe(18);
});

test('the last second and the index reach the disk when it is closed', async () => {
  const { files, recorder, take } = start();
  await take(0);
  const [path = ''] = files.contents.keys();
  const before = files.syncedBytes.get(path);
  expect(before).toBeUndefined();
  await recorder.close();
  expect(files.syncedBytes.get(path)).toBe(files.contents.get(path)?.length);
});

test('so many events that no index holds them: it is closed without one, and read whole', async () => {
  const { recorder, read, take } = start();
  await take(0);
  const events = numbers(5).map((n) => note(`${n}`.repeat(2_000_000)));
  for (const event of events) recorder.event(event);
  await recorder.close();
  expect(recorder.status.state).toBe('off');
  const { samples, damage, ...whole } = await read();
  expect([samples, damage]).toEqual([[sampleAt(0)], []]);
  expect(whole.events.map((event) => event.kind === 'note' && event.text.length)).toEqual(
    events.map(() => 2_000_000),
  );
});

test('what breaks when it is closed is told as an end, not thrown', async () => {
  const { recorder, files, take } = start();
  const { create } = files;
  files.create = async (path) => {
    const created = await create(path);
    const close = () => Promise.reject(new Error('out of memory'));
    return created.ok ? { ...created, value: { ...created.value, close } } : created;
  };
  await take(0);
  await recorder.close();
  expect(recorder.status).toMatchObject({
    state: 'stopped',
    reason: expect.stringContaining('out of memory'),
  });
});

test.each([1, 3, 6])('what cannot be encoded ends it in the midst of a write (%i)', async (turns) => {
  const { recorder, files } = start({ limits: { chunkSamples: 3, segmentBytes: 1 } });
  let open = 0;
  const { create } = files;
  files.create = async (path) => {
    const created = await create(path);
    if (!created.ok) return created;
    open += 1;
    const close = async () => {
      open -= 1;
      return created.value.close();
    };
    return { ...created, value: { ...created.value, close } };
  };
  let told = 0;
  recorder.onStatus(({ state }) => {
    if (state === 'stopped') told += 1;
  });
  for (const n of numbers(20)) recorder.sample(sampleAt(n), pointAt(n));
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  recorder.sample(sampleAt(20, { cpu: 1n as never }), pointAt(20));
  await recorder.close();
  expect(recorder.status).toMatchObject({
    state: 'stopped',
    reason: expect.stringMatching(/^not recording: /),
  });
  expect(recorder.status.reason).not.toContain('--dir');
  await new Promise((resolve) => setImmediate(resolve));
  expect([told, open]).toEqual([1, 0]);
});
