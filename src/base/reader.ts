/**
 * Values that somebody else wrote (a recording of another version, or one made to hurt), read as what they should be.
 * A reader gives undefined for what is none; fields that it does not know are left out, as are items that are none.
 */
import { isFields } from './fields.ts';

export type Reader<T> = (value: unknown) => T | undefined;
/** One reader for each field. */
export type Readers<T> = { readonly [K in keyof T]-?: Reader<T[K]> };

/** As long as a line of a log may be; a longer one nobody writes, and what it is in is left out. */
const longestText = 1 << 20;

export const text: Reader<string> = (value) =>
  typeof value === 'string' && value.length <= longestText ? value : undefined;
export const number: Reader<number> = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
export const flag: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);

export function orNull<T>(read: Reader<T>): Reader<T | null> {
  return (value) => (value === null ? null : read(value));
}

export function oneOf<const T extends string | null>(...values: readonly T[]): Reader<T> {
  return (value) => values.find((one) => one === value);
}

/** The last `most` of those that can be read. */
export function listOf<T>(read: Reader<T>, most: number): Reader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const items: T[] = [];
    for (let i = Math.max(0, value.length - most); i < value.length; i++) {
      const item = read(value[i]);
      if (item !== undefined) items.push(item);
    }
    return items;
  };
}

/** Of a list. */
export function setOf<T>(read: Reader<T>, most: number): Reader<ReadonlySet<T>> {
  const readList = listOf(read, most);
  return (value) => {
    const items = readList(value);
    return items && new Set(items);
  };
}

/** Of a list of pairs. */
export function mapOf<K, V>(key: Reader<K>, read: Reader<V>, most: number): Reader<ReadonlyMap<K, V>> {
  const readList = listOf<readonly [K, V]>((pair) => {
    const [first, second] = Array.isArray(pair) ? [key(pair[0]), read(pair[1])] : [];
    return first === undefined || second === undefined ? undefined : [first, second];
  }, most);
  return (value) => {
    const pairs = readList(value);
    return pairs && new Map(pairs);
  };
}

/** None where one of its fields is none. */
export function object<T extends object>(readers: Readers<T>): Reader<T> {
  const names = Object.keys(readers) as (keyof T & string)[];
  return (value) => {
    if (!isFields(value)) return undefined;
    const made: Partial<T> = {};
    for (const name of names) {
      const field = readers[name](value[name]);
      if (field === undefined) return undefined;
      made[name] = field;
    }
    return made as T;
  };
}

/** A field that is none is as in `defaults`: a later version may have one more. */
export function objectLike<T extends object>(defaults: T, readers: Readers<T>): Reader<T> {
  const names = Object.keys(readers) as (keyof T & string)[];
  return (value) => {
    if (!isFields(value)) return undefined;
    const made = { ...defaults };
    for (const name of names) {
      const field = readers[name](value[name]);
      if (field !== undefined) made[name] = field;
    }
    return made;
  };
}

/** With fields that may lack, and are left out where they are none. */
export function withOptional<T extends object, More extends object>(
  read: Reader<T>,
  more: Readers<More>,
): Reader<T & Partial<More>> {
  const names = Object.keys(more) as (keyof More & string)[];
  return (value) => {
    const made = read(value);
    if (made === undefined || !isFields(value)) return undefined;
    const added: Partial<More> = {};
    for (const name of names) {
      const field = more[name](value[name]);
      if (field !== undefined) added[name] = field;
    }
    return { ...made, ...added };
  };
}

type Kinds<Union, Tag extends keyof Union> = Union[Tag] & string;
type OfKind<Union, Tag extends keyof Union, Kind> = Union extends unknown
  ? Kind extends Union[Tag]
    ? Omit<Union, Tag>
    : never
  : never;

/** One of several that a field tells apart; none of a kind that is not known. */
export function tagged<Union extends object, Tag extends keyof Union & string>(
  tag: Tag,
  kinds: { readonly [Kind in Kinds<Union, Tag>]: Readers<OfKind<Union, Tag, Kind>> },
): Reader<Union> {
  const readers = new Map(
    Object.entries(kinds).map(([kind, fields]) => [kind, object(fields as Readers<object>)] as const),
  );
  return (value) => {
    const kind = isFields(value) ? value[tag] : undefined;
    const fields = typeof kind === 'string' ? readers.get(kind)?.(value) : undefined;
    return fields && ({ [tag]: kind, ...fields } as Union);
  };
}
