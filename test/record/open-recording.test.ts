/** Directories and files of recordings, as they are found: several writers, old and new, whole or not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import { fail } from '../../src/base/problem.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { encodeBody } from '../../src/record/bodies.ts';
import type { SegmentHeader } from '../../src/record/format.ts';
import { checksumOf, frameRecord, segmentMagic } from '../../src/record/frame.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import type { Recording } from '../../src/record/recording.ts';
import { createFakeRecordingFiles } from '../support/fake-recording-files.ts';
import { header, path, type SmallRecording, smallRecording, startMs } from './small-recording.ts';

const directory = '/recordings';
const timesOf = (samples: readonly Sample[]) => samples.map(({ timeMs }) => timeMs - startMs);

async function start(segments: Readonly<Record<string, Uint8Array>>) {
  const files = createFakeRecordingFiles();
  for (const [name, bytes] of Object.entries(segments)) files.contents.set(`${directory}/${name}`, bytes);
  const opened = await openRecording(files, directory);
  return { files, opened, recording: opened.ok ? opened.value : (null as never) };
}

async function loadAll({ chunks }: Recording): Promise<number[][]> {
  const all = [];
  for (const { load } of chunks) all.push(timesOf(await load()));
  return all;
}

/** The same segment by another writer, or later. */
function retold(small: SmallRecording, over: Partial<SegmentHeader>): Uint8Array {
  const [first] = small.records;
  const rest = small.unended.subarray(first ? first.offset + first.bytes : 0);
  const bytes = Buffer.concat([
    segmentMagic,
    frameRecord('header', encodeBody({ ...header, ...over })),
    rest,
  ]);
  return Uint8Array.from(bytes);
}

