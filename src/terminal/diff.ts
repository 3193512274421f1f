/** From the lines that the terminal shows to those that it should show: only what changed. */
import { blankLine, type Line } from './line.ts';
import { createPen, looksAlike, type Pen } from './pen.ts';
import { plain, type Style } from './style.ts';

/** Up to so many unchanged cells are written again rather than jumped over. */
const shortGap = 4;
/** From so many trailing blanks on, erasing is shorter. */
const shortErase = 3;

export function diffLines(before: readonly Line[], after: readonly Line[], columns: number): string {
  const pen = createPen(columns);
  const rows = Math.max(before.length, after.length);
  for (let row = 0; row < rows; row += 1) {
    const old = before[row] ?? blankLine;
    const next = after[row] ?? blankLine;
    if (old.source !== next.source) diffLine(pen, row, old, next);
  }
  return pen.finish();
}

/** All cells, whatever the terminal shows. */
export function wholeLines(lines: readonly Line[], columns: number): string {
  const pen = createPen(columns);
  lines.forEach(({ cells, text }, row) => {
    pen.move(row, 0);
    if (cells === null) {
      pen.eraseRight();
      pen.putWhole(text);
      return;
    }
    const end = cells.characters.length;
    for (let at = 0; at < end; at += 1) pen.put(characterAt(cells, at), styleAt(cells, at));
    if (end < columns) pen.eraseRight();
  });
  return pen.finish();
}

function diffLine(pen: Pen, row: number, old: Line, next: Line): void {
  if (next.cells === null) {
    pen.move(row, 0);
    pen.eraseRight();
    pen.putWhole(next.text);
    return;
  }
  if (old.cells === null) {
    pen.move(row, 0);
    pen.eraseRight();
    diffCells(pen, row, blankLine.cells ?? next.cells, next.cells);
    return;
  }
  diffCells(pen, row, old.cells, next.cells);
}

type Cells = NonNullable<Line['cells']>;

function diffCells(pen: Pen, row: number, old: Cells, next: Cells): void {
  const end = next.characters.length;
  for (let at = 0; at < end; at += 1) {
    if (sameCell(old, next, at)) continue;
    bridge(pen, row, at, next);
    pen.put(characterAt(next, at), styleAt(next, at));
  }
  const rest = old.characters.length;
  let blank = end;
  while (blank < rest && sameCell(old, next, blank)) blank += 1;
  if (blank >= rest) return;
  pen.move(row, blank);
  if (rest - blank > shortErase) pen.eraseRight();
  else for (; blank < rest; blank += 1) pen.put(' ', plain);
}

/** Comes to a changed cell: over a few unchanged ones that need no other style by writing them again. */
function bridge(pen: Pen, row: number, to: number, cells: Cells): void {
  const from = pen.columnIn(row);
  const gap = to - from;
  if (from >= 0 && gap > 0 && gap <= shortGap) {
    let alike = true;
    for (let at = from; alike && at < to; at += 1) {
      alike = looksAlike(characterAt(cells, at), styleAt(cells, at), pen.style);
    }
    if (alike) {
      for (let at = from; at < to; at += 1) pen.put(characterAt(cells, at), styleAt(cells, at));
      return;
    }
  }
  pen.move(row, to);
}

function sameCell(a: Cells, b: Cells, at: number): boolean {
  return characterAt(a, at) === characterAt(b, at) && styleAt(a, at) === styleAt(b, at);
}

function characterAt(cells: Cells, at: number): string {
  return cells.characters[at] ?? ' ';
}

function styleAt(cells: Cells, at: number): Style {
  return cells.styles[at] ?? plain;
}
