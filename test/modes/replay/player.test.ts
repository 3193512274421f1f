import { describe, expect, test } from 'vitest';
import { type DerivedSample, deriveSample } from '../../../src/diagnose/derive-sample.ts';
import type { Model } from '../../../src/model/model.ts';
import type { RecordedEvent } from '../../../src/model/past/recorded.ts';
import { mergeTrackPoints, trackPointOf } from '../../../src/model/past/track.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { type Moment, modelsOf } from '../../../src/modes/replay/moments.ts';
import { createPlayer, type PlayerOptions, type PlayerStatus } from '../../../src/modes/replay/player.ts';
import { night } from '../../diagnose/night.ts';
import { psi } from '../../model/machine/machine-samples.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { chunkOf, chunksOf, createFakeRecording, type FakeRecording } from '../../support/fake-recording.ts';
import {
  alertAt,
  noteAt,
  recordedFromMs,
  recordedSamples,
  shortFromSec,
} from '../../support/recorded-machine.ts';

const events: readonly RecordedEvent[] = [
  alertAt(60, { kind: 'build-ended', level: 'ok', text: 'short-3.0' }),
  alertAt(shortFromSec + 2, { kind: 'pressure', level: 'critical', text: 'memory critical: full 50%' }),
  alertAt(150.2, { kind: 'oom-kill', level: 'critical', text: 'out of memory' }),
];

function derived(samples: readonly Sample[]): Model[] {
  const models: Model[] = [];
  let before: DerivedSample | null = null;
  for (const sample of samples) {
    before = deriveSample(sample, before);
    models.push(before.model);
  }
  return models;
}

async function allOf(recording: FakeRecording): Promise<Model[]> {
  const models: Model[] = [];
  for await (const model of modelsOf(recording)) models.push(model);
  return models;
}

function setUp(
  recording: FakeRecording = createFakeRecording(chunksOf(recordedSamples(240), 120), events),
  over: Partial<PlayerOptions> = {},
) {
  const clock = createFakeClock();
  const shown: { moment: Moment; status: PlayerStatus; atMs: number }[] = [];
  const statuses: PlayerStatus[] = [];
  const failures: unknown[] = [];
  const player = createPlayer({
    recording,
    clock,
    onShown: (moment, status) => shown.push({ moment, status, atMs: clock.monotonic() }),
    onStatus: (status) => statuses.push(status),
    onGrown: () => {},
    onFailure: (error) => failures.push(error),
    ...over,
  });
  /** What was ordered, and what waits for a timer of 0 ms. */
  const settled = async () => {
    for (let turn = 0; turn < 40; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(0);
    }
    await player.idle();
  };
  const advance = async (ms: number, stepMs = 50) => {
    await player.idle();
    for (let gone = 0; gone < ms; gone += stepMs) {
      clock.advance(stepMs);
      await player.idle();
    }
  };
  /** Seconds since the recording began. */
  const second = () => (shown.at(-1)?.moment.derived.model.timeMs ?? 0) / 1000 - recordedFromMs / 1000;
  const model = () => shown.at(-1)?.moment.derived.model as Model;
  return { player, clock, shown, statuses, failures, settled, advance, second, model, recording };
}

