/**
 * What was, as far back as the charts look: rings of TrackPoints, finer ones for the last minutes, coarser
 * ones for the day. Bounded in time and in number, however long the dashboard runs.
 */
import type { Model } from '../model.ts';
import { mergeTrackPoints, type TrackPoint, trackPointOf } from './track.ts';

export interface TrackRing {
  /** Ms that one point stands for. */
  readonly spanMs: number;
  /** Ms before the newest point that are kept. */
  readonly keepMs: number;
  /** In order of time. */
  readonly closed: readonly TrackPoint[];
  /** The newest, which is still growing. */
  readonly open: TrackPoint | null;
}

/** Finest first. Times ascend within a ring. */
export interface Track {
  readonly rings: readonly TrackRing[];
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** As far back as single samples are kept. */
export const finestKeepMs = 7 * minute;

/**
 * A third more than is shown (5 min, 1 h, 24 h): the columns of a chart are round, so that all of them
 * together are longer than their range.
 */
const resolutions: readonly Pick<TrackRing, 'spanMs' | 'keepMs'>[] = [
  { spanMs: second, keepMs: finestKeepMs },
  { spanMs: 10 * second, keepMs: 80 * minute },
  { spanMs: 4 * minute, keepMs: 32 * hour },
];

/** The wall clock is corrected by less than this all the time. */
const smallStepMs = 2 * second;

export const emptyTrack: Track = {
  rings: resolutions.map((resolution) => ({ ...resolution, closed: [], open: null })),
};

/** Points of any length that do not overlap. */
export function trackOf(points: readonly TrackPoint[]): Track {
  const ordered = inOrder(points);
  return { rings: emptyTrack.rings.map((ring) => fillRing(ring, ordered)) };
}

/** Puts older points before those that are there: what a recording knows of the time before the start. */
export function addOlder(track: Track, points: readonly TrackPoint[]): Track {
  const ordered = inOrder(points);
  const rings = track.rings.map((ring) => {
    const own = ringPoints(ring);
    const firstMs = own[0]?.fromMs ?? Number.POSITIVE_INFINITY;
    // A point that reaches into our own ends where they begin: a hole between them would be a gap.
    const older = ordered
      .filter(({ fromMs }) => fromMs < firstMs)
      .map((point) => (point.toMs < firstMs ? point : { ...point, toMs: firstMs - 1 }));
    if (older.length === 0) return ring;
    const before = fillRing(ring, older);
    return trimmed({ ...ring, closed: [...ringPoints(before), ...ring.closed] });
  });
  return { rings };
}

/** One more tick; the same object where it brought nothing that was read anew. */
export function extendTrack(track: Track, model: Model, before: Model | null): Track {
  if (sameReadings(model.readAtMs, before?.readAtMs ?? {})) return track;
  return addPoint(track, trackPointOf(model));
}

/**
 * A point that is not the newest means that the clock was set back, or that a replay jumped: what was later
 * is dropped, so that no time is there twice.
 */
export function addPoint(track: Track, point: TrackPoint): Track {
  const newest = newestMs(track);
  if (newest === null || point.fromMs >= newest) return pushed(track, point);
  if (newest - point.fromMs <= smallStepMs) {
    return pushed(track, { ...point, fromMs: newest, toMs: Math.max(newest, point.toMs) });
  }
  return pushed(cutAfter(track, point.fromMs), point);
}

/** Unix ms of the newest sample; null without any. */
export function newestMs({ rings }: Track): number | null {
  const ring = rings[0];
  return ring === undefined ? null : ((ring.open ?? ring.closed.at(-1))?.toMs ?? null);
}

/** In order of time, the growing one included. */
export function ringPoints({ closed, open }: TrackRing): readonly TrackPoint[] {
  return open === null ? closed : [...closed, open];
}

function sameReadings(now: Model['readAtMs'], before: Model['readAtMs']): boolean {
  if (now === before) return true;
  const parts = Object.keys(now) as (keyof Model['readAtMs'])[];
  return parts.every((part) => now[part] === before[part]);
}

function pushed(track: Track, point: TrackPoint): Track {
  return { rings: track.rings.map((ring) => pushTo(ring, point)) };
}

function pushTo(ring: TrackRing, point: TrackPoint): TrackRing {
  const { open, closed, spanMs } = ring;
  if (open === null) return { ...ring, open: point };
  if (bucket(open, spanMs) === bucket(point, spanMs)) {
    return { ...ring, open: mergeTrackPoints([open, point]) };
  }
  return trimmed({ ...ring, closed: [...closed, open], open: point });
}

function bucket(point: TrackPoint, spanMs: number): number {
  return Math.floor(point.fromMs / spanMs);
}

/** Without what is too old; never more points than fit into the time. */
function trimmed(ring: TrackRing): TrackRing {
  const { closed, open, spanMs, keepMs } = ring;
  const newest = (open ?? closed.at(-1))?.toMs ?? 0;
  const most = Math.ceil(keepMs / spanMs) + 1;
  let first = Math.max(0, closed.length - most);
  while (first < closed.length && (closed[first]?.toMs ?? newest) < newest - keepMs) first += 1;
  return first === 0 ? ring : { ...ring, closed: closed.slice(first) };
}

/** Many points at once, into an empty ring. */
function fillRing(ring: TrackRing, points: readonly TrackPoint[]): TrackRing {
  const newest = points.reduce((latest, { toMs }) => Math.max(latest, toMs), Number.NEGATIVE_INFINITY);
  const kept = points.filter(({ toMs }) => toMs >= newest - ring.keepMs - ring.spanMs);
  const buckets: TrackPoint[][] = [];
  for (const point of kept) {
    const [first] = buckets.at(-1) ?? [];
    if (first !== undefined && bucket(first, ring.spanMs) === bucket(point, ring.spanMs)) {
      buckets.at(-1)?.push(point);
    } else buckets.push([point]);
  }
  const merged = buckets.flatMap((group) => mergeTrackPoints(group) ?? []);
  return trimmed({ ...ring, closed: merged.slice(0, -1), open: merged.at(-1) ?? null });
}

/** A coarse point that reaches past the cut is made anew from the finer ring. */
function cutAfter(track: Track, timeMs: number): Track {
  const rings: TrackRing[] = [];
  for (const ring of track.rings) {
    const kept = ringPoints(ring).filter(({ toMs }) => toMs < timeMs);
    const last = kept.at(-1)?.toMs ?? Number.NEGATIVE_INFINITY;
    const finer = rings.at(-1);
    const rest = finer === undefined ? [] : ringPoints(finer).filter(({ fromMs }) => fromMs > last);
    rings.push(fillRing({ ...ring, closed: [], open: null }, [...kept, ...rest]));
  }
  return { rings };
}

function inOrder(points: readonly TrackPoint[]): readonly TrackPoint[] {
  return points.every((point, index) => point.fromMs >= (points[index - 1]?.fromMs ?? point.fromMs))
    ? points
    : points.toSorted((a, b) => a.fromMs - b.fromMs);
}
