/** What the steps on the store note for one another. */
import { parseJsonObject } from '../../base/fields.ts';
import type { Notes } from '../step.ts';

/** Path of the copy. */
export const copyNote = 'copy';
/** `sound`, or what SQLite said. */
export const integrityNote = 'integrity';
/** What could be read of it, as JSON of counts. */
export const tryNote = 'try';
/** Where the damaged database was put. */
export const asideNote = 'aside';
/** Time of the verification that this procedure made. */
export const verifiedNote = 'verified';
/** `yes`: the store was changed since. */
export const changedNote = 'changed';

export interface Readable {
  readonly paths: number;
  readonly renewed: number;
  readonly gone: number;
  readonly doubtful: number;
}

/** Null: it was not tried. */
export function readableOf(notes: Notes): Readable | null {
  const fields = parseJsonObject(notes.get(tryNote) ?? '');
  if (fields === null) return null;
  const { paths, renewed, gone, doubtful } = fields;
  const numbers = [paths, renewed, gone, doubtful].map((value) => (typeof value === 'number' ? value : 0));
  const [a = 0, b = 0, c = 0, d = 0] = numbers;
  return { paths: a, renewed: b, gone: c, doubtful: d };
}

/** Whether SQLite found it broken; null: it was not asked. */
export function isBroken(notes: Notes): boolean | null {
  const said = notes.get(integrityNote);
  return said === null ? null : said !== 'sound';
}

export function setChanged(notes: Notes): Promise<void> {
  return notes.set(changedNote, 'yes');
}
