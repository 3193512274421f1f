/** What is remembered after a jump, against what a replay of the whole recording knows at that moment. */
import { expect, test } from 'vitest';
import type { DerivedSample } from '../../../src/diagnose/derive-sample.ts';
import { defaultThresholds } from '../../../src/diagnose/thresholds.ts';
import type { Model } from '../../../src/model/model.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { foldRecording } from '../../../src/modes/diagnose/recorded.ts';
import { createCursor } from '../../../src/modes/replay/cursor.ts';
import { modelsOf } from '../../../src/modes/replay/moments.ts';
import { createRecordedSamples, type Position } from '../../../src/modes/replay/recorded-samples.ts';
import { createMemory } from '../../../src/modes/replay/remembered.ts';
import { deriveRecorded } from '../../../src/record/derive-recorded.ts';
import { night } from '../../diagnose/night.ts';
import { chunksOf, createFakeRecording } from '../../support/fake-recording.ts';
import { recordedFromMs, recordedSamples } from '../../support/recorded-machine.ts';

/** What was found and judged, and since when, in looks of ten seconds. */
function told({ findings, hypotheses, verdicts, shortages }: Model) {
  const ago = (sinceMs: number) => Math.round(sinceMs / 20_000);
  return {
    findings: findings.map(({ id, level, state, sinceMs }) => ({ id, level, state, since: ago(sinceMs) })),
    hypotheses: hypotheses.map(({ id, state }) => ({ id, state })),
    verdicts: verdicts.map(({ subject, state, reason, certainty }) => ({
      subject,
      state,
      reason,
      certainty,
    })),
    shortages: shortages.map(({ resource, level, sinceMs }) => ({ resource, level, since: ago(sinceMs) })),
  };
}

/** Models of a replay of all Samples at these, by index. */
function straight(samples: readonly Sample[], at: readonly number[]): ReadonlyMap<number, Model> {
  const models = new Map<number, Model>();
  let derived: DerivedSample | null = null;
  for (const [index, sample] of samples.entries()) {
    derived = deriveRecorded(sample, derived);
    if (at.includes(index)) models.set(index, derived.model);
  }
  return models;
}

const minutes = 75;
const samples = recordedSamples(minutes * 60);
/** Within the half hour, some time after it, and at the end. */
const moments = [20 * 120, 36 * 120 + 31, 50 * 120, minutes * 120 - 1];
const whole = straight(samples, moments);

test.each(moments)(
  'a diagnosis of sample %i finds what a whole replay does',
  async (index) => {
    const recording = createFakeRecording(chunksOf(samples, 120));
    const folded = await foldRecording(recording, samples[index]?.timeMs ?? 0, { remember: true });
    const expected = told(whole.get(index) as Model);
    expect(expected.findings.length).toBeGreaterThan(0);
    expect(told(folded?.moment.derived.model as Model)).toEqual(expected);
  },
  60_000,
);

test('view 6 after a jump does as well, and goes on from there', async () => {
  const recording = createFakeRecording(chunksOf(samples, 120));
  let moved = 0;
  const cursor = createCursor({
    recording,
    rest: async () => {},
    onMoved: () => (moved += 1),
    onGrown: () => {},
  });
  const index = 50 * 120;
  const position = (await cursor.find(samples[index]?.timeMs ?? 0)) as Position;
  await cursor.goTo(position, true);
  expect(cursor.remembers).toBe(false);
  await cursor.lookFurther(position, new AbortController().signal, true);
  expect([cursor.remembers, moved]).toEqual([true, 3]);
  expect(told(cursor.moment?.derived.model as Model)).toEqual(told(whole.get(index) as Model));
  // Once is enough.
  await cursor.lookFurther(position, new AbortController().signal, true);
  expect(moved).toBe(3);
  await cursor.advance((await cursor.next()) as Position);
  expect(cursor.remembers).toBe(true);
}, 60_000);

test('a night is remembered by view 6 the morning after', async () => {
  const recording = createFakeRecording(chunksOf([...night(13)], 60));
  const cursor = createCursor({ recording, rest: async () => {}, onMoved: () => {}, onGrown: () => {} });
  const position = (await cursor.find('end')) as Position;
  await cursor.goTo(position, true);
  const kinds = () => cursor.moment?.derived.model.findings.map(({ found }) => found.kind);
  expect(kinds()).toEqual([]);
  await cursor.lookFurther(position, new AbortController().signal, true);
  expect(kinds()).toEqual(['unattended']);
});

test('so do the Models of a replay in JSON that begins in the midst', async () => {
  const recording = createFakeRecording(chunksOf([...night(13)], 60));
  const fromMs = (recording.chunks.at(-1)?.point.toMs ?? 0) - 600_000;
  const kinds: (readonly string[])[] = [];
  for await (const { findings } of modelsOf(recording, fromMs))
    kinds.push(findings.map(({ found }) => found.kind));
  expect(kinds).toEqual(Array.from({ length: 11 }, () => ['unattended']));
});

