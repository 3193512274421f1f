/** Moments of a recording: what the dashboard shows of a Sample, each derived from the one before. */
import type { DerivedSample } from '../../diagnose/derive-sample.ts';
import type { DiagnoseOptions } from '../../diagnose/diagnose.ts';
import type { Model } from '../../model/model.ts';
import { emptyHistory, extendHistory, type History } from '../../model/past/history.ts';
import { extendTrack, type Track, trackOf } from '../../model/past/track-rings.ts';
import { deriveRecorded } from '../../record/derive-recorded.ts';
import type { Recording } from '../../record/recording.ts';
import {
  createRecordedSamples,
  goesOn,
  isBefore,
  type Position,
  type RecordedSamples,
} from './recorded-samples.ts';
import { createMemory } from './remembered.ts';

export interface Moment {
  readonly position: Position;
  readonly derived: DerivedSample;
  readonly history: History;
  readonly track: Track;
}

/** Growth, rates and the sparklines look back a minute, a verdict two: what is stuck then is so after a jump. */
export const lookBackMs = 150_000;
/** Longer than a source rests. */
const holeMs = 10_000;
/** What the charts show. */
const chartsMs = 33 * 3_600_000;

/**
 * `before`: the moment of the Sample before it; null: nothing is known of that, but for what was `remembered`
 * (remembered.ts).
 */
export async function momentAt(
  samples: RecordedSamples,
  position: Position,
  before: Moment | null,
  diagnose?: DiagnoseOptions,
  remembered: DerivedSample | null = null,
): Promise<Moment> {
  const last = before !== null && goesOn(before.position, position) ? before : null;
  const isNew = last?.position.run !== position.run;
  const facts = isNew ? await samples.facts(position) : {};
  const known = isNew || isAfterHole(position, last) ? await samples.streams(position) : undefined;
  const derived = deriveRecorded(
    { ...facts, ...position.sample },
    last?.derived ?? remembered,
    known,
    diagnose,
  );
  const lastModel = last?.derived.model ?? null;
  const older = before?.track ?? trackOf(samples.pointsBefore(position, chartsMs));
  return {
    position,
    derived,
    history: extendHistory(last?.history ?? emptyHistory, derived.model, lastModel),
    track: extendTrack(older, derived.model, lastModel),
  };
}

/** Samples that are not there had events of streams, too: what a chunk begins with counts then. */
function isAfterHole({ index, sample }: Position, before: Moment): boolean {
  return index === 0 && sample.monotonicMs - before.position.sample.monotonicMs > holeMs;
}

/** From a position on to the end, unless the reader stops earlier. */
export async function* momentsFrom(
  samples: RecordedSamples,
  first: Position,
  diagnose?: DiagnoseOptions,
  remembered: DerivedSample | null = null,
): AsyncGenerator<Moment, void, void> {
  let moment: Moment | null = null;
  for (let at: Position | null = first; at !== null; at = await samples.beside(at, 1)) {
    moment = await momentAt(samples, at, moment, diagnose, moment === null ? remembered : null);
    yield moment;
  }
}

/** All Models in order of time. `fromMs`: the nearest one to it is the first, Unix ms; null: from the start. */
export async function* modelsOf(
  recording: Pick<Recording, 'chunks'>,
  fromMs: number | null = null,
  diagnose?: DiagnoseOptions,
): AsyncGenerator<Model, void, void> {
  const samples = createRecordedSamples(recording);
  const first = await samples.find(fromMs ?? 'start');
  if (first === null) return;
  const from = await samples.back(first, fromMs === null ? 0 : lookBackMs);
  const remembered = await createMemory(samples, diagnose).before(from);
  for await (const { position, derived } of momentsFrom(samples, from, diagnose, remembered)) {
    if (!isBefore(position, first)) yield derived.model;
  }
}

/** So many are kept to step back by, of so many processes together, 400 bytes each. */
const mostMoments = 60;
const mostProcesses = 40_000;
const leastMoments = 2;
/** Names of a rebuild's plan and of what is over, in a list that changed, take as much as one process. */
const namesOfProcess = 12;

export function newestMoments<One extends { readonly derived: Pick<DerivedSample, 'model'> }>(
  moments: readonly One[],
): readonly One[] {
  let first = Math.max(0, moments.length - leastMoments);
  let processes = 0;
  while (first > 0 && moments.length - first < mostMoments && processes < mostProcesses) {
    first -= 1;
    const model = moments[first]?.derived.model;
    const next = moments[first + 1]?.derived.model;
    // What was not read anew is there once.
    if (model?.builds !== next?.builds) processes += model?.totals.processes ?? 0;
    processes += ownNames(model?.rebuilds ?? [], next?.rebuilds ?? []) / namesOfProcess;
  }
  return first === 0 ? moments : moments.slice(first);
}

/** By the later of two moments' rebuilds: each pair is looked at sixty times. */
const namesBefore = new WeakMap<
  Model['rebuilds'],
  { readonly of: Model['rebuilds']; readonly names: number }
>();

/** In lists that the next moment does not share. */
function ownNames(rebuilds: Model['rebuilds'], next: Model['rebuilds']): number {
  if (rebuilds === next) return 0;
  const known = namesBefore.get(next);
  if (known?.of === rebuilds) return known.names;
  const shared = new Set<unknown>(next.flatMap(({ rebuild }) => Object.values(rebuild)));
  let names = 0;
  for (const { rebuild } of rebuilds)
    for (const part of Object.values(rebuild))
      if ((part instanceof Map || part instanceof Set) && !shared.has(part)) names += part.size;
  namesBefore.set(next, { of: rebuilds, names });
  return names;
}
