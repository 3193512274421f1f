/** Files made to hurt: nothing crashes, nothing is made without bound, nothing wrong is taken as right. */
import { constants, createZstdCompress } from 'node:zlib';
import { encode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import type { Sample } from '../../src/model/sample.ts';
import { encodeBody } from '../../src/record/bodies.ts';
import { createDecoder } from '../../src/record/decode.ts';
import { deriveRecorded } from '../../src/record/derive-recorded.ts';
import type { ChunkSummary } from '../../src/record/format.ts';
import {
  createFramer,
  frameRecord,
  frameTrailer,
  longestRecordBytes,
  segmentMagic,
} from '../../src/record/frame.ts';
import { endOfValue } from '../../src/record/message-pack.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import type { Packed } from '../../src/record/packed.ts';
import { createUnpacker, Malformed } from '../../src/record/patch.ts';
import { type Scanned, scanFrom, scanRecords } from '../../src/record/scan.ts';
import { createFakeRecordingFiles } from '../support/fake-recording-files.ts';
import { createRandom } from './random.ts';
import { header, path, pointOf, sampleAt, smallRecording, startMs } from './small-recording.ts';

async function open(bytes: Uint8Array) {
  const files = createFakeRecordingFiles();
  files.contents.set(path, bytes);
  return openRecording(files, path);
}

async function readAll(bytes: Uint8Array) {
  const opened = await open(bytes);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  const samples = [];
  for (const { load } of opened.value.chunks) samples.push(...(await load()));
  return { samples, damage: opened.value.damage };
}

const join = (...pieces: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(pieces));
const headed = (...records: readonly Uint8Array[]) =>
  join(segmentMagic, frameRecord('header', encodeBody(header)), ...records);

function compress(body: Uint8Array): Promise<Uint8Array> {
  const stream = createZstdCompress();
  const pieces: Uint8Array[] = [];
  stream.on('data', (piece: Uint8Array) => pieces.push(piece));
  return new Promise((resolve) => {
    stream.write(body);
    stream.flush(constants.ZSTD_e_flush, () => {
      stream.read();
      stream.destroy();
      resolve(Buffer.concat(pieces));
    });
  });
}

/** A chunk whose only sample says this, with a summary that promises the best. */
async function chunkSaying(body: Uint8Array): Promise<Uint8Array> {
  const head = headed();
  const summary: ChunkSummary = { offset: head.length, samples: 1, point: pointOf([sampleAt(0)]) };
  return join(head, frameRecord('key', await compress(body)), frameRecord('chunk', encodeBody(summary)));
}

describe('what a chunk says', () => {
  const depth = 5000;
  const rows: readonly (readonly [string, Uint8Array])[] = [
    ['64 MiB and more of nothing', new Uint8Array((64 << 20) + 1)],
    ['an array of 4 G', Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['a text of 4 G', Uint8Array.of(0xdb, 0xff, 0xff, 0xff, 0xff)],
    ['arrays in arrays', join(new Uint8Array(depth).fill(0x91), Uint8Array.of(0xc0))],
    ['arrays of claims', Uint8Array.from({ length: depth }, (_, i) => [0xdd, 0, 0, 0x13, 0x88][i % 5] ?? 0)],
    ['a map', encode({ version: 1 })],
    ['an extension', encode([1, new Date(0)])],
    ['bytes', encode([1, Uint8Array.of(1)])],
    ['a number', encode(7)],
    ['nothing', new Uint8Array()],
    ['another format', encode([2, [['version', 'timeMs', 'monotonicMs']], [1, 1, 2, 3]])],
    ['no sample', encode([1, [['version', 'timeMs']], [1, 1, startMs]])],
    [
      'a sample without a time',
      encode([1, [['version', 'timeMs', 'monotonicMs']], [1, 1, 'now', Number.NaN]]),
    ],
    ['a time that no calendar has', encode([1, [['version', 'timeMs', 'monotonicMs']], [1, 1, 1e17, 3]])],
    ['a shape that is not there', encode([1, [], [1, 1, 2, 3]])],
    ['too few values', encode([1, [['version', 'timeMs', 'monotonicMs']], [1, 1, 2]])],
    ['names that are no names', encode([1, [[1, 2, 3]], [1, 1, 2, 3]])],
  ];
  test.each(rows)('%s', async (_, body) => {
    const { samples, damage } = await readAll(await chunkSaying(body));
    expect(samples).toEqual([]);
    expect(damage).toMatchObject([{ file: path, offset: headed().length, what: expect.stringMatching(/./) }]);
  });

  test('what is no zstd', async () => {
    const head = headed();
    const summary = encodeBody({ offset: head.length, samples: 1, point: pointOf([sampleAt(0)]) });
    const noise = frameRecord('key', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const { samples, damage } = await readAll(join(head, noise, frameRecord('chunk', summary)));
    expect(samples).toEqual([]);
    expect(damage).toMatchObject([{ what: expect.stringMatching(/^does not decompress/) }]);
  });
});

describe('changes that do not fit', () => {
  const before = [{ pid: 1, argv: ['a'] }, { pid: 2 }];
  const rows: readonly (readonly [string, Packed])[] = [
    ['a difference from what is no number', 5],
    ['an item that is not there', [1, 2, 5]],
    ['far away', [1, 2 ** 53, 5]],
    ['before the first', [1, -1, 5]],
    ['a part of an item', [1, 0.5, 5]],
    ['a field that is not there', [1, 0, [1, 9, 5]]],
    ['no change at all', [1, 0]],
    ['an unknown kind of change', [9, 0, 5]],
    ['items that never were', [2, [0, 3], []]],
    ['more than the old ones and the new ones', [2, [0, 2, 0, 2], []]],
    ['as many as there are numbers', [2, [0, 2 ** 52], []]],
    ['fewer than none', [2, [0, -1], []]],
    ['new items that are missing', [2, [-1, 2], [1]]],
    ['new items left over', [2, [0, 2], [1]]],
    ['runs that are no list', [2, 7, []]],
    ['decimals of a list', [3, 2, 5]],
    ['an unknown shape', [0, [4, 1]]],
    ['nothing in its place', [0]],
  ];
  test.each(rows)('%s', (_, change) => {
    expect(() => createUnpacker().patch(before, change)).toThrow(Malformed);
  });

  test('a few bytes each that make a long list again and again', () => {
    const unpacker = createUnpacker();
    const long = unpacker.unpack([0, ...Array.from({ length: 100_000 }, () => 1)]);
    expect(() => {
      for (let i = 0; i < 1000; i++) unpacker.patch(long, [1, 0, 1]);
    }).toThrow('unpacks to too much');
  });

  test('a body may not go on after its value, nor name a part that it has not', () => {
    const decoder = createDecoder();
    const key = encode([1, [['version', 'timeMs', 'monotonicMs']], [1, 1, 2, 3]]);
    expect(() => createDecoder().key(join(key, key))).toThrow(Malformed);
    expect(decoder.key(key)).toEqual({ version: 1, timeMs: 2, monotonicMs: 3 });
    for (const delta of [
      [[], [], [0, 1, 2, 3]],
      [[], [], [0, 1, 2], 3, 5],
      [[], ['x'], [0, 1, 2, 3]],
      [],
      [0],
    ]) {
      expect(() => decoder.delta(encode(delta))).toThrow(Malformed);
    }
    expect(decoder.delta(encode([[], [], [0, 1, 2], 1, 500]))).toEqual({
      version: 1,
      timeMs: 502,
      monotonicMs: 3,
    });
  });

  test('MessagePack that claims more than is there', () => {
    for (const bytes of [[0xdc, 0, 2, 1], [0xda, 0, 9, 65], [0xcf, 1], [0x92, 1], [0xc1], [0xd9], []]) {
      expect(() => endOfValue(Uint8Array.from(bytes), 0, 'maps')).toThrow(Malformed);
    }
  });
});

describe('records', () => {
  const scanAll = (bytes: Uint8Array): Scanned[] => Array.from(scanRecords(bytes, scanFrom(0), 'nothing'));
  const good = frameRecord('event', encode({ kind: 'note' }));

  test.each([0xffff_ffff, longestRecordBytes, 1 << 20])('a length of %i: the next one is found', (length) => {
    const lying = good.slice();
    new DataView(lying.buffer).setUint32(3, length, true);
    expect(scanAll(join(lying, good))).toMatchObject([
      { what: 'damage', offset: 0, bytes: lying.length, tail: false },
      { what: 'record', offset: lying.length, bytes: good.length },
    ]);
  });

  test('nothing but beginnings of long records ends, and soon', () => {
    const begin = frameRecord('event', new Uint8Array()).slice();
    new DataView(begin.buffer).setUint32(3, 4 << 20, true);
    const bytes = new Uint8Array(6 << 20);
    for (let at = 0; at + begin.length <= bytes.length; at += begin.length) bytes.set(begin, at);
    expect(scanAll(bytes)).toMatchObject([{ what: 'damage', offset: 0, bytes: bytes.length, tail: true }]);
  });

  test('a record in the middle of another is not one', () => {
    const outer = frameRecord('event', join(Uint8Array.of(1, 2), good));
    expect(scanAll(outer)).toHaveLength(1);
  });

  test('a delta is read only after the one it changes', () => {
    const framer = createFramer();
    const [key, one, two, three] = (['key', 'delta', 'delta', 'delta'] as const).map((kind, i) =>
      framer.frame(kind, Uint8Array.of(i)),
    ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const kinds = (bytes: Uint8Array) =>
      scanAll(bytes).map((one) => (one.what === 'record' ? one.body[0] : one.what));
    expect(kinds(join(key, one, two, three))).toEqual([0, 1, 2, 3]);
    expect(kinds(join(key, two, three))).toEqual([0, 'damage']);
    expect(kinds(join(key, two, one, three))).toEqual([0, 'damage', 1, 'damage']);
    expect(kinds(join(one, key, one))).toEqual(['damage', 0, 1]);
  });

  test('too long to be written', () => {
    expect(() => frameRecord('key', new Uint8Array(longestRecordBytes))).toThrow(RangeError);
  });
});

describe('an index that lies', () => {
  const small = smallRecording();

  async function withIndex(chunks: (real: readonly ChunkSummary[]) => unknown, trailer?: Uint8Array) {
    const { unended, records, chunks: samples } = await small;
    const offsets = records.filter(({ kind }) => kind === 'key').map(({ offset }) => offset);
    const real = samples.map((own, i) => ({
      offset: offsets[i] ?? 0,
      samples: own.length,
      point: pointOf(own),
    }));
    const index = frameRecord('index', encode({ chunks: chunks(real), events: [] }));
    return join(unended, index, trailer ?? frameTrailer(unended.length));
  }
  const summary = (offset: number) => ({ offset, samples: 3, point: pointOf([sampleAt(0)]) });

  test.each([
    ['that is not in order', (real: readonly ChunkSummary[]) => real.toReversed()],
    ['that goes round', ([one]: readonly ChunkSummary[]) => [one, one]],
    ['past its own place', (real: readonly ChunkSummary[]) => [...real, summary(1e15)]],
    ['before the file', () => [summary(-5)]],
    ['of no list', () => 'chunks'],
    ['of no summaries', () => [1, null]],
    [
      'of times that are none',
      ([one]: readonly ChunkSummary[]) => [{ ...one, point: { fromMs: 2, toMs: 1 } }],
    ],
    [
      'of times that no calendar has',
      ([one]: readonly ChunkSummary[]) => [{ ...one, point: { ...one?.point, toMs: 1e17 } }],
    ],
  ])('%s: the segment is looked through', async (_, chunks) => {
    const { samples, damage } = await readAll(await withIndex(chunks));
    expect(samples).toEqual((await small).chunks.flat());
    expect(damage).toEqual([]);
  });

  test.each([0, 8, 1e6, Number.MAX_SAFE_INTEGER])('a trailer that points to %i: so too', async (offset) => {
    const { samples } = await readAll(await withIndex((real) => real, frameTrailer(offset)));
    expect(samples).toEqual((await small).chunks.flat());
  });

  test('chunks where none are: told, and the others are read', async () => {
    const { records, chunks } = await small;
    const delta = records.find(({ kind }) => kind === 'delta')?.offset ?? 0;
    const { samples, damage } = await readAll(
      await withIndex(([, two]) => [summary(60), summary(delta), two ?? summary(0)]),
    );
    expect(samples).toEqual(chunks[1]);
    expect(damage.map(({ offset }) => offset)).toEqual([60, delta]);
  });

  test('times that are not those of the samples: the samples count, and it is told', async () => {
    const { samples, damage } = await readAll(
      await withIndex(([one]) => [{ ...one, point: { ...one?.point, fromMs: 5, toMs: 6 } }]),
    );
    expect(samples).toEqual((await small).chunks[0]);
    expect(damage).toMatchObject([{ what: 'its summary tells of other times' }]);
  });
});

test('derived from nonsense: times alone', async () => {
  const body = encode([
    1,
    [
      ['version', 'timeMs', 'monotonicMs', 'forest'],
      ['atMs', 'ok', 'value'],
    ],
    [1, 1, startMs, 3, [2, 1, true, 'forest']],
  ]);
  const bytes = headed(frameRecord('key', await compress(body)));
  const opened = await open(bytes);
  expect(opened).toMatchObject({
    ok: true,
    value: { chunks: [{ point: { fromMs: startMs, toMs: startMs, max: {} } }] },
  });
});

test('streams that are none cost the Sample nothing but them', () => {
  const random = createRandom(4);
  const nonsense = [
    7,
    null,
    'logs',
    [],
    {},
    { ok: true },
    { ok: false },
    { ok: true, value: { streams: [{}] } },
  ];
  const sample = sampleAt(2);
  const expected = deriveRecorded(sample, null).model;
  for (const logs of nonsense) {
    const { model, streams } = deriveRecorded({ ...sample, logs } as unknown as Sample, null);
    expect([model, streams.byId.size]).toEqual([expected, 0]);
  }
  // Whatever was known stays known, and is not what a file says.
  const stream = {
    id: 'x',
    origin: { kind: 'stdin' },
    writers: 'one',
    events: [{ kind: 'output', lines: ['a'], count: 1 }],
  };
  const known = deriveRecorded(
    { ...sample, logs: { ok: true, atMs: 1, value: { streams: [stream] } } } as unknown as Sample,
    null,
  );
  expect(known.model.rebuilds).toMatchObject([{ rebuild: { output: ['a'] } }]);
  for (let i = 0; i < 100; i++) {
    const logs = {
      ok: true,
      atMs: 1,
      value: { streams: [{ ...stream, [random.pick(['id', 'events', 'becomes'])]: random.pick(nonsense) }] },
    };
    const { model } = deriveRecorded({ ...sampleAt(3), logs } as unknown as Sample, known);
    expect(model.rebuilds.find(({ id }) => id === 'x stream')?.rebuild.output).toContain('a');
    expect(model.totals.processes).toBe(expected.totals.processes);
  }
});
