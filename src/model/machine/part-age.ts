/** How old what is shown is: numbers that nobody has read for a while must not pass for fresh. */
import type { Model } from '../model.ts';
import type { Part } from '../source-table.ts';

/** Readings older than this, in seconds, say so; file systems are asked less often than the rest. */
const lateAfterSec: Readonly<Partial<Record<Part, number>>> = { storage: 20 };
const usuallyLateAfterSec = 3;

/** Whole seconds since a part was last read well where that is late, else null. */
export function lateBySec(
  { monotonicMs, readAtMs }: Pick<Model, 'monotonicMs' | 'readAtMs'>,
  part: Part,
  intervalScale: number,
): number | null {
  const readMs = readAtMs[part];
  if (readMs === undefined) return null;
  const age = Math.floor((monotonicMs - readMs) / 1000);
  const limit = lateAfterSec[part] ?? usuallyLateAfterSec;
  return age >= limit * Math.max(1, intervalScale) ? age : null;
}