describe('equality', () => {
  const samples = recordedSamples(200);
  const models = derived(samples);

  test('playing straight through gives the Models of derive over all samples', async () => {
    const { player, advance, shown } = setUp(createFakeRecording(chunksOf(samples, 97)));
    await player.begin('start');
    player.order({ kind: 'play' });
    await advance(201_000, 500);
    expect(shown.map(({ moment }) => moment.derived.model)).toEqual(models);
  });

  test('so do the JSON’s', async () => {
    const all = await allOf(createFakeRecording(chunksOf(samples, 60)));
    expect(all).toEqual(models);
  });

  test('and stepping, forward and back', async () => {
    const { player, settled, model } = setUp(createFakeRecording(chunksOf(samples, 60)));
    await player.begin('start');
    for (let step = 0; step < 130; step += 1) player.order({ kind: 'sample', by: 1 });
    await settled();
    expect(model()).toEqual(models[130]);
    for (let step = 0; step < 30; step += 1) player.order({ kind: 'sample', by: -1 });
    await settled();
    expect(model()).toEqual(models[100]);
  });

  test('two writers at once: what is known of one goes on with the other', async () => {
    const other = recordedSamples(100, { fromSec: 150 }).map((sample) => ({
      ...sample,
      timeMs: sample.timeMs + 130,
      monotonicMs: sample.monotonicMs + 130,
    }));
    const one = recordedSamples(180);
    const recording = createFakeRecording([
      ...chunksOf(one, 100, 'one').slice(0, 3),
      ...chunksOf(other, 100, 'two').slice(0, 1),
      ...chunksOf(one, 100, 'one').slice(3),
      ...chunksOf(other, 100, 'two').slice(1),
    ]);
    const all = await allOf(recording);
    const taken = other.filter(({ timeMs }) => timeMs > (one.at(-1)?.timeMs ?? 0));
    // The facts that its writer told in its first chunk, before the samples that are left out.
    const [first, ...others] = taken;
    const storage = other.find((sample) => sample.storage !== undefined)?.storage;
    const goesOn = [...one, { ...(first as Sample), ...(storage && { storage }) }, ...others];
    expect(all).toEqual(derived(goesOn));
  });

  test('of another boot nothing is taken over', async () => {
    const one = recordedSamples(100);
    const booted = recordedSamples(100).map((sample) => ({ ...sample, timeMs: sample.timeMs + 500_000 }));
    const all = await allOf(
      createFakeRecording([...chunksOf(one, 100, 'one'), ...chunksOf(booted, 100, 'two')]),
    );
    expect(all).toEqual([...derived(one), ...derived(booted)]);
  });
});

