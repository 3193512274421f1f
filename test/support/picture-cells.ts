/** A terminal's cells with the colours that a theme gives them. */
import type headless from '@xterm/headless';

export interface PictureTheme {
  readonly ground: string;
  readonly ink: string;
  /** ANSI's 8 colours as `#rrggbb`, black first. */
  readonly colors: readonly string[];
  /** Of bold text, where they are others: on the kernel's console. */
  readonly boldColors?: readonly string[];
  readonly bar: string;
  readonly border: string;
  readonly title: string;
}

export interface Style {
  readonly ink: string;
  readonly ground: string;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

export interface Cell extends Style {
  /** One character with its marks; a blank where there is none. */
  readonly text: string;
  /** Cells it takes: the second half of a wide one is left out. */
  readonly columns: number;
}

/** How much of its colour dim text keeps; the rest is the ground's. */
const dimShare = 0.62;

export function rowsOf(terminal: headless.Terminal, theme: PictureTheme): Cell[][] {
  const buffer = terminal.buffer.active;
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = buffer.getLine(buffer.baseY + row);
    const cells: Cell[] = [];
    for (let column = 0; column < terminal.cols; ) {
      const cell = line?.getCell(column);
      const columns = Math.max(1, cell?.getWidth() ?? 1);
      cells.push({ ...styleOf(cell, theme), text: cell?.getChars() || ' ', columns });
      column += columns;
    }
    return cells;
  });
}

function styleOf(cell: headless.IBufferCell | undefined, theme: PictureTheme): Style {
  const bold = Boolean(cell?.isBold());
  const colors = (bold && theme.boldColors) || theme.colors;
  let { ink, ground } = theme;
  if (cell !== undefined && !cell.isFgDefault()) ink = colorOf(colors, cell.getFgColor(), cell.isFgPalette());
  if (cell !== undefined && !cell.isBgDefault()) {
    ground = colorOf(theme.colors, cell.getBgColor(), cell.isBgPalette());
  }
  if (cell?.isDim()) ink = mixed(ink, ground, dimShare);
  if (cell?.isInverse()) [ink, ground] = [ground, ink];
  return { ink, ground, bold, italic: Boolean(cell?.isItalic()), underline: Boolean(cell?.isUnderline()) };
}

function colorOf(colors: readonly string[], index: number, palette: boolean): string {
  const color = palette ? colors[index] : undefined;
  if (color === undefined) throw new Error(`colour ${index} is none of the terminal's 8`);
  return color;
}

/** So much of the first colour, the rest of the second. */
function mixed(first: string, second: string, share: number): string {
  const part = (color: string, at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  const both = [1, 3, 5].map((at) => Math.round(part(first, at) * share + part(second, at) * (1 - share)));
  return `#${both.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
