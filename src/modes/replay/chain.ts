/** Samples of a recording to what the dashboard shows of them: Models, each from the one before. */
import type { Derived } from '../../model/derive.ts';
import type { Model } from '../../model/model.ts';
import { emptyHistory, extendHistory, type History } from '../../model/past/history.ts';
import { emptyTrack, extendTrack, type Track, trackOf } from '../../model/past/track-rings.ts';
import type { Sample } from '../../model/sample.ts';
import { deriveRecorded } from '../../record/derive-recorded.ts';
import type { Facts, Place, Reel } from './reel.ts';

export interface Link {
  readonly place: Place;
  readonly derived: Derived;
  readonly history: History;
  readonly track: Track;
}

/** Growth, rates and the sparklines look back a minute. */
export const lookBackMs = 90_000;
/** What the charts show. */
const chartsMs = 33 * 3_600_000;
/** How far back it is looked for when something began. */
export const farBackMs = 15 * 60_000;
/** A beginning this near to where one began to look is no beginning. */
const nearMs = 6000;

/** `older`: what was before the first link. */
export function follow(before: Link | null, place: Place, facts: Facts = {}, older = emptyTrack): Link {
  const last = before?.place.run === place.run ? before : null;
  const sample: Sample = { ...facts, ...place.sample };
  const derived = deriveRecorded(sample, last?.derived ?? null);
  const history = extendHistory(last?.history ?? emptyHistory, derived.model, last?.derived.model ?? null);
  const track = extendTrack(before?.track ?? older, derived.model, last?.derived.model ?? null);
  return { place, derived, history, track };
}

/**
 * All links from `ms` earlier up to a place, the last ones kept. `rest` is asked after every few and may end
 * it by false: then null.
 */
export async function deriveBack(
  reel: Reel,
  to: Place,
  ms: number,
  keep: number,
  rest: () => Promise<boolean> = async () => true,
): Promise<{ readonly links: readonly Link[]; readonly from: Place } | null> {
  const from = await reel.back(to, ms);
  const whole = from.sample.host?.ok === true && from.sample.storage?.ok === true;
  const facts = whole ? {} : await reel.facts(from);
  let link = follow(null, from, facts, trackOf(reel.pointsBefore(from, chartsMs)));
  let links = [link];
  for (let count = 1; !samePlace(link.place, to); count += 1) {
    if (count % 50 === 0 && !(await rest())) return null;
    const next = await reel.beside(link.place, 1);
    if (next === null || next.run !== to.run) break;
    link = follow(link, next);
    links.push(link);
    if (links.length > 2 * keep) links = links.slice(-keep);
  }
  return { links: links.slice(-keep), from };
}

export function samePlace(a: Place, b: Place): boolean {
  return a.entry === b.entry && a.index === b.index;
}

/**
 * How far back to look again, ms; null where nothing shown is as old as what was looked at, or the run is.
 * `charts`: they are on the screen, and want every sample of their finest range.
 */
export function furtherBack(
  { derived: { model } }: Link,
  from: Place,
  lookedMs: number,
  charts: boolean,
): number | null {
  const seenMs = model.monotonicMs - from.sample.monotonicMs;
  const whole = seenMs < lookedMs || lookedMs >= farBackMs;
  return whole || (!charts && !beganBefore(model, seenMs - nearMs)) ? null : farBackMs;
}

/** A shortage or an idle build that is as old as the time that was looked at. */
function beganBefore({ shortages, builds, monotonicMs }: Model, seenMs: number): boolean {
  return (
    shortages.some(({ sinceMs }) => monotonicMs - sinceMs >= seenMs) ||
    builds.some(({ idleSec }) => idleSec * 1000 >= seenMs)
  );
}