describe('a directory', () => {
  test('in order of time; writers that overlap are told apart', async () => {
    const one = await smallRecording([2, 2]);
    const two = await smallRecording([3, 1]);
    const { recording } = await start({
      'b.nixpulse': retold(one, { run: 'b' }),
      'a.nixpulse': retold(two, { run: 'a' }),
      'notes.txt': new Uint8Array(9),
    });
    expect(recording.chunks.map(({ writer }) => writer)).toEqual(['a', 'b', 'b', 'a']);
    expect(await loadAll(recording)).toEqual([[0, 1000, 2000], [0, 1000], [2000, 3000], [3000]]);
    expect(recording).toMatchObject({ title: directory, damage: [] });
    expect(recording.events.map(({ timeMs }) => timeMs)).toEqual(
      [...one.events, ...two.events].map(({ timeMs }) => timeMs).toSorted((a, b) => a - b),
    );
  });

  test('what one writer wrote stays in its order though the clock went back', async () => {
    const early = await smallRecording([1]);
    const late = await smallRecording([1, 1]);
    const { recording } = await start({
      '1.nixpulse': retold(early, { part: 2 }),
      '2.nixpulse': retold(late, { part: 1 }),
      '3.nixpulse': retold(await smallRecording([1, 1, 1]), { run: 'other', part: 9 }),
    });
    const own = recording.chunks.filter(({ writer }) => writer === header.run);
    expect(await loadAll({ ...recording, chunks: own })).toEqual([[0], [1000], [0]]);
    expect(recording.chunks.map(({ writer }) => writer === header.run)).toEqual([
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  test('what cannot be read, is not ours, or is newer, is told; the others are read', async () => {
    const small = await smallRecording([2]);
    const newer = retold(small, { format: 2, writer: '9.0.0' });
    const files = createFakeRecordingFiles();
    const put = (name: string, bytes: Uint8Array) => void files.contents.set(`${directory}/${name}`, bytes);
    put('1.nixpulse', small.bytes);
    put(
      '2.nixpulse',
      Uint8Array.from({ length: 3 << 20 }, (_, i) => i % 251),
    );
    put('3.nixpulse', newer);
    put('4.nixpulse', small.bytes);
    put('5.nixpulse', new Uint8Array());
    const { open } = files;
    files.open = async (at) => (at.endsWith('4.nixpulse') ? fail('denied', at) : open(at));
    const opened = await openRecording(files, directory);
    if (!opened.ok) throw new Error('not opened');
    expect(await loadAll(opened.value)).toEqual([[0, 1000]]);
    expect(opened.value.damage.map(({ file, what }) => [file, what])).toEqual([
      [`${directory}/2.nixpulse`, 'not a recording of nixpulse'],
      [`${directory}/3.nixpulse`, 'written by nixpulse 9.0.0 in format 2: update, this one reads up to 1'],
      [`${directory}/4.nixpulse`, 'denied'],
    ]);
  });

  test('without anything: one Problem', async () => {
    expect((await start({})).opened).toEqual(fail('gone', directory, 'nothing recorded in this directory'));
    const { opened } = await start({ 'a.nixpulse': Uint8Array.from({ length: 99 }, () => 1) });
    expect(opened).toEqual(fail('malformed', directory, 'not a recording of nixpulse'));
  });
});

describe('a file', () => {
  const open = async (bytes: Uint8Array) => {
    const files = createFakeRecordingFiles();
    files.contents.set(path, bytes);
    const opened = await openRecording(files, path);
    return opened.ok ? 'opened' : opened.problem;
  };

  test('of a later format is refused, and says what to do', async () => {
    const later = retold(await smallRecording([2]), { format: 2, writer: '9.0.0' });
    const cause = 'written by nixpulse 9.0.0 in format 2: update, this one reads up to 1';
    expect(await open(later)).toEqual({ kind: 'unsupported', where: path, cause });
  });

  test('of a later format whose head is damaged gives nothing wrong', async () => {
    const { records, unended } = await smallRecording([1]);
    const [head] = records;
    const key = frameRecord('key', encode('not of this format'));
    const bytes = Buffer.concat([unended.subarray(0, head ? head.offset + head.bytes : 0), key]);
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    expect(await open(bytes)).toMatchObject({ kind: 'gone', cause: 'nothing recorded in it' });
  });

  test.each([
    ['empty', new Uint8Array(), { kind: 'gone', where: path, cause: 'nothing recorded in it' }],
    [
      'a text',
      new TextEncoder().encode('hello'),
      { kind: 'malformed', where: path, cause: 'not a recording of nixpulse' },
    ],
  ])('%s', async (_, bytes, problem) => {
    expect(await open(bytes)).toEqual(problem);
  });

  test('kinds of records that are not known yet are skipped, and events told by their kind', async () => {
    const { records, unended, chunks, events } = await smallRecording();
    const strange = frameRecord('event', encode({ kind: 'earthquake', timeMs: 1, level: 'critical' }));
    const unknown = frameRecord('event', new Uint8Array(40));
    unknown[2] = 99;
    new DataView(unknown.buffer).setUint32(7, checksumOf(unknown, 0), true);
    const pieces = [unended.subarray(0, 8)];
    for (const { offset, bytes } of records.slice(0, -1)) {
      pieces.push(unended.subarray(offset, offset + bytes), unknown, strange);
    }
    const files = createFakeRecordingFiles();
    files.contents.set(path, Uint8Array.from(Buffer.concat(pieces)));
    const opened = await openRecording(files, path);
    if (!opened.ok) throw new Error('not opened');
    expect(await loadAll(opened.value)).toEqual(chunks.map(timesOf));
    const told = { timeMs: 1, level: 'critical', kind: 'foreign', was: 'earthquake', text: 'earthquake' };
    const strangers = records.slice(0, -1).map(() => ({ kind: 'alert', timeMs: 1, event: told }));
    expect(opened.value).toMatchObject({ damage: [], events: [...strangers, ...events] });
  });
});

describe('refresh', () => {
  test('a segment that grows by any bytes, until it is closed', async () => {
    const { bytes, unended, chunks, events, records } = await smallRecording();
    const firstKey = records.find(({ kind }) => kind === 'delta')?.offset ?? 0;
    const { files, recording } = await start({ 'a.nixpulse': bytes.slice(0, firstKey) });
    const steps = [
      ...Array.from({ length: 40 }, (_, i) => (firstKey + (i * (unended.length - firstKey)) / 40) | 0),
      bytes.length,
    ];
    for (const end of steps) {
      files.contents.set(`${directory}/a.nixpulse`, bytes.slice(0, end));
      await recording.refresh();
      const whole = records.filter(({ offset, bytes }) => offset + bytes <= end);
      expect((await loadAll(recording)).flat()).toEqual(timesOf(whole.flatMap(({ sample }) => sample ?? [])));
      expect(recording.events).toEqual(whole.flatMap(({ event }) => event ?? []));
      expect(recording.damage.length).toBeLessThanOrEqual(1);
      const { fromMs, toMs } = recording.chunks.at(-1)?.point ?? { fromMs: 0, toMs: 0 };
      expect(toMs).toBeGreaterThanOrEqual(fromMs);
    }
    expect(await loadAll(recording)).toEqual(chunks.map(timesOf));
    expect(recording).toMatchObject({ events, damage: [] });
  });

  test('written on between being opened and being loaded: no damage', async () => {
    const { bytes, unended, records, chunks } = await smallRecording([6]);
    const third = records.filter(({ sample }) => sample)[3]?.offset ?? 0;
    const { files, recording } = await start({ 'a.nixpulse': bytes.slice(0, third) });
    files.contents.set(`${directory}/a.nixpulse`, unended);
    expect(await loadAll(recording)).toEqual(chunks.map(timesOf));
    expect(recording.damage).toEqual([]);
  });

  test('what did not change is the same; new segments come, old ones go', async () => {
    const small = await smallRecording([2, 2]);
    const { files, recording } = await start({ 'a.nixpulse': small.bytes });
    const before = recording.chunks[0];
    await recording.refresh();
    expect(recording.chunks[0]).toBe(before);
    files.contents.set(`${directory}/b.nixpulse`, retold(small, { run: 'b' }));
    await recording.refresh();
    expect(recording.chunks).toHaveLength(4);
    await files.remove(`${directory}/a.nixpulse`);
    expect(await before?.load()).toEqual([]);
    expect(recording.damage).toMatchObject([{ file: `${directory}/a.nixpulse`, what: 'gone' }]);
    await recording.refresh();
    expect(recording.chunks.map(({ writer }) => writer)).toEqual(['b', 'b']);
  });

  test('a full disk takes back the last bytes', async () => {
    const { bytes, unended, chunks } = await smallRecording([3, 3]);
    const { files, recording } = await start({ 'a.nixpulse': unended });
    files.contents.set(`${directory}/a.nixpulse`, bytes.slice(0, unended.length - 200));
    await recording.refresh();
    expect((await loadAll(recording)).flat().slice(0, 3)).toEqual(timesOf(chunks[0] ?? []));
    expect(recording.damage.length).toBeLessThanOrEqual(1);
  });
});

test('on a real disk: a directory, a file of it, and what is neither', async () => {
  const real = mkdtempSync(join(tmpdir(), 'nixpulse-recording-'));
  try {
    const { bytes, chunks } = await smallRecording();
    const file = join(real, 'a.nixpulse');
    writeFileSync(file, bytes);
    const files = createRecordingFiles();
    for (const one of [real, file]) {
      const opened = await openRecording(files, one);
      if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
      expect(await loadAll(opened.value)).toEqual(chunks.map(timesOf));
    }
    expect(await openRecording(files, join(real, 'b.nixpulse'))).toMatchObject({
      ok: false,
      problem: { kind: 'gone' },
    });
    expect(await openRecording(files, '/dev/null')).toMatchObject({
      ok: false,
      problem: { cause: 'not a file' },
    });
  } finally {
    rmSync(real, { recursive: true });
  }
});
