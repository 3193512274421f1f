/**
 * How Samples are packed: what the bodies of `key` and `delta` records hold once they are decompressed and
 * read as MessagePack. Samples of one machine half a second apart are nearly the same, so that a chunk's first
 * one is written whole and each later one as what changed. Nothing here knows a field of today's Samples:
 * names are in the stream, each list of them once per chunk, and go by their number from then on.
 *
 *   key     [format, shapes, value]   a whole Sample
 *   delta   [shapes, names, parts, (at, change)...]
 *             names: of parts (the Sample's own fields) that the chunk has not had yet; parts are numbered
 *                    from 0 in the order in which the chunk has them
 *             parts: the numbers of those that the Sample has, in its order; the others are absent
 *             at:    place in `parts`; the change is from the chunk's last reading, however long ago, which a writer
 *                    may replace by the new one where they have nothing in common (`logs`)
 *   shapes  [[name...]...]            lists of fields first used here; they are numbered from 1
 *
 *   value   scalar                    itself
 *           [0, item...]              an array
 *           [shape, value...]         an object: the number of its list of fields, and what they are
 *
 *   change  integer                   of a number: added, in units of the old one's last decimal (1, 0.01, 0.001)
 *           null, boolean, string     the new one
 *           [0, value]                replaced
 *           [1, (at, change)...]      edited: the same fields or as many items. at: number of the field; of an
 *                                     array how many items were left out since the one before
 *           [2, ranges, added, (at, change)...]   rearranged, then edited: fields or items moved, came, went
 *             ranges: (first, count) of the old ones, (-1, count) of `added`
 *             added:  values; in an object (name, value)
 *           [3, decimals, integer]    of a number: added, in units of so many decimals
 *           What did not change is left out.
 *
 * Two Samples and their bodies:
 *
 *   {version: 1, timeMs: 1000, disks: [{device: 'sda', reads: 7}]}
 *     [1, [['version', 'timeMs', 'disks'], ['device', 'reads']], [1, 1, 1000, [0, [2, 'sda', 7]]]]
 *   {version: 1, timeMs: 1500, disks: [{device: 'sda', reads: 9}]}
 *     [[], [], [0, 1, 2], 1, 500, 2, [1, 0, [1, 1, 2]]]
 */
export type Scalar = null | boolean | number | string;
export type Plain = Scalar | readonly Plain[] | PlainObject;
export interface PlainObject {
  readonly [name: string]: Plain;
}
/** As MessagePack carries it. */
export type Packed = Scalar | readonly Packed[];

/** In the place of an object's shape. */
export const arrayShape = 0;
/** What a change that is a list begins with. */
export const changes = { replaced: 0, edited: 1, rearranged: 2, scaled: 3 } as const;
/** The first of a range of those that were not there before. */
export const newItem = -1;

export function isScalar(value: Plain): value is Scalar {
  return typeof value !== 'object' || value === null;
}

export function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** Counters have no decimals, pressure averages, load and uptime have two, times in ms three. */
export const decimals = [0, 2, 3] as const;

/** How many decimals a number is written with, of those that we know; 0 where it has others. */
export function decimalsOf(value: number): number {
  return decimals.find((digits) => Math.round(value * 10 ** digits) / 10 ** digits === value) ?? 0;
}

/** `step`: in units of the last of so many decimals. */
export function addSteps(before: number, step: number, digits: number): number {
  const scale = 10 ** digits;
  return (Math.round(before * scale) + step) / scale;
}