test('most Samples are not derived, and the next jump goes on from what is known', async () => {
  const recording = createFakeRecording(chunksOf(samples, 120));
  const recorded = createRecordedSamples(recording);
  let judged = 0;
  const usualSecOf = () => {
    judged += 1;
    return null;
  };
  const memory = createMemory(recorded, { usualSecOf });
  const at = async (minute: number) =>
    (await recorded.find(recordedFromMs + minute * 60_000, 'from')) as Position;
  let rests = 0;
  const rest = async () => {
    rests += 1;
  };
  const late = await memory.before(await at(60), { rest });
  // Two Samples a second, and a rest for a hundred.
  expect(rests).toBeGreaterThanOrEqual(70);
  // Of three builds; a look in ten seconds, and where a chunk begins.
  expect(judged).toBeLessThan(3 * 500);
  expect(late?.model.timeMs).toBe(recordedFromMs + 60 * 60_000 - 500);
  rests = 0;
  const loads = recording.loads.length;
  const later = await memory.before(await at(62), { rest });
  expect(later?.model.timeMs).toBe(recordedFromMs + 62 * 60_000 - 500);
  expect(rests).toBeLessThanOrEqual(15);
  expect(recording.loads.length - loads).toBeLessThanOrEqual(20);
}, 60_000);

test('an order that comes meanwhile ends it', async () => {
  const recorded = createRecordedSamples(createFakeRecording(chunksOf(samples, 120)));
  const further = new AbortController();
  const end = (await recorded.find('end')) as Position;
  let rests = 0;
  const rest = async () => {
    rests += 1;
    if (rests === 3) further.abort();
  };
  expect(await createMemory(recorded).before(end, { rest, signal: further.signal })).toBeNull();
  expect(rests).toBe(3);
});

test('nothing is remembered over a boot, nor at the first Sample', async () => {
  const booted = recordedSamples(100).map((sample) => ({ ...sample, timeMs: sample.timeMs + 500_000 }));
  const recorded = createRecordedSamples(
    createFakeRecording([...chunksOf(recordedSamples(100), 60, 'one'), ...chunksOf(booted, 60, 'two')]),
  );
  const memory = createMemory(recorded);
  const first = (await recorded.find('start')) as Position;
  expect(await memory.before(first)).toBeNull();
  const begin = (await recorded.find(recordedFromMs + 500_000, 'from')) as Position;
  expect(begin.run).toBe(1);
  expect(await memory.before(begin)).toBeNull();
});

test('of two that record at once, what the first has seen is known in the other as well', async () => {
  const one = recordedSamples(35 * 60);
  const other = recordedSamples(15 * 60, { fromSec: 30 * 60 }).map((sample) => ({
    ...sample,
    ...{ timeMs: sample.timeMs + 130, monotonicMs: sample.monotonicMs + 130 },
  }));
  const recording = createFakeRecording([...chunksOf(one, 120, 'one'), ...chunksOf(other, 120, 'two')]);
  const folded = await foldRecording(recording, 'end', { remember: true });
  const taken = other.filter(({ timeMs }) => timeMs > (one.at(-1)?.timeMs ?? 0));
  const all = [...one, ...taken];
  const expected = straight(all, [all.length - 1]).get(all.length - 1) as Model;
  expect(told(folded?.moment.derived.model as Model)).toEqual(told(expected));
}, 60_000);

test('parts that hold anything are no reason to end', async () => {
  const nonsense = [{ value: {} }, { value: { streams: 7 } }, { value: null }];
  const hostile = samples.slice(0, 400).map((sample, index) => {
    const part = { ok: true, atMs: sample.monotonicMs, ...nonsense[index % 3] };
    return { ...sample, logs: part, notices: part } as unknown as Sample;
  });
  const recorded = createRecordedSamples(createFakeRecording(chunksOf(hostile, 120)));
  const end = (await recorded.find('end')) as Position;
  const derived = await createMemory(recorded).before(end);
  expect(derived?.model.builds).toHaveLength(2);
});

test('it goes as far back as the threshold that was set says', async () => {
  const recording = createRecordedSamples(createFakeRecording(chunksOf(samples, 120)));
  const until = await recording.find(samples.at(-1)?.timeMs ?? 0);
  const back = async (unattendedToldSec: number) => {
    let fromMs = Number.NaN;
    const memory = createMemory(recording, { thresholds: { ...defaultThresholds, unattendedToldSec } });
    await memory.before(until as Position, { onBegin: (timeMs) => (fromMs = timeMs) });
    return ((until as Position).sample.timeMs - fromMs) / 60_000;
  };
  // To the begin of a chunk of a minute.
  expect(await back(5 * 60)).toBeLessThan(8);
  expect(await back(20 * 60)).toBeGreaterThanOrEqual(20);
}, 60_000);
