/** The clock below the charts: round times, and where the cursor stands. */
import { clockText, dayText, minuteText } from '../../src/base/clock-time.ts';
import { span } from '../../src/format/row.ts';
import { columnTimes, type TrackWindow } from '../../src/model/past/track-window.ts';
import type { Theme } from '../theme.ts';
import { boxedRow } from './boxed.ts';

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
      cells[at + index] = character;
    }
  };
  const label = cursor === null ? '' : clockText(columnTimes(window, cursor).fromMs);
  const labelAt = cursor === null ? columns : Math.min(scaleColumns + cursor, columns - label.length - 1);
  for (let column = 0; column < window.columns; column += 1) {
    const { fromMs, toMs } = columnTimes(window, column);
    const mark = Math.ceil(sinceMidnight(fromMs) / stepMs) * stepMs - sinceMidnight(fromMs) + fromMs;
    if (mark >= toMs) continue;
    const at = scaleColumns + column;
    const midnight = sinceMidnight(mark) % (24 * hour) === 0;
    const text = midnight ? dayText(mark) : stepMs < minute ? clockText(mark) : minuteText(mark);
    const end = at + 1 + text.length;
    if (end > columns || (cursor !== null && at <= labelAt + label.length && end >= labelAt)) continue;
    // The tick stands below its column, the time beside it.
    write(at, `${theme.unicode ? '└' : '`'}${text}`);
  }
  const row = cells.join('');
  if (cursor === null) return boxedRow([span(row, 'muted')], columns, theme);
  return boxedRow(
    [
      span(row.slice(0, labelAt), 'muted'),
      span(label, 'selection'),
      span(row.slice(labelAt + label.length), 'muted'),
    ],
    columns,
    theme,
  );
}

/** Ms since midnight where the user is, so that labels stand at round times. */
function sinceMidnight(ms: number): number {
  return ms - new Date(ms).getTimezoneOffset() * 60_000;
}
