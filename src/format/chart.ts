/** Series and shares as one row of characters, in Unicode and in ASCII. */

const unicodeLevels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const asciiLevels = ['_', '.', ':', '-', '=', '+', '*', '#'];

/**
 * The newest part of a series, one character for `perCell` points (their maximum: a short peak stays
 * visible), right-aligned in `columns`. `top` is drawn full; NaN and missing points are blank.
 */
export function sparkline(
  series: readonly number[],
  columns: number,
  top: number,
  unicode: boolean,
  perCell = 1,
): string {
  const levels = unicode ? unicodeLevels : asciiLevels;
  let line = '';
  for (let cell = 0; cell < columns; cell++) {
    const end = series.length - (columns - 1 - cell) * perCell;
    let peak = Number.NaN;
    for (let i = Math.max(0, end - perCell); i < end; i++) {
      const value = series[i];
      if (value === undefined || !(value >= 0)) continue;
      if (Number.isNaN(peak) || value > peak) peak = value;
    }
    line += Number.isNaN(peak) ? ' ' : levels[levelOf(peak, top, levels.length)];
  }
  return line;
}

function levelOf(value: number, top: number, levels: number): number {
  if (!(top > 0) || value <= 0) return 0;
  return Math.min(levels - 1, Math.max(0, Math.ceil((value / top) * levels) - 1));
}

/** A share of 0-1 as a filled bar: `███░░░`, `###...`; blank when unknown. */
export function bar(share: number | null, columns: number, unicode: boolean): string {
  if (share === null || !Number.isFinite(share)) return ' '.repeat(columns);
  const filled = Math.min(columns, Math.max(0, Math.round(share * columns)));
  const [full, empty] = unicode ? ['█', '░'] : ['#', '.'];
  return full.repeat(filled) + empty.repeat(columns - filled);
}
