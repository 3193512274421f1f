/** Whatever became of a segment's bytes: what is read was written, and what is lost is what was hit. */
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import type { TrackPoint } from '../../src/model/past/track.ts';
import type { Sample } from '../../src/model/sample.ts';
import { sumUp } from '../../src/record/derive-recorded.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import type { Damage } from '../../src/record/recording.ts';
import { createFakeRecordingFiles } from '../support/fake-recording-files.ts';
import { createRandom, type Random } from './random.ts';
import { type PlacedRecord, path, pointOf, type SmallRecording, smallRecording } from './small-recording.ts';

let small: SmallRecording;
let written: ReadonlyMap<number, Sample>;
let points: readonly TrackPoint[];
beforeAll(async () => {
  small = await smallRecording();
  points = small.chunks.map(pointOf);
  written = new Map(small.chunks.flat().map((sample) => [sample.timeMs, sample]));
});

interface ReadChunk {
  readonly point: TrackPoint;
  readonly samples: readonly Sample[];
}

async function readBytes(bytes: Uint8Array, files = createFakeRecordingFiles()) {
  files.contents.set(path, bytes);
  const opened = await openRecording(files, path);
  if (!opened.ok) return { problem: opened.problem, chunks: [], samples: [], events: [], damage: [] };
  const chunks: ReadChunk[] = [];
  for (const { point, load } of opened.value.chunks) chunks.push({ point, samples: await load() });
  const { events, damage } = opened.value;
  return { problem: null, chunks, samples: chunks.flatMap(({ samples }) => samples), events, damage };
}

/** Nothing is there that was not written, nothing twice, nothing in another order. */
function expectWritten(samples: readonly Sample[], what: () => string): void {
  let beforeMs = 0;
  for (const sample of samples) {
    const { timeMs } = sample;
    if (timeMs > beforeMs && isDeepStrictEqual(sample, written.get(timeMs))) beforeMs = timeMs;
    else expect.fail(`${what()}: not what was written: ${JSON.stringify(sample)}`);
  }
}

/** An event is one that was written; a chunk's highest values are those written, or summed up anew. */
function expectTrue(
  read: { readonly chunks: readonly ReadChunk[]; readonly events: readonly RecordedEvent[] },
  what: () => string,
  told: readonly Damage[] = [],
): void {
  const events = new Set(small.events.map((event) => JSON.stringify(event)));
  for (const event of read.events) {
    if (!events.has(JSON.stringify(event))) expect.fail(`${what()}: not an event: ${JSON.stringify(event)}`);
  }
  for (const { point, samples } of read.chunks) {
    const [first] = samples;
    const own = small.chunks.findIndex((chunk) => chunk.some(({ timeMs }) => timeMs === first?.timeMs));
    const possible = first === undefined ? points : points.slice(own, own + 1);
    if (possible.some((one) => isDeepStrictEqual(one, point))) continue;
    // Where pieces were moved, the index may find another's key in the chunk's place.
    if (told.some((one) => one.what === 'its summary tells of other times')) continue;
    if (!isDeepStrictEqual(sumUp(samples), point))
      expect.fail(`${what()}: not its point: ${JSON.stringify(point)}`);
  }
}

/** Of each chunk what stands before the first byte that was hit; a record is hit by any of its bytes. */
function spared(
  isHit: (from: number, to: number) => boolean,
  records: readonly PlacedRecord[] = small.records,
): number[] {
  const times: number[] = [];
  let broken = false;
  for (const { kind, offset, bytes, sample } of records) {
    if (kind === 'key') broken = false;
    if (sample === undefined) continue;
    broken ||= isHit(offset, offset + bytes);
    if (!broken) times.push(sample.timeMs);
  }
  return times;
}

test('whole, with its index and without', async () => {
  for (const bytes of [small.bytes, small.unended]) {
    const read = await readBytes(bytes);
    expect(read).toMatchObject({
      problem: null,
      samples: small.chunks.flat(),
      events: small.events,
      damage: [],
    });
  }
});

