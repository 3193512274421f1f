/** How late a part of the screen is. */
import { shownModel } from '../hooks/use-select.ts';
import { lateBySec } from '../src/model/machine/part-age.ts';
import type { Part } from '../src/model/source-table.ts';
import type { State } from '../src/state/state.ts';

/** Whole seconds since a part was last read well where that is late, else null. */
export function lateBy(state: State, part: Part): number | null {
  return lateBySec(shownModel(state), part, state.health.intervalScale);
}
