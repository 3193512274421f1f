/**
 * Plain values as a recording writes them: trees of objects, arrays and scalars, with the names of fields
 * said once per chunk.
 *
 *   scalar   itself
 *   array    [0, item...]
 *   object   [shape, value...]   shape: number >= 1 of a list of field names, counted in the order of a
 *                                chunk's `shapes` lists
 */
export type Scalar = null | boolean | number | string;
export type Plain = Scalar | readonly Plain[] | PlainObject;
export interface PlainObject {
  readonly [name: string]: Plain;
}
/** As MessagePack carries it. */
export type Packed = Scalar | readonly Packed[];

/** A field that is undefined is one that is absent. */
export function fieldsOf(value: PlainObject): readonly string[] {
  const names = Object.keys(value);
  for (const name of names) {
    if (value[name] === undefined) return names.filter((name) => value[name] !== undefined);
  }
  return names;
}

export function isScalar(value: Plain): value is Scalar {
  return typeof value !== 'object' || value === null;
}

interface Branch {
  shape: number;
  readonly next: Map<string, Branch>;
}

export interface Packer {
  pack(value: Plain): Packed;
  /** Lists of names first used since the last call: they go before what uses them. */
  takeShapes(): readonly (readonly string[])[];
  /** Fields and items that a reader makes of what was packed and changed so far, as it counts them (patch.ts). */
  readonly slots: number;
  /** What a change makes anew. */
  count(slots: number): void;
}

export function createPacker(): Packer {
  const root: Branch = { shape: 0, next: new Map() };
  let shapes = 0;
  let slots = 0;
  let fresh: (readonly string[])[] = [];

  function shapeOf(names: readonly string[]): number {
    let branch = root;
    for (const name of names) {
      let next = branch.next.get(name);
      if (next === undefined) {
        next = { shape: 0, next: new Map() };
        branch.next.set(name, next);
      }
      branch = next;
    }
    if (branch.shape === 0) {
      shapes += 1;
      branch.shape = shapes;
      fresh.push(names);
    }
    return branch.shape;
  }

  function pack(value: Plain): Packed {
    if (isScalar(value)) return value;
    if (isList(value)) {
      slots += 1 + value.length;
      return [0, ...value.map(pack)];
    }
    const names = fieldsOf(value);
    slots += 1 + names.length;
    const packed: Packed[] = [shapeOf(names)];
    for (const name of names) packed.push(pack(value[name] as Plain));
    return packed;
  }

  return {
    pack,
    takeShapes() {
      const taken = fresh;
      fresh = [];
      return taken;
    },
    get slots() {
      return slots;
    },
    count(more) {
      slots += more;
    },
  };
}

export function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}
