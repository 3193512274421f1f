/** How late a part of the screen is. */
import { shownModel } from '../hooks/selectors.ts';
import type { Part } from '../src/model/model.ts';
import { lateBySec } from '../src/model/part-age.ts';
import type { State } from '../src/store/state.ts';

/** Whole seconds since a part was last read well where that is late, else null. */
export function lateBy(state: State, part: Part): number | null {
  return lateBySec(shownModel(state), part, state.health.intervalScale);
}
