/**
 * Values from what `pack.ts` and `diff.ts` wrote, by somebody who may not be trusted: whatever does not fit
 * throws a Malformed, and what a chunk unpacks to is bounded. What did not change stays the same object.
 */
import {
  addSteps,
  arrayShape,
  changes,
  decimalsOf,
  isList,
  isScalar,
  newItem,
  type Packed,
  type Plain,
  type PlainObject,
} from './packed.ts';

/** The bytes are as they were written, and say nothing that can be. */
export class Malformed extends Error {}

/**
 * Fields and items that a chunk may unpack to. A writer ends its chunk at a quarter of that: half a minute of 5000
 * processes that change with every sample.
 */
export const mostValues = 16_000_000;
/** Whatever has more levels is no sample. */
const deepest = 100;

export interface Unpacker {
  addShapes(shapes: Packed | undefined): void;
  unpack(packed: Packed | undefined): Plain;
  patch(before: Plain | undefined, change: Packed | undefined): Plain;
  /** Fields and items made so far. */
  readonly values: number;
}

export function createUnpacker(): Unpacker {
  const shapes: (readonly string[])[] = [];
  let values = 0;
  let depth = 0;

  function take(count: number): void {
    values += count;
    if (values > mostValues) throw new Malformed('unpacks to too much');
  }

  function deeper<T>(work: () => T): T {
    depth += 1;
    if (depth > deepest) throw new Malformed('nested too deep');
    const result = work();
    depth -= 1;
    return result;
  }

  function unpack(packed: Packed | undefined): Plain {
    if (packed === undefined) throw new Malformed('a value is missing');
    if (isScalar(packed)) return packed;
    const [shape] = packed;
    take(packed.length);
    if (shape === arrayShape) return deeper(() => packed.slice(1).map(unpack));
    const names = typeof shape === 'number' ? shapes[shape - 1] : undefined;
    if (names === undefined || names.length !== packed.length - 1) throw new Malformed('an unknown shape');
    return deeper(() => {
      const made: Record<string, Plain> = {};
      for (let i = 0; i < names.length; i++) setField(made, names[i] as string, unpack(packed[i + 1]));
      return made;
    });
  }

  function patch(before: Plain | undefined, change: Packed | undefined): Plain {
    if (change === undefined) throw new Malformed('a change is missing');
    if (typeof change === 'number') {
      if (typeof before !== 'number') throw new Malformed('a difference from what is no number');
      return addSteps(before, change, decimalsOf(before));
    }
    if (isScalar(change)) return change;
    const [kind, digits, step] = change;
    if (kind === changes.replaced) return unpack(change[1]);
    if (kind === changes.scaled) {
      if (typeof before !== 'number' || typeof digits !== 'number' || typeof step !== 'number') {
        throw new Malformed('decimals of what is no number');
      }
      return addSteps(before, step, digits);
    }
    const isEdit = kind === changes.edited;
    if ((!isEdit && kind !== changes.rearranged) || before === undefined || isScalar(before)) {
      throw new Malformed('a change that does not fit');
    }
    return deeper(() => {
      if (isList(before)) return editList(isEdit ? [...before] : rearrangeList(before, change), change);
      return editObject(isEdit ? { ...before } : rearrangeObject(before, change), change);
    });
  }

  function editList(items: Plain[], change: readonly Packed[]): Plain {
    take(items.length);
    let next = 0;
    for (let i = firstEdit(change); i < change.length; i += 2) {
      const at = next + countOf(change[i]);
      if (at >= items.length) throw new Malformed('a change of an item that is not there');
      items[at] = patch(items[at], change[i + 1]);
      next = at + 1;
    }
    return items;
  }

  function editObject(made: Record<string, Plain>, change: readonly Packed[]): Plain {
    const names = Object.keys(made);
    take(names.length);
    for (let i = firstEdit(change); i < change.length; i += 2) {
      const name = names[countOf(change[i])];
      if (name === undefined) throw new Malformed('a change of a field that is not there');
      setField(made, name, patch(made[name], change[i + 1]));
    }
    return made;
  }

  function rearrangeList(before: readonly Plain[], change: readonly Packed[]): Plain[] {
    const added = listOf(change[2]);
    let taken = 0;
    return sourcesIn(change[1], before.length, added.length).map((source) =>
      source === newItem ? unpack(added[taken++]) : (before[source] as Plain),
    );
  }

  function rearrangeObject(before: PlainObject, change: readonly Packed[]): Record<string, Plain> {
    const old = Object.keys(before);
    const added = listOf(change[2]);
    const made: Record<string, Plain> = {};
    let taken = 0;
    for (const source of sourcesIn(change[1], old.length, added.length / 2)) {
      const name = source === newItem ? added[taken] : old[source];
      if (typeof name !== 'string') throw new Malformed('a field without a name');
      setField(made, name, source === newItem ? unpack(added[taken + 1]) : (before[name] as Plain));
      if (source === newItem) taken += 2;
    }
    return made;
  }

  return {
    addShapes(list) {
      for (const shape of listOf(list)) {
        const names = listOf(shape);
        if (!names.every((name) => typeof name === 'string')) throw new Malformed('a name that is no text');
        shapes.push(names);
      }
    },
    unpack: (packed) => atTop(() => unpack(packed)),
    patch: (before, change) => atTop(() => patch(before, change)),
    get values() {
      return values;
    },
  };

  function atTop<T>(work: () => T): T {
    depth = 0;
    return work();
  }
}

function firstEdit([kind]: readonly Packed[]): number {
  return kind === changes.edited ? 1 : 3;
}

/** Of ranges: where each item comes from. No more of them than there are old and added ones. */
function sourcesIn(ranges: Packed | undefined, old: number, added: number): number[] {
  const list = listOf(ranges);
  const made: number[] = [];
  let fresh = 0;
  for (let i = 0; i < list.length; i += 2) {
    const first = list[i];
    const count = countOf(list[i + 1]);
    const isNew = first === newItem;
    fresh += isNew ? count : 0;
    const start = isNew ? newItem : countOf(first);
    if (fresh > added || (!isNew && start + count > old) || made.length + count > old + added) {
      throw new Malformed('items that are not there');
    }
    for (let k = 0; k < count; k++) made.push(isNew ? newItem : start + k);
  }
  if (fresh !== added) throw new Malformed('items left over');
  return made;
}

export function listOf(packed: Packed | undefined): readonly Packed[] {
  if (!Array.isArray(packed)) throw new Malformed('a list is missing');
  return packed;
}

function countOf(packed: Packed | undefined): number {
  if (typeof packed !== 'number' || !Number.isSafeInteger(packed) || packed < 0) {
    throw new Malformed('a count that is no number');
  }
  return packed;
}

/** An own field even where its name is `__proto__`. */
export function setField(object: Record<string, Plain>, name: string, value: Plain): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