describe('a jump', () => {
  test.each([30, 90, 130, 200])('to second %i knows what came before', async (second) => {
    const { player, settled, model } = setUp();
    const straight = derived(recordedSamples(240));
    await player.begin('start');
    player.order({ kind: 'time', at: recordedFromMs + second * 1000 });
    await settled();
    const expected = straight[second * 2] as Model;
    const { events: _, builds, verdicts, ...rest } = model();
    const { events: __, builds: expectedBuilds, verdicts: expectedVerdicts, ...expectedRest } = expected;
    expect(rest).toEqual(expectedRest);
    expect(model().host.name).toBe('box');
    const told = (list: Model['builds']) =>
      list.map(({ name, residentGrowthBytesPerMin, idleSec, cpuPercent }) => ({
        name,
        growth: residentGrowthBytesPerMin === null ? null : Math.round(residentGrowthBytesPerMin),
        idleSec,
        cpuPercent,
      }));
    expect(told(builds)).toEqual(told(expectedBuilds));
    // Since when is known from the first Sample that was looked back to.
    const judged = (list: Model['verdicts']) => list.map(({ subject, state }) => ({ subject, state }));
    expect(judged(verdicts)).toEqual(judged(expectedVerdicts));
  });

  test('to a column of the charts: the moment of its highest pressure', async () => {
    // Memory is short from second 100 on; at 131 I/O is worse than that, once.
    const samples = recordedSamples(240).map((sample): Sample => {
      const second = (sample.timeMs - recordedFromMs) / 1000;
      if (!sample.pressure?.ok) return sample;
      const io = psi(second * 50_000 + (second >= 131 ? 450_000 : 0));
      return { ...sample, pressure: { ...sample.pressure, value: { ...sample.pressure.value, io } } };
    });
    const models = derived(samples);
    const chunks = chunksOf(samples, 60).map((chunk, index) => ({
      ...chunk,
      point: mergeTrackPoints(models.slice(index * 60, index * 60 + 60).map(trackPointOf)) ?? chunk.point,
    }));
    const { player, settled, second } = setUp(createFakeRecording(chunks));
    await player.begin('start');
    const go = async (from: number, to: number) => {
      const at = { fromMs: recordedFromMs + from * 1000, toMs: recordedFromMs + to * 1000 };
      player.order({ kind: 'time', at });
      await settled();
      return second();
    };
    expect(await go(60, 180)).toBe(131);
    // What belongs to the column before is not gone to.
    expect(await go(131, 140)).toBeGreaterThan(131);
  });

  test('to a column in which no pressure is known: its first sample', async () => {
    const { player, settled, second } = setUp();
    await player.begin('start');
    player.order({
      kind: 'time',
      at: { fromMs: recordedFromMs + 20_000, toMs: recordedFromMs + 25_000 },
    });
    await settled();
    expect(second()).toBe(20.5);
  });

  test('what began long before is looked for further back, once the first picture is shown', async () => {
    const { player, settled, shown, model } = setUp(
      createFakeRecording(chunksOf(recordedSamples(900), 120), events),
    );
    await player.begin('start');
    shown.length = 0;
    player.order({ kind: 'time', at: recordedFromMs + 890_000 });
    await settled();
    expect(shown).toHaveLength(2);
    const since = (moment: Moment | undefined) => moment?.derived.model.shortages[0]?.sinceMs ?? 0;
    expect(since(shown[0]?.moment)).toBeGreaterThan(since(shown[1]?.moment));
    expect(model().shortages).toEqual(derived(recordedSamples(900))[1780]?.shortages);
    expect(model().builds.find(({ name }) => name === 'stuck-2.0')?.idleSec).toBeGreaterThan(880);
  });

  test('the diagnosis wants all that rules remember; a key that ends the search begins it anew', async () => {
    let diagnosisShown = false;
    const recording = createFakeRecording(chunksOf([...night(13)], 60));
    const { player, settled, model } = setUp(recording, { diagnosisShown: () => diagnosisShown });
    const kinds = () => model().findings.map(({ found }) => found.kind);
    await player.begin('end');
    await settled();
    expect(kinds()).toEqual([]);
    diagnosisShown = true;
    player.showMore();
    await settled();
    expect(kinds()).toEqual(['unattended']);
    player.order({ kind: 'time', at: model().timeMs - 3_600_000 });
    player.order({ kind: 'sample', by: 1 });
    await settled();
    expect(kinds()).toEqual(['unattended']);
  });

  test('the next key does not wait for that', async () => {
    const { player, settled, shown } = setUp(createFakeRecording(chunksOf(recordedSamples(900), 120)));
    await player.begin('start');
    player.order({ kind: 'time', at: recordedFromMs + 890_000 });
    player.order({ kind: 'time', at: recordedFromMs + 10_000 });
    await settled();
    expect(shown.at(-1)?.moment.position.sample.timeMs).toBe(recordedFromMs + 10_000);
  });

  test('decodes only what lies around it', async () => {
    const { player, settled, recording } = setUp(
      createFakeRecording(chunksOf(recordedSamples(1800, { fromSec: 200 }), 120)),
    );
    await player.begin('start');
    recording.loads.length = 0;
    player.order({ kind: 'time', at: recordedFromMs + 400_000 });
    await settled();
    expect(new Set(recording.loads).size).toBeLessThanOrEqual(5);
  });

  test('goes to the nearest sample, and stops at the ends', async () => {
    const { player, settled, second } = setUp();
    await player.begin('start');
    for (const [asked, got] of [
      [10.2, 10],
      [10.3, 10.5],
      [-500, 0],
      [9999, 239.5],
    ] as const) {
      player.order({ kind: 'time', at: recordedFromMs + asked * 1000 });
      await settled();
      expect(second()).toBe(got);
    }
  });

  test('history and charts are those of the moment, not of where one came from', async () => {
    const { player, settled, shown } = setUp();
    await player.begin('end');
    player.order({ kind: 'time', at: recordedFromMs + 50_000 });
    await settled();
    const { history, track } = (shown.at(-1) as (typeof shown)[0]).moment;
    expect(history.memoryFull.slice(-60).every((percent) => percent === 0)).toBe(true);
    expect(track.rings[0]?.open?.toMs).toBe(recordedFromMs + 50_000);
  });
});

