/** For how long something of the health of devices has held: from reading to reading, for nothing is known in between. */
import type { Scene } from '../rule.ts';

/** Monotonic ms of the first reading, and s until the last one; null: it does not hold. */
export function seenInHealth(
  { model, keep }: Pick<Scene, 'model' | 'keep'>,
  key: string,
  holds: boolean,
): { readonly sinceMs: number; readonly forSec: number } | null {
  if (!holds) return null;
  const atMs = model.readAtMs.health ?? model.monotonicMs;
  const sinceMs = keep<number>(key, (before) => before ?? atMs);
  return { sinceMs, forSec: (atMs - sinceMs) / 1000 };
}
