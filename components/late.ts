/** How late a part of the screen is. */
import { shownModel } from '../hooks/selectors.ts';
import type { Part } from '../src/model/model.ts';
import type { State } from '../src/store/state.ts';

/** Readings older than this, in seconds, say so. */
const lateAfterSec = 3;

/** Whole seconds since a part was last read well where that is late, else null. */
export function lateBy(state: State, part: Part): number | null {
  const { monotonicMs, readAtMs } = shownModel(state);
  const readMs = readAtMs[part];
  if (readMs === undefined) return null;
  const age = Math.floor((monotonicMs - readMs) / 1000);
  return age >= lateAfterSec * Math.max(1, state.health.intervalScale) ? age : null;
}
