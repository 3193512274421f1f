/** The journal's lines (JSON lines of our own, of this version or another). */

import { parseJsonObject } from '../base/fields.ts';
import type { KeptEntry } from '../model/intents/outcome.ts';
import { readEntry } from '../model/intents/read-entry.ts';

export interface ParsedJournal {
  readonly entries: readonly KeptEntry[];
  /** What a shorter file keeps: the lines of `entries` as they were, and what is not understood. */
  readonly lines: readonly string[];
}

/**
 * The last `most` entries. Lines that are torn by a crash are left out; objects that are no entry may be a
 * later version's: the newest of them are kept, up to so many characters.
 */
export function parseJournal(text: string, most: number, mostUnknown = 0): ParsedJournal {
  const entries: KeptEntry[] = [];
  const kept: string[] = [];
  const lines = text.split('\n');
  let room = mostUnknown;
  for (let index = lines.length - 1; index >= 0 && (entries.length < most || room > 0); index -= 1) {
    const line = lines[index] ?? '';
    const value = line === '' ? null : parseJsonObject(line);
    const entry = readEntry(value);
    if (entry !== null) {
      if (entries.length >= most) continue;
      entries.push(entry);
    } else {
      if (value === null) continue;
      room -= line.length;
      if (room < 0) continue;
    }
    kept.push(line);
  }
  return { entries: entries.reverse(), lines: kept.reverse() };
}
