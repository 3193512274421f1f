/** Values as packed.ts has them, on the writer's side. */
import { arrayShape, isList, isScalar, type Packed, type Plain, type PlainObject } from './packed.ts';

export interface Packer {
  pack(value: Plain): Packed;
  /** Lists of names first used since the last call: they go before what uses them. */
  takeShapes(): readonly (readonly string[])[];
  /** Fields and items that a reader makes of what was packed and changed so far, as it counts them (patch.ts). */
  readonly values: number;
  /** What a change makes anew. */
  count(more: number): void;
}

export function createPacker(): Packer {
  const shapes = new Map<string, number>();
  let values = 0;
  let fresh: (readonly string[])[] = [];

  function shapeOf(names: readonly string[]): number {
    const key = JSON.stringify(names);
    const known = shapes.get(key);
    if (known !== undefined) return known;
    fresh.push(names);
    shapes.set(key, shapes.size + 1);
    return shapes.size;
  }

  function pack(value: Plain): Packed {
    if (isScalar(value)) return value;
    if (isList(value)) {
      values += 1 + value.length;
      const items: Packed[] = [arrayShape];
      for (let i = 0; i < value.length; i++) items.push(pack(value[i] as Plain));
      return items;
    }
    const names = fieldsOf(value);
    values += 1 + names.length;
    const packed: Packed[] = [shapeOf(names)];
    for (let i = 0; i < names.length; i++) packed.push(pack(value[names[i] as string] as Plain));
    return packed;
  }

  return {
    pack,
    takeShapes() {
      const taken = fresh;
      fresh = [];
      return taken;
    },
    get values() {
      return values;
    },
    count(more) {
      values += more;
    },
  };
}

/** A field that is undefined is one that is absent. */
export function fieldsOf(value: PlainObject): readonly string[] {
  const names = Object.keys(value);
  for (let i = 0; i < names.length; i++) {
    if (value[names[i] as string] === undefined) return names.filter((name) => value[name] !== undefined);
  }
  return names;
}
