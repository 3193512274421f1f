/**
 * Ink lays rows out without looking into them. A row of the screen is composed, cut and painted before Ink sees it, so
 * what Ink gets is a key, four columns of ASCII, for one row or for a block of them; the frame that Ink makes is a list
 * of keys below each other, and the rows are put in their place. Where Ink draws for somebody else (a test, a string)
 * there are no keys, and it gets the rows themselves. What this saves and what it costs to undo: docs/decisions/0014.
 */
import { createContext } from 'react';

export interface RowKeys {
  /** For rows joined by newlines; the same ones have the same key for as long as they are on the screen. */
  keyOf(rows: string): string;
  /** The rows of a frame of keys; a line that is no key stays what it is. */
  rowsOf(frame: string): string[];
}

export const keyColumns = 4;
const radix = 36;
const mostKeys = radix ** (keyColumns - 1);
/** So many keys are known before those that left the screen are forgotten. */
const mostKnown = 256;

export function createRowKeys(): RowKeys {
  const keys = new Map<string, string>();
  const rows = new Map<string, string>();
  let made = 0;

  function freshKey(): string {
    for (;;) {
      const key = `#${made.toString(radix).padStart(keyColumns - 1, '0')}`;
      made = (made + 1) % mostKeys;
      if (!rows.has(key)) return key;
    }
  }

  /** A row that is still shown may never be asked for again: its component has no reason to draw anew. */
  function forgetAllBut(shown: readonly string[]): void {
    const kept = shown.flatMap((key) => {
      const row = rows.get(key);
      return row === undefined ? [] : [[key, row] as const];
    });
    keys.clear();
    rows.clear();
    for (const [key, row] of kept) {
      keys.set(row, key);
      rows.set(key, row);
    }
  }

  return {
    keyOf(row) {
      const known = keys.get(row);
      if (known !== undefined) return known;
      const key = freshKey();
      keys.set(row, key);
      rows.set(key, row);
      return key;
    },
    rowsOf(frame) {
      const lines = frame.split('\n');
      const shown = lines.flatMap((line) => rows.get(line)?.split('\n') ?? line);
      if (rows.size > mostKnown) forgetAllBut(lines);
      return shown;
    },
  };
}

/** Whose frames are made of keys; null: Ink draws the rows themselves. */
export const RowKeysContext = createContext<RowKeys | null>(null);