test('cut off at any byte: all but the record that was cut', async () => {
  for (let end = 0; end < small.bytes.length; end++) {
    const { samples, events, damage, problem } = await readBytes(small.bytes.slice(0, end));
    const whole = small.records.filter(({ offset, bytes }) => offset + bytes <= end);
    expect(samples, `at ${end}`).toEqual(whole.flatMap(({ sample }) => sample ?? []));
    if (problem !== null) continue;
    expect(events, `at ${end}`).toEqual(whole.flatMap(({ event }) => event ?? []));
    const last = whole.at(-1);
    const cut = last && last.offset + last.bytes < end;
    expect(damage, `at ${end}`).toMatchObject(
      cut ? [{ what: last.kind === 'index' ? 'no record begins here' : 'cut off' }] : [],
    );
  }
});

describe('bytes that changed', () => {
  const cases = 10_000;

  /** One to three places, of one to some bytes. */
  function damaged(bytes: Uint8Array, random: Random) {
    const hurt = bytes.slice();
    const hits: { from: number; to: number }[] = [];
    for (let i = random.pick([1, 1, 1, 2, 3]); i > 0; i--) {
      const from = random.below(hurt.length);
      const to = Math.min(hurt.length, from + random.pick([1, 1, 1, 2, 4, 64, 512]));
      const how = random.below(3);
      for (let at = from; at < to; at++) {
        hurt[at] = how === 0 ? (hurt[at] ?? 0) ^ (1 << random.below(8)) : how === 1 ? 0 : random.below(256);
      }
      hits.push({ from, to });
    }
    return { hurt, hits };
  }

  test(`${cases} times: never a wrong sample, never more lost than the format says`, {
    timeout: 120_000,
  }, async () => {
    const random = createRandom(4);
    let lost = 0;
    for (let i = 0; i < cases; i++) {
      const { hurt, hits } = damaged(random.chance(0.5) ? small.bytes : small.unended, random);
      const read = await readBytes(hurt);
      const { samples } = read;
      const what = () => `case ${i}, bytes ${JSON.stringify(hits)}`;
      expectWritten(samples, what);
      expectTrue(read, what);
      const times = new Set(samples.map(({ timeMs }) => timeMs));
      const missing = spared((from, to) => hits.some((hit) => hit.from < to && from < hit.to)).filter(
        (timeMs) => !times.has(timeMs),
      );
      if (missing.length > 0) expect.fail(`${what()}: lost ${missing.length} that were not hit`);
      if (samples.length < written.size) lost += 1;
    }
    // The cases do hit something.
    expect(lost).toBeGreaterThan(cases / 4);
  });

  test('bytes added, taken out, or moved: never a wrong sample', { timeout: 60_000 }, async () => {
    const random = createRandom(5);
    for (let i = 0; i < 1500; i++) {
      const whole = Array.from(random.chance(0.5) ? small.bytes : small.unended);
      const piece = () => {
        const { offset, bytes } = random.pick(small.records);
        return random.chance(0.7)
          ? ([offset, bytes] as const)
          : ([random.below(whole.length), random.below(200)] as const);
      };
      const [from, length] = piece();
      const taken = whole.slice(from, from + length);
      if (random.chance(0.7)) whole.splice(from, length);
      if (random.chance(0.6)) whole.splice(piece()[0], 0, ...taken);
      const read = await readBytes(Uint8Array.from(whole));
      expectUnmixed(read.samples, `case ${i}`);
      expectTrue(read, () => `case ${i}`, read.damage);
    }
  });

  /** A chunk that was copied is read twice; none is read wrong. */
  function expectUnmixed(samples: readonly Sample[], what: string): void {
    for (const sample of samples) {
      if (!isDeepStrictEqual(sample, written.get(sample.timeMs)))
        expect.fail(`${what}: ${JSON.stringify(sample)}`);
    }
  }

  test.each(['header', 'key', 'delta', 'event', 'chunk', 'index'] as const)(
    '%s: what is lost, and told',
    async (kind) => {
      const records = small.records.filter((record) => record.kind === kind);
      for (const record of records) {
        for (const bytes of [small.bytes, small.unended]) {
          if (record.offset >= bytes.length) continue;
          const hurt = bytes.slice();
          hurt[record.offset + record.bytes - 1] = (hurt[record.offset + record.bytes - 1] ?? 0) ^ 1;
          const { samples, events, damage } = await readBytes(hurt);
          const chunk = small.chunks.find(
            (one) => record.sample !== undefined && one.includes(record.sample),
          );
          const from = chunk && record.sample ? chunk.indexOf(record.sample) : 0;
          const lost = chunk?.slice(from) ?? [];
          expect(samples).toEqual(small.chunks.flat().filter((sample) => !lost.includes(sample)));
          const isLooked = bytes === small.unended || kind === 'index';
          const noEvent = kind === 'event' && isLooked ? record.event : undefined;
          expect(events).toEqual(small.events.filter((event) => event !== noEvent));
          // A reader that takes the index's word for what it does not need does not meet the damage.
          if (isLooked || lost.length > 0)
            expect(damage[0]).toMatchObject({ file: path, offset: record.offset });
          // An event parts what is lost in two.
          expect(damage.length).toBeLessThanOrEqual(lost.length > 1 ? 2 : 1);
        }
      }
    },
  );
});