describe('events', () => {
  test('e and E go from one to the next and say where there is none', async () => {
    const { player, settled, second, statuses } = setUp();
    await player.begin('start');
    const visited: number[] = [];
    for (const by of [1, 1, 1, 1, -1, -1, -1] as const) {
      player.order({ kind: 'event', by });
      await settled();
      visited.push(second());
    }
    expect(visited).toEqual([60, 102, 150.5, 150.5, 102, 60, 60]);
    expect(statuses.map(({ said }) => said)).toEqual(['no event after this', 'no event before this']);
  });

  test('they say which one was reached; a note is told as ever', async () => {
    const noted = [
      noteAt(58, 'a note that would hide it'),
      ...events,
      alertAt(150.4, { kind: 'build-ended', level: 'ok', text: 'leaky-1.0' }),
    ].toSorted((a, b) => a.timeMs - b.timeMs);
    const { player, settled, shown } = setUp(createFakeRecording(chunksOf(recordedSamples(240), 120), noted));
    await player.begin('start');
    const said: (string | null | undefined)[] = [];
    for (const by of [1, 1, 1, 1, -1, -1] as const) {
      player.order({ kind: 'event', by });
      await settled();
      said.push(shown.at(-1)?.status.said);
    }
    expect(said).toEqual([
      null,
      'ended short-3.0',
      'memory critical: full 50%',
      'out of memory; ended leaky-1.0',
      'memory critical: full 50%',
      'ended short-3.0',
    ]);
    player.order({ kind: 'sample', by: 1 });
    await settled();
    expect(shown.at(-1)?.status.said).toBeNull();
  });

  test('E while it plays: not for ever back to the one that has just gone by', async () => {
    const { player, settled, advance, second } = setUp();
    await player.begin(recordedFromMs + 110_000);
    for (let turn = 0; turn < 3; turn += 1) player.order({ kind: 'speed', by: 1 });
    player.order({ kind: 'play' });
    await advance(1500);
    const visited: number[] = [];
    for (const _ of [1, 2]) {
      player.order({ kind: 'event', by: -1 });
      await settled();
      visited.push(second());
      await advance(500);
    }
    expect(visited).toEqual([102, 60]);
  });
});

describe('playing', () => {
  test('at recorded distances; slower and faster; pause', async () => {
    const { player, advance, second, shown } = setUp();
    await player.begin('start');
    player.order({ kind: 'play' });
    await advance(2000);
    expect(second()).toBe(2);
    expect(shown).toHaveLength(5);
    for (let turn = 0; turn < 3; turn += 1) player.order({ kind: 'speed', by: 1 });
    await advance(2000);
    expect(second()).toBeCloseTo(18, 0);
    for (let turn = 0; turn < 5; turn += 1) player.order({ kind: 'speed', by: -1 });
    await advance(4000);
    expect(second()).toBeCloseTo(19, 0);
    const stands = second();
    player.order({ kind: 'play' });
    await advance(3000);
    expect(second()).toBe(stands);
  });

  test('at 64x one frame shows many samples, and every Model is still derived from the one before', async () => {
    const { player, advance, second, shown, model } = setUp();
    await player.begin('start');
    for (let turn = 0; turn < 6; turn += 1) player.order({ kind: 'speed', by: 1 });
    player.order({ kind: 'play' });
    await advance(3000, 10);
    expect(second()).toBeGreaterThan(185);
    expect(shown.length).toBeLessThan(100);
    expect(model()).toEqual(derived(recordedSamples(240))[second() * 2]);
  });

  test('a gap is passed over with a word', async () => {
    const samples = [...recordedSamples(20), ...recordedSamples(20, { fromSec: 200 })];
    const { player, advance, second, shown } = setUp(createFakeRecording(chunksOf(samples, 20)));
    await player.begin('start');
    player.order({ kind: 'play' });
    await advance(22_000);
    expect(second()).toBeGreaterThanOrEqual(200);
    expect(shown.some(({ status }) => status.said === '3 min without samples passed over')).toBe(true);
    await advance(6000);
    expect(shown.at(-1)?.status.said).toBeNull();
  });

  test('at the end, however one came there, Space begins again at once', async () => {
    const { player, settled, second } = setUp(createFakeRecording(chunksOf(recordedSamples(5), 4)));
    await player.begin('end');
    player.order({ kind: 'play' });
    await settled();
    expect(second()).toBe(0);
    player.order({ kind: 'play' });
    player.order({ kind: 'time', at: recordedFromMs + 60_000 });
    await settled();
    expect(second()).toBe(4.5);
    player.order({ kind: 'play' });
    await settled();
    expect(second()).toBe(0);
  });

  test('at the end it pauses and says so; Space begins again', async () => {
    const { player, advance, settled, second, shown } = setUp(
      createFakeRecording(chunksOf(recordedSamples(5), 4)),
      {
        endText: 'that was all',
      },
    );
    await player.begin('start');
    player.order({ kind: 'play' });
    await advance(8000);
    expect(second()).toBe(4.5);
    expect(shown.at(-1)?.status).toMatchObject({ playing: false, ended: true, said: 'that was all' });
    player.order({ kind: 'play' });
    await settled();
    expect(second()).toBe(0);
    expect(shown.at(-1)?.status).toMatchObject({ playing: true, ended: false });
  });

  test('a recording that grows goes on where it ended', async () => {
    const samples = recordedSamples(20);
    const recording = createFakeRecording([chunkOf(samples.slice(0, 20))]);
    const { player, advance, second, model } = setUp(recording);
    await player.begin('end');
    expect(second()).toBe(9.5);
    recording.grown = { chunks: [chunkOf(samples.slice(0, 30)), chunkOf(samples.slice(30))] };
    player.order({ kind: 'play' });
    await advance(15_000);
    expect(second()).toBe(19.5);
    expect(model()).toEqual(derived(samples).at(-1));
  });

  test('after it is closed nothing is shown and no timer waits', async () => {
    const { player, clock, advance, shown } = setUp();
    await player.begin('start');
    player.order({ kind: 'play' });
    await advance(1000);
    const { length } = shown;
    player.close();
    await advance(3000);
    expect(shown).toHaveLength(length);
    expect(clock.pending).toBe(0);
  });
});

