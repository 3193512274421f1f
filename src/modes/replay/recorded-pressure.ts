/** The pressure of Samples that follow on each other, as points of a Track: one for each that has a reading. */
import { derivePressure, type PressureCarry } from '../../model/machine/derive-pressure.ts';
import type { Model } from '../../model/model.ts';
import type { SeriesId, TrackPoint } from '../../model/past/track.ts';
import type { Sample } from '../../model/sample.ts';

/** None where a Sample holds what no machine tells. */
export function pressurePoints(samples: readonly Sample[]): readonly TrackPoint[] {
  try {
    return derivePoints(samples);
  } catch {
    return [];
  }
}

function derivePoints(samples: readonly Sample[]): TrackPoint[] {
  let carry: PressureCarry | null = null;
  const points: TrackPoint[] = [];
  for (const { pressure, timeMs } of samples) {
    if (!pressure?.ok) continue;
    const next: ReturnType<typeof derivePressure> = derivePressure(
      pressure.value,
      pressure.atMs,
      carry,
      false,
    );
    carry = next.carry;
    points.push({ fromMs: timeMs, toMs: timeMs, max: maxOf(next.pressure), builds: [] });
  }
  return points;
}

function maxOf({ memory, io }: Model['pressure']): TrackPoint['max'] {
  const values: Readonly<Partial<Record<SeriesId, number | null | undefined>>> = {
    memorySomePercent: memory.some?.tickPercent,
    memoryFullPercent: memory.full?.tickPercent,
    ioSomePercent: io.some?.tickPercent,
    ioFullPercent: io.full?.tickPercent,
  };
  const max: Partial<Record<SeriesId, number>> = {};
  for (const [id, value] of Object.entries(values)) if (value != null) max[id as SeriesId] = value;
  return max;
}
