/**
 * Plain values from what `diff.ts` wrote, by somebody who may not be trusted: whatever does not fit throws
 * a Malformed, and what a chunk unpacks to is bounded. What did not change stays the same object.
 */
import { addSteps, decimalsOf } from './diff.ts';
import { isList, isScalar, type Packed, type Plain, type PlainObject } from './plain.ts';

/** The bytes are as they were written, and say nothing that can be. */
export class Malformed extends Error {}

/**
 * Fields and items that a chunk may unpack to. A writer ends its chunk at a quarter of that: half a minute of 5000
 * processes that change with every sample.
 */
export const mostSlots = 16_000_000;
/** Whatever has more levels is no sample. */
const deepest = 100;

export interface Unpacker {
  addShapes(shapes: Packed | undefined): void;
  unpack(packed: Packed | undefined): Plain;
  patch(before: Plain | undefined, change: Packed | undefined): Plain;
  /** Fields and items made so far. */
  readonly slots: number;
}

export function createUnpacker(): Unpacker {
  const shapes: (readonly string[])[] = [];
  let slots = 0;
  let depth = 0;

  function take(count: number): void {
    slots += count;
    if (slots > mostSlots) throw new Malformed('unpacks to too much');
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
    if (shape === 0) return deeper(() => packed.slice(1).map(unpack));
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
    const [kind] = change;
    if (kind === 0) return unpack(change[1]);
    if (kind === 3) {
      const [, digits, step] = change;
      if (typeof before !== 'number' || typeof digits !== 'number' || typeof step !== 'number') {
        throw new Malformed('decimals of what is no number');
      }
      return addSteps(before, step, digits);
    }
    if ((kind !== 1 && kind !== 2) || before === undefined || isScalar(before)) {
      throw new Malformed('a change that does not fit');
    }
    return deeper(() => {
      if (isList(before)) return kind === 1 ? changeList([...before], change, 1) : remakeList(before, change);
      return kind === 1 ? changeObject({ ...before }, change, 1) : remakeObject(before, change);
    });
  }

  function changeList(items: Plain[], change: readonly Packed[], from: number): Plain {
    take(items.length);
    let next = 0;
    for (let i = from; i < change.length; i += 2) {
      const at = next + placeIn(change[i]);
      if (at >= items.length) throw new Malformed('a change of an item that is not there');
      items[at] = patch(items[at], change[i + 1]);
      next = at + 1;
    }
    return items;
  }

  function changeObject(made: Record<string, Plain>, change: readonly Packed[], from: number): Plain {
    const names = Object.keys(made);
    take(names.length);
    for (let i = from; i < change.length; i += 2) {
      const name = names[placeIn(change[i])];
      if (name === undefined) throw new Malformed('a change of a field that is not there');
      setField(made, name, patch(made[name], change[i + 1]));
    }
    return made;
  }

  function remakeList(before: readonly Plain[], change: readonly Packed[]): Plain {
    const added = listOf(change[2]);
    const made: Plain[] = [];
    let taken = 0;
    for (const source of places(change[1], before.length, added.length)) {
      made.push(source === -1 ? unpack(added[taken++]) : (before[source] as Plain));
    }
    return changeList(made, change, 3);
  }

  function remakeObject(before: PlainObject, change: readonly Packed[]): Plain {
    const old = Object.keys(before);
    const added = listOf(change[2]);
    const made: Record<string, Plain> = {};
    let taken = 0;
    for (const source of places(change[1], old.length, added.length / 2)) {
      const name = source === -1 ? added[taken] : old[source];
      if (typeof name !== 'string') throw new Malformed('a field without a name');
      setField(made, name, source === -1 ? unpack(added[taken + 1]) : (before[name] as Plain));
      if (source === -1) taken += 2;
    }
    return changeObject(made, change, 3);
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
    get slots() {
      return slots;
    },
  };

  function atTop<T>(work: () => T): T {
    depth = 0;
    return work();
  }

  /** Of runs: the place of each item among the old ones, -1 for a new one. */
  function places(runs: Packed | undefined, old: number, added: number): number[] {
    const list = listOf(runs);
    const made: number[] = [];
    let fresh = 0;
    for (let i = 0; i < list.length; i += 2) {
      const first = list[i];
      const count = placeIn(list[i + 1]);
      const isNew = first === -1;
      fresh += isNew ? count : 0;
      const start = isNew ? -1 : placeIn(first);
      if (fresh > added || (!isNew && start + count > old) || made.length + count > old + added) {
        throw new Malformed('items that are not there');
      }
      for (let k = 0; k < count; k++) made.push(isNew ? -1 : start + k);
    }
    if (fresh !== added) throw new Malformed('items left over');
    return made;
  }
}

export function listOf(packed: Packed | undefined): readonly Packed[] {
  if (!Array.isArray(packed)) throw new Malformed('a list is missing');
  return packed;
}

function placeIn(packed: Packed | undefined): number {
  if (typeof packed !== 'number' || !Number.isSafeInteger(packed) || packed < 0) {
    throw new Malformed('a place that is no number');
  }
  return packed;
}

/** An own field even where its name is `__proto__`. */
export function setField(object: Record<string, Plain>, name: string, value: Plain): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
