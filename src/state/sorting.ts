/** The orders of the build list. */
import { buildFields } from '../model/fields/build.ts';
import type { FieldValue } from '../model/fields/field.ts';
import type { Build } from '../model/model.ts';
import { sortIds } from '../model/ui/build-list.ts';
import type { SortId, State } from './state.ts';
import { withUi } from './ui.ts';

/** Texts ascend, numbers descend; `inverted` turns both. Unknown is last either way. */
export function compareBuilds(sort: SortId, inverted: boolean): (a: Build, b: Build) => number {
  const turn = inverted ? -1 : 1;
  return (a, b) => {
    const x = sortValue(a, sort);
    const y = sortValue(b, sort);
    if (x === null || y === null) {
      return x === y ? byStart(a, b) : x === null ? 1 : -1;
    }
    if (x === y) return byStart(a, b);
    if (typeof x === 'string' && typeof y === 'string') return x < y ? -turn : turn;
    return x > y ? -turn : turn;
  };
}

const fields = new Map(buildFields.map((field) => [field.id, field]));

function sortValue(build: Build, sort: SortId): FieldValue {
  if (sort !== 'io') return fields.get(sort)?.read(build) ?? null;
  const { readBytesPerSec, writeBytesPerSec } = build;
  return readBytesPerSec === null && writeBytesPerSec === null
    ? null
    : (readBytesPerSec ?? 0) + (writeBytesPerSec ?? 0);
}

/** Equal rows keep their places from tick to tick. */
function byStart(a: Build, b: Build): number {
  return a.startTime - b.startTime || a.pid - b.pid;
}

export function sortBy(state: State, sort: SortId): State {
  return withUi(state, { sort });
}

/** The column to the left or right of the current one, stopping at the ends. */
export function sortStep(state: State, by: 1 | -1): State {
  const index = sortIds.indexOf(state.ui.sort) + by;
  return sortBy(state, sortIds[Math.min(Math.max(index, 0), sortIds.length - 1)] ?? state.ui.sort);
}

export function invert(state: State): State {
  return withUi(state, { inverted: !state.ui.inverted });
}
