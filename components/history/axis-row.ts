/** The clock below the charts: round times, and where the cursor stands. */
import { composeRow, span } from '../../src/format/row.ts';
import { columnTimes, type TrackWindow } from '../../src/model/track-window.ts';
import type { Theme } from '../theme.ts';
import { clockText, dayText, sinceMidnight } from './clock-words.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const steps = [
  10 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
];
/** Columns from one label to the next. */
const apart = 9;

/** As wide as a chart. */
export function axisRow(
  window: TrackWindow,
  cursor: number | null,
  { columns, scaleColumns }: { readonly columns: number; readonly scaleColumns: number },
  theme: Theme,
): string {
  const stepMs = steps.find((step) => step / window.columnMs >= apart) ?? (steps.at(-1) as number);
  const cells = new Array<string>(columns).fill(' ');
  const write = (at: number, text: string) => {
    for (const [index, character] of [...text].entries()) {
      if (at + index >= 0 && at + index < columns) cells[at + index] = character;
    }
  };
  for (let column = 0; column < window.columns; column += 1) {
    const { fromMs, toMs } = columnTimes(window, column);
    const mark = Math.ceil(sinceMidnight(fromMs) / stepMs) * stepMs - sinceMidnight(fromMs) + fromMs;
    if (mark >= toMs) continue;
    const midnight = sinceMidnight(mark) % (24 * hour) === 0;
    const text = midnight ? dayText(mark) : clockText(mark, stepMs < minute);
    // The tick stands below its column, the time beside it.
    if (scaleColumns + column + 1 + text.length <= columns)
      write(scaleColumns + column, `${theme.unicode ? '└' : '`'}${text}`);
  }
  if (cursor !== null) {
    const text = clockText(columnTimes(window, cursor).fromMs, true);
    const at = Math.min(scaleColumns + cursor, columns - text.length - 1);
    write(at - 1, ` ${' '.repeat(text.length)} `);
    const before = cells.slice(0, Math.max(0, at)).join('');
    const after = cells.slice(Math.max(0, at) + text.length).join('');
    return composeRow([span(before, 'muted'), span(text, 'selection'), span(after, 'muted')], columns, theme);
  }
  return composeRow([span(cells.join(''), 'muted')], columns, theme);
}