describe('what cannot be read', () => {
  test('a chunk without samples is passed over', async () => {
    const samples = recordedSamples(30);
    const chunks = chunksOf(samples, 20);
    const recording = createFakeRecording(
      chunks.map((chunk, index) => (index === 1 ? { ...chunk, load: async () => [] } : chunk)),
    );
    const all = await allOf(recording);
    expect(all).toHaveLength(40);
    const { player, settled, second } = setUp(recording);
    await player.begin('start');
    player.order({ kind: 'time', at: recordedFromMs + 15_000 });
    await settled();
    expect([9.5, 20]).toContain(second());
  });

  test('nothing at all: begin says so', async () => {
    const { player } = setUp(createFakeRecording([{ ...chunkOf(recordedSamples(1)), load: async () => [] }]));
    expect(await player.begin('start')).toBe(false);
  });

  test('a chunk that throws is told, and the player takes the next order', async () => {
    const chunks = chunksOf(recordedSamples(60), 60);
    let broken = false;
    const recording = createFakeRecording([
      chunks[0] as (typeof chunks)[0],
      {
        ...(chunks[1] as (typeof chunks)[0]),
        load: async () => {
          if (broken) throw new Error('gone');
          return recordedSamples(30, { fromSec: 30 });
        },
      },
    ]);
    const { player, settled, failures, second } = setUp(recording);
    await player.begin('start');
    broken = true;
    player.order({ kind: 'time', at: recordedFromMs + 50_000 });
    player.order({ kind: 'sample', by: 1 });
    await settled();
    expect(failures).toHaveLength(1);
    expect(second()).toBe(0.5);
  });
});

test('a long recording holds few decoded chunks', async () => {
  const chunks = chunksOf(recordedSamples(1200), 60);
  const { player, advance, recording } = setUp(createFakeRecording(chunks));
  await player.begin('start');
  for (let turn = 0; turn < 6; turn += 1) player.order({ kind: 'speed', by: 1 });
  player.order({ kind: 'play' });
  await advance(25_000, 50);
  // Each chunk once, in order.
  expect(recording.loads).toEqual(chunks.map((_, index) => index));
});

test('samples of which nothing can be derived: their times, and all the others', async () => {
  const samples = recordedSamples(60);
  const nonsense = { atMs: 0, ok: true, value: null } as never;
  const strange = samples.map((sample, index) =>
    index < 20 || index > 29 ? sample : { ...sample, pressure: nonsense, forest: nonsense },
  );
  const models = await allOf(createFakeRecording(chunksOf(strange, 30)));
  expect(models.map(({ timeMs }) => timeMs)).toEqual(samples.map(({ timeMs }) => timeMs));
  const last = models.at(-1);
  expect(last?.builds).toEqual(derived(samples.slice(30)).at(-1)?.builds);
});
