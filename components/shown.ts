/** What the screen shows: the frozen model while it is frozen, else the newest. */
import type { History } from '../src/model/history.ts';
import type { Model, Part } from '../src/model/model.ts';
import type { Mode, State } from '../src/store/state.ts';

export function shownModel(state: State): Model {
  return state.ui.frozen?.model ?? state.model;
}

export function shownHistory(state: State): History {
  return state.ui.frozen?.history ?? state.history;
}

const normal: Mode = { kind: 'normal' };

export function topMode(state: State): Mode {
  return state.ui.modes.at(-1) ?? normal;
}

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