describe('blocks that cannot be read', () => {
  const blockBytes = 4096;

  /** A disk with bad bytes, whose reads fail as a whole or give what stands before them. */
  function failing(bad: { readonly from: number; readonly to: number }, gives: 'nothing' | 'the first part') {
    const files = createFakeRecordingFiles();
    const { open } = files;
    let reads = 0;
    files.open = async (of) => {
      const opened = await open(of);
      if (!opened.ok) return opened;
      const { value } = opened;
      const read: typeof value.read = async (offset, length) => {
        reads += 1;
        if (offset >= bad.to || offset + length <= bad.from) return value.read(offset, length);
        if (gives === 'nothing' || offset >= bad.from) return fail('malformed', of, 'EIO');
        return value.read(offset, bad.from - offset);
      };
      return ok({ ...value, read });
    };
    return { files, reads: () => reads };
  }

  test.each(['nothing', 'the first part'] as const)(
    'each in turn, where a read that meets it gives %s: the records in it are lost, and told',
    async (gives) => {
      const large = await smallRecording(Array.from({ length: 60 }, () => 8));
      const byTime = new Map(large.chunks.flat().map((sample) => [sample.timeMs, sample]));
      for (const bytes of [large.bytes, large.unended]) {
        expect(bytes.length).toBeGreaterThan(8 * blockBytes);
        for (let from = 0; from < bytes.length; from += blockBytes) {
          const to = from + blockBytes;
          const { samples, events, damage, problem } = await readBytes(
            bytes,
            failing({ from, to }, gives).files,
          );
          expect(problem).toBeNull();
          const isHit = (begin: number, end: number) => begin < to && from < end;
          expect(samples.map(({ timeMs }) => timeMs)).toEqual(spared(isHit, large.records));
          for (const sample of samples) expect(sample).toEqual(byTime.get(sample.timeMs));
          const left = large.records.filter(({ offset, bytes: length }) => !isHit(offset, offset + length));
          expect(events).toEqual(expect.arrayContaining(left.flatMap(({ event }) => event ?? [])));
          const hit = large.records.find(({ offset, bytes: length }) => isHit(offset, offset + length));
          if (bytes === large.unended)
            expect(damage).toContainEqual(
              expect.objectContaining({ offset: hit?.offset, what: 'not readable (EIO)' }),
            );
        }
      }
    },
  );

  test('a disk that has failed is not tried block by block to its end', async () => {
    const bytes = new Uint8Array(4 << 20);
    bytes.set(small.unended);
    const { files, reads } = failing({ from: 0, to: bytes.length }, 'nothing');
    const { problem } = await readBytes(bytes, files);
    expect(problem).toMatchObject({ kind: 'malformed', cause: 'EIO' });
    expect(reads()).toBeLessThan(200);
  });
});
