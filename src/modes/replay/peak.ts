/** The moment of a stretch of time at which pressure was the highest. */

import type { TimeSpan } from '../../base/time-span.ts';
import { pressureOfPoint } from '../../model/past/replay.ts';
import type { Sample } from '../../model/sample.ts';
import type { Entry } from './playlist.ts';
import { pressurePoints } from './recorded-pressure.ts';

/** The highest is in the first one or in the second, unless much of it lies outside of the stretch. */
const mostChunks = 4;

/**
 * Unix ms, after `fromMs` and up to `toMs`, as a column of the charts has it; null where no pressure is
 * known. `samplesOf`: of an entry of the reel.
 */
export async function peakOf(
  entries: readonly Entry[],
  { fromMs, toMs }: TimeSpan,
  samplesOf: (entry: Entry) => Promise<readonly Sample[]>,
): Promise<number | null> {
  const candidates = entries
    .filter(({ chunk: { point }, afterMs }) => point.toMs > fromMs && Math.max(point.fromMs, afterMs) <= toMs)
    .map((entry) => ({ entry, percent: pressureOfPoint(entry.chunk.point).percent }))
    .filter(({ percent }) => percent !== null)
    .toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0));
  let peak: { readonly timeMs: number; readonly percent: number } | null = null;
  for (const { entry, percent: most } of candidates.slice(0, mostChunks)) {
    if (peak !== null && peak.percent >= (most ?? 0)) break;
    for (const point of pressurePoints(await samplesOf(entry))) {
      const { percent } = pressureOfPoint(point);
      if (percent === null || point.toMs <= fromMs || point.toMs > toMs) continue;
      if (peak === null || percent > peak.percent) peak = { timeMs: point.toMs, percent };
    }
  }
  return peak?.timeMs ?? null;
}
