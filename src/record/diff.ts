/**
 * What changed between two plain values, so that `patch.ts` makes the second from the first.
 *
 *   nothing                        not mentioned
 *   number + integer               the integer, in units of the old one's last decimal: 1, 0.01 or 0.001
 *   null, boolean, string          the new one
 *   [0, value]                     replaced, as in plain.ts
 *   [1, at, change...]             the same fields or as many items; `at`: number of the field, or items
 *                                  left out since the one before
 *   [2, runs, added, at, change...]  fields or items moved, added, removed. runs: pairs (first, count)
 *                                  taken from the old ones, or (-1, count) from `added`: values, with the
 *                                  name before each in an object
 *   [3, decimals, integer]         number + integer in units of so many decimals
 */
import {
  fieldsOf,
  isList,
  isScalar,
  type Packed,
  type Packer,
  type Plain,
  type PlainObject,
} from './plain.ts';

/** By what items are known again, the first whose fields an array's items have. The reader needs none. */
const identities: readonly (readonly [string, string?])[] = [
  ['pid', 'startTime'],
  ['pid', 'file'],
  ['device'],
  ['path'],
  ['uid', 'name'],
  ['name'],
];
/** Counters have none, pressure averages, load and uptime have two, times in ms three. */
const decimals = [0, 2, 3] as const;

/** Undefined where they are equal. */
export function diff(before: Plain | undefined, now: Plain, packer: Packer): Packed | undefined {
  if (before === now) return undefined;
  if (before !== undefined && typeof now === 'object' && now !== null) {
    if (typeof before === 'object' && before !== null) {
      if (!isList(now)) return isList(before) ? [0, packer.pack(now)] : diffObject(before, now, packer);
      if (isList(before)) return diffList(before, now, packer);
    }
    return [0, packer.pack(now)];
  }
  if (typeof now !== 'number') return isScalar(now) ? now : [0, packer.pack(now)];
  return typeof before === 'number' ? diffNumber(before, now) : [0, now];
}

function diffNumber(before: number, now: number): Packed | undefined {
  // NaN equals itself here, and so do 0 and -0.
  if (Object.is(before, now)) return undefined;
  const own = decimalsOf(before);
  for (const digits of [own, ...decimals]) {
    const scale = 10 ** digits;
    const step = Math.round(now * scale) - Math.round(before * scale);
    if (!Number.isSafeInteger(step) || addSteps(before, step, digits) !== now) continue;
    return digits === own ? step : [3, digits, step];
  }
  return [0, now];
}

/** How many decimals a number is written with, of those that we know; 0 where it has others. */
export function decimalsOf(value: number): number {
  return decimals.find((digits) => Math.round(value * 10 ** digits) / 10 ** digits === value) ?? 0;
}

/** `step`: in units of the last of so many decimals. */
export function addSteps(before: number, step: number, digits: number): number {
  const scale = 10 ** digits;
  return (Math.round(before * scale) + step) / scale;
}

function diffObject(before: PlainObject, now: PlainObject, packer: Packer): Packed | undefined {
  const names = fieldsOf(now);
  const old = fieldsOf(before);
  if (names.length === old.length && names.every((name, i) => name === old[i])) {
    let change: Packed[] | undefined;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const inner = diff(before[name], now[name] as Plain, packer);
      if (inner === undefined) continue;
      change ??= [1];
      change.push(i, inner);
    }
    if (change !== undefined) packer.count(names.length);
    return change;
  }
  const places = new Map(old.map((name, i) => [name, i]));
  const sources = names.map((name) => places.get(name) ?? -1);
  const added = names.flatMap((name, i) =>
    sources[i] === -1 ? [name, packer.pack(now[name] as Plain)] : [],
  );
  const changes: Packed[] = [];
  names.forEach((name, i) => {
    const inner = sources[i] === -1 ? undefined : diff(before[name], now[name] as Plain, packer);
    if (inner !== undefined) changes.push(i, inner);
  });
  packer.count(names.length);
  return [2, runsOf(sources), added, ...changes];
}

function diffList(before: readonly Plain[], now: readonly Plain[], packer: Packer): Packed | undefined {
  const sources = sourcesOf(before, now);
  const changes: Packed[] = [];
  const added: Packed[] = [];
  let next = 0;
  now.forEach((item, i) => {
    const source = sources === null ? i : (sources[i] as number);
    if (source === -1) {
      added.push(packer.pack(item));
      return;
    }
    const inner = diff(before[source], item, packer);
    if (inner === undefined) return;
    changes.push(i - next, inner);
    next = i + 1;
  });
  if (sources === null && changes.length === 0) return undefined;
  packer.count(now.length);
  return sources === null ? [1, ...changes] : [2, runsOf(sources), added, ...changes];
}

/** Where each item comes from, -1: it is new; null: all from where they are now. */
function sourcesOf(before: readonly Plain[], now: readonly Plain[]): readonly number[] | null {
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
    const place = places.get(id) ?? -1;
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

function runsOf(sources: readonly number[]): readonly number[] {
  const runs: number[] = [];
  let next: number | null = null;
  for (const source of sources) {
    if (source === next || (source === -1 && runs.at(-2) === -1))
      runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
    else runs.push(source, 1);
    next = source === -1 ? null : source + 1;
  }
  return runs;
}
