/** Writes cells with as few bytes as possible: knows where the cursor is and which style is set. */
import { blankStyle, plain, type Style, sgrBetween } from './style.ts';

export interface Pen {
  /** Row and column from 0. */
  move(row: number, column: number): void;
  /** A character of one column. */
  put(character: string, style: Style): void;
  /** Text that ends plain and of which nobody knows where it leaves the cursor. */
  putWhole(text: string): void;
  /** From the cursor to the end of the line, plain. */
  eraseRight(): void;
  readonly style: Style;
  /** The cursor's column if it surely is in this row, else -1. */
  columnIn(row: number): number;
  /** Everything written so far, plain at the end. */
  finish(): string;
}

/** A blank looks the same in any colour of text. */
export function looksAlike(character: string, wanted: Style, set: Style): boolean {
  return wanted === set || (character === ' ' && wanted === blankStyle(set));
}

/** The terminal's style must be plain and its line wrapping off. */
export function createPen(columns: number): Pen {
  let output = '';
  let style = plain;
  /** Unknown: -1. */
  let row = -1;
  let column = -1;
  const turn = (to: Style) => {
    output += sgrBetween(style, to);
    style = to;
  };
  return {
    move(toRow, toColumn) {
      if (toRow === row && toColumn === column) return;
      const absolute = toColumn === 0 ? `\x1b[${toRow + 1}H` : `\x1b[${toRow + 1};${toColumn + 1}H`;
      const step = toColumn - column;
      const forward = step === 1 ? '\x1b[C' : `\x1b[${step}C`;
      output += toRow === row && column >= 0 && step > 0 ? forward : absolute;
      row = toRow;
      column = toColumn;
    },
    put(character, to) {
      if (!looksAlike(character, to, style)) turn(to);
      output += character;
      column += 1;
      // In the last column terminals do not agree where the cursor is.
      if (column >= columns) row = -1;
    },
    putWhole(text) {
      turn(plain);
      output += text;
      row = -1;
    },
    eraseRight() {
      turn(plain);
      output += '\x1b[K';
    },
    get style() {
      return style;
    },
    columnIn(of) {
      return of === row ? column : -1;
    },
    finish() {
      turn(plain);
      return output;
    },
  };
}
