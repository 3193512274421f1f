/** What changed between two plain values, packed, so that `patch.ts` makes the second from the first. */
import { fieldsOf, type Packer } from './pack.ts';
import {
  addSteps,
  changes,
  decimals,
  decimalsOf,
  isList,
  isScalar,
  newItem,
  type Packed,
  type Plain,
  type PlainObject,
} from './packed.ts';

/** By what items are known again, the first whose fields an array's items have. The reader needs none. */
const identities: readonly (readonly [string, string?])[] = [
  ['pid', 'startTime'],
  ['pid', 'file'],
  ['device'],
  ['path'],
  ['uid', 'name'],
  ['name'],
];

/** Undefined where they are equal. */
export function diff(before: Plain | undefined, now: Plain, packer: Packer): Packed | undefined {
  if (before === now) return undefined;
  if (before !== undefined && typeof now === 'object' && now !== null) {
    if (typeof before === 'object' && before !== null) {
      if (!isList(now))
        return isList(before) ? [changes.replaced, packer.pack(now)] : diffObject(before, now, packer);
      if (isList(before)) return diffList(before, now, packer);
    }
    return [changes.replaced, packer.pack(now)];
  }
  if (typeof now !== 'number') return isScalar(now) ? now : [changes.replaced, packer.pack(now)];
  return typeof before === 'number' ? diffNumber(before, now) : [changes.replaced, now];
}

function diffNumber(before: number, now: number): Packed | undefined {
  // NaN equals itself here, and so do 0 and -0.
  if (Object.is(before, now)) return undefined;
  // Most of them count something.
  if (Number.isSafeInteger(before) && Number.isSafeInteger(now) && Number.isSafeInteger(now - before)) {
    return now - before;
  }
  const own = decimalsOf(before);
  for (const digits of [own, ...decimals]) {
    const scale = 10 ** digits;
    const step = Math.round(now * scale) - Math.round(before * scale);
    if (!Number.isSafeInteger(step) || addSteps(before, step, digits) !== now) continue;
    return digits === own ? step : [changes.scaled, digits, step];
  }
  return [changes.replaced, now];
}

function diffObject(before: PlainObject, now: PlainObject, packer: Packer): Packed | undefined {
  const names = fieldsOf(now);
  const same = hasFields(before, names);
  const places = same ? null : new Map(fieldsOf(before).map((name, i) => [name, i]));
  const sources: number[] | null = same ? null : [];
  const added: Packed[] = [];
  const edits: Packed[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const value = now[name] as Plain;
    const source = places === null ? i : (places.get(name) ?? newItem);
    sources?.push(source);
    if (source === newItem) {
      added.push(name, packer.pack(value));
      continue;
    }
    const inner = diff(before[name], value, packer);
    if (inner !== undefined) edits.push(i, inner);
  }
  return changeOf(sources, added, edits, names.length, packer);
}

function diffList(before: readonly Plain[], now: readonly Plain[], packer: Packer): Packed | undefined {
  const sources = sourcesOf(before, now);
  const added: Packed[] = [];
  const edits: Packed[] = [];
  let next = 0;
  for (let i = 0; i < now.length; i++) {
    const item = now[i] as Plain;
    const source = sources === null ? i : (sources[i] as number);
    if (source === newItem) {
      added.push(packer.pack(item));
      continue;
    }
    const inner = diff(before[source], item, packer);
    if (inner === undefined) continue;
    edits.push(i - next, inner);
    next = i + 1;
  }
  return changeOf(sources, added, edits, now.length, packer);
}

/** `sources`: where each field or item comes from; null: all are where they were. */
function changeOf(
  sources: readonly number[] | null,
  added: readonly Packed[],
  edits: readonly Packed[],
  length: number,
  packer: Packer,
): Packed | undefined {
  if (sources === null && edits.length === 0) return undefined;
  packer.count(length);
  const begin: Packed[] =
    sources === null ? [changes.edited] : [changes.rearranged, rangesOf(sources), added];
  return begin.concat(edits);
}

/** As `fieldsOf` has them, and in this order. */
function hasFields(value: PlainObject, names: readonly string[]): boolean {
  let count = 0;
  for (const name in value) {
    if (value[name] === undefined) continue;
    if (names[count] !== name) return false;
    count += 1;
  }
  return count === names.length;
}

function sameItems(before: readonly Plain[], now: readonly Plain[]): boolean {
  if (before.length !== now.length) return false;
  for (let i = 0; i < now.length; i++) if (before[i] !== now[i]) return false;
  return true;
}

/** Where each item comes from; null: all are where they were. */
function sourcesOf(before: readonly Plain[], now: readonly Plain[]): readonly number[] | null {
  if (sameItems(before, now)) return null;
  const by = identityOf(now);
  if (before.length === now.length && now.every((item, i) => by(item, i) === by(before[i] as Plain, i))) {
    return null;
  }
  const places = new Map<Plain, number>();
  before.forEach((item, i) => {
    const id = by(item, i);
    if (!places.has(id)) places.set(id, i);
  });
  // None is taken twice: what a reader makes of an array is never longer than the old one and the new items.
  return now.map((item, i) => {
    const id = by(item, i);
    const place = places.get(id) ?? newItem;
    places.delete(id);
    return place;
  });
}

function identityOf(items: readonly Plain[]): (item: Plain, place: number) => Plain {
  const [first] = items;
  if (typeof first === 'string') return (item) => item;
  if (first !== undefined && !isScalar(first) && !isList(first)) {
    for (const [name, other] of identities) {
      if (!(name in first) || (other !== undefined && !(other in first))) continue;
      return (item, place) => {
        if (isScalar(item) || isList(item)) return place;
        const id = item[name] as Plain;
        return other === undefined ? id : `${id} ${item[other]}`;
      };
    }
  }
  return (_, place) => place;
}

function rangesOf(sources: readonly number[]): readonly number[] {
  const ranges: number[] = [];
  let next: number | null = null;
  for (const source of sources) {
    if (source === next) ranges.push((ranges.pop() ?? 0) + 1);
    else ranges.push(source, 1);
    next = source === newItem ? newItem : source + 1;
  }
  return ranges;
}
