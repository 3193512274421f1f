/**
 * Ink lays rows out without looking into them. A row of the screen is composed, cut and painted before Ink sees it, so
 * what Ink gets is a key, four columns of ASCII, for as long as the row or the block of rows has its place. Other rows in
 * that place change nothing of what Ink has: it draws only when places come and go, and its frame is a list of keys
 * below each other, which the rows are put in the place of. Where Ink draws for somebody else (a test, a string) there
 * are no keys, and it gets the rows themselves. What this saves and what it costs to undo: docs/decisions/0014.
 */
import { createContext } from 'react';

export interface RowKeys {
  /** A key for one place on the screen. */
  take(): string;
  /** What stands there from the next frame on. */
  put(key: string, rows: readonly string[]): void;
  /** The place is gone. */
  drop(key: string): void;
  /** The rows of a frame of keys; a line that is no key stays what it is. */
  rowsOf(frame: readonly string[]): string[];
}

export const keyColumns = 4;
const radix = 36;
const mostKeys = radix ** (keyColumns - 1);
const none: readonly string[] = [];

/** `changed`: other rows than before are in a place, of which Ink knows nothing. */
export function createRowKeys(changed: () => void = () => {}): RowKeys {
  const rows = new Map<string, readonly string[]>();
  let made = 0;

  return {
    take() {
      for (;;) {
        const key = `#${made.toString(radix).padStart(keyColumns - 1, '0')}`;
        made = (made + 1) % mostKeys;
        if (rows.has(key)) continue;
        rows.set(key, none);
        return key;
      }
    },
    put(key, now) {
      const before = rows.get(key) ?? none;
      if (now.length === before.length && now.every((row, at) => row === before[at])) return;
      rows.set(key, now);
      changed();
    },
    drop: (key) => void rows.delete(key),
    rowsOf: (frame) => frame.flatMap((line) => rows.get(line) ?? line),
  };
}

/** Whose frames are made of keys; null: Ink draws the rows themselves. */
export const RowKeysContext = createContext<RowKeys | null>(null);
