/** Columns of a chart over a time whose length nobody knows before: they become coarser as it grows, and keep every peak. */
import { mergeTrackPoints, type TrackPoint } from '../model/past/track.ts';

/** Shown at most; kept twice as many. */
export const mostColumns = 60;
const firstMs = 1000;

export interface Columns {
  add(point: TrackPoint): void;
  /** Each as long as the others, also where nothing was measured: then it is empty. */
  all(): readonly TrackPoint[];
}

export function createColumns(): Columns {
  let lengthMs = firstMs;
  let beginMs: number | null = null;
  let last = 0;
  let kept = new Map<number, TrackPoint>();

  function widen(): void {
    lengthMs *= 2;
    last = Math.floor(last / 2);
    const coarser = new Map<number, TrackPoint>();
    for (const [at, point] of kept) {
      const place = Math.floor(at / 2);
      const there = coarser.get(place);
      coarser.set(place, there === undefined ? point : (mergeTrackPoints([there, point]) ?? point));
    }
    kept = coarser;
  }

  return {
    add(point) {
      if (!Number.isFinite(point.toMs)) return;
      beginMs ??= point.toMs;
      let at = Math.floor((point.toMs - beginMs) / lengthMs);
      while (at >= mostColumns * 2) {
        widen();
        at = Math.floor((point.toMs - beginMs) / lengthMs);
      }
      // A clock that was set back goes on where it was: time is not drawn twice.
      last = Math.max(last, at);
      const there = kept.get(last);
      kept.set(last, there === undefined ? point : (mergeTrackPoints([there, point]) ?? point));
    },
    all() {
      const from = beginMs;
      if (from === null) return [];
      const together = Math.ceil((last + 1) / mostColumns);
      return Array.from({ length: Math.ceil((last + 1) / together) }, (_, column): TrackPoint => {
        const points = Array.from({ length: together }, (_, at) => kept.get(column * together + at)).filter(
          (point) => point !== undefined,
        );
        const fromMs = from + column * together * lengthMs;
        const { max, builds } = mergeTrackPoints(points) ?? { max: {}, builds: [] };
        return { fromMs, toMs: fromMs + together * lengthMs, max, builds };
      });
    },
  };
}
