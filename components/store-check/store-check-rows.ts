/** The store's rows: last verification, what runs now with its bar, what could be freed, what is damaged. */

import { formatBytes, formatOf, formatRate } from '../../src/base/bytes.ts';
import { formatDuration, lengthText } from '../../src/base/duration.ts';
import { formatPercent } from '../../src/base/number.ts';
import { plural } from '../../src/base/plural.ts';
import { problemText } from '../../src/base/problem.ts';
import { baseName } from '../../src/base/text.ts';
import { bar } from '../../src/format/chart.ts';
import type { Tone } from '../../src/format/paint.ts';
import { composeRow, fitSegments, type RowStyle, type Segment, segment, span } from '../../src/format/row.ts';
import {
  type StoreCheckState,
  type StoreVerification,
  type StoreWork,
  verificationText,
} from '../../src/model/nix-store/store-check.ts';

/** At most `rows` rows; `nowMs` is the wall clock. */
export function storeCheckRows(
  state: StoreCheckState,
  nowMs: number,
  rows: number,
  columns: number,
  style: RowStyle,
): string[] {
  const { work, last, garbage } = state;
  const row = (segments: readonly Segment[]) =>
    composeRow(fitSegments(segments, columns, { unicode: style.unicode }), columns, style);
  const head = [
    row(lastSegments(last, nowMs)),
    ...(work === null ? [] : workSegments(work, columns, style.unicode).map(row)),
    row(garbageSegments(garbage, nowMs)),
  ].slice(0, rows);
  // While nothing runs, what the last verification found; else what this one finds.
  const lines = work === null ? damageLines(last) : work.lines;
  return [...head, ...lineRows(lines, rows - head.length, work !== null, columns, style)];
}

/** A title and what must be said beside it, cut rather than left out. */
function titled(title: string, text: string, tone?: Tone): Segment {
  return { rank: 0, spans: [span(title, 'title'), ...(text === '' ? [] : [span('  '), span(text, tone)])] };
}

function lastSegments(last: StoreCheckState['last'], nowMs: number): Segment[] {
  if (last === null) return [titled('STORE', '')];
  if (!last.ok) return [titled('STORE', problemText(last.problem), 'warning')];
  if (last.value === null) return [titled('STORE', 'never verified', 'muted')];
  const { status, paths, bytes, durationMs } = last.value;
  const text = verificationText(last.value, nowMs).replace(/^store /, '');
  const extent = [plural(paths, 'path'), ...(bytes === null ? [] : [formatBytes(bytes)])].join(', ');
  return [
    titled('STORE', text, toneOf(last.value)),
    segment(4, status === 'cancelled' ? '' : extent, 'muted'),
    segment(5, status === 'cancelled' ? '' : `took ${formatDuration(durationMs / 1000)}`, 'muted'),
  ];
}

function toneOf({ status, corrupt, missing, unreadable }: StoreVerification): Tone {
  if (corrupt.length + missing.length > 0) return 'danger';
  return status !== 'done' || unreadable.length > 0 ? 'warning' : 'ok';
}

function workSegments(work: StoreWork, columns: number, unicode: boolean): Segment[][] {
  const { text, done, doneBytes } = work.progress;
  const what = [titled(work.title.toUpperCase(), text ?? 'begins', 'accent')];
  const counted = done !== undefined || doneBytes !== undefined;
  return counted ? [what, progressSegments(work, columns, unicode)] : [what];
}

/** `  ████░░░░  41%  37120/90412 paths  128/312G  41M/s  1:12:10 left`. */
function progressSegments({ progress }: StoreWork, columns: number, unicode: boolean): Segment[] {
  const { done, total, doneBytes, totalBytes, bytesPerSec, secondsLeft } = progress;
  const share = shareOf(doneBytes, totalBytes) ?? shareOf(done, total);
  const width = Math.max(8, Math.min(40, Math.floor(columns / 4)));
  const paths =
    total === undefined ? (done === undefined ? '' : plural(done, 'path')) : `${done ?? 0}/${total} paths`;
  const left = secondsLeft === undefined || secondsLeft === null ? '' : `${formatDuration(secondsLeft)} left`;
  return [
    { rank: 1, spans: share === null ? [] : [span('  '), span(bar(share, width, unicode), 'accent')] },
    segment(0, share === null ? `  ${paths}` : formatPercent(Math.floor(share * 100))),
    segment(3, share === null ? '' : paths),
    segment(4, totalBytes === undefined ? '' : formatOf(doneBytes, totalBytes)),
    segment(5, bytesPerSec === undefined || bytesPerSec === null ? '' : formatRate(bytesPerSec), 'muted'),
    segment(2, left),
  ];
}

function shareOf(done: number | undefined, total: number | undefined): number | null {
  if (done === undefined || total === undefined || total <= 0) return null;
  return Math.min(1, done / total);
}

function garbageSegments(garbage: StoreCheckState['garbage'], nowMs: number): Segment[] {
  const title = 'GARBAGE';
  if (garbage === null) return [titled(title, 'not looked for yet', 'muted')];
  if (garbage === 'looking') return [titled(title, 'looks for what nothing keeps', 'muted')];
  if (!garbage.ok) return [titled(title, problemText(garbage.problem), 'warning')];
  const { deadPaths, deadBytes, bytes, paths, timeMs } = garbage.value;
  if (deadPaths === 0) return [titled(title, 'nothing to free', 'muted')];
  const share = bytes > 0 ? ` of ${formatBytes(bytes)}` : '';
  return [
    titled(title, `about ${formatBytes(deadBytes)}${share} can be freed`),
    segment(2, `${deadPaths} of ${plural(paths, 'path')}`, 'muted'),
    segment(3, nowMs - timeMs >= 60_000 ? `${lengthText(nowMs - timeMs)} ago` : '', 'muted'),
  ];
}

function damageLines(last: StoreCheckState['last']): readonly string[] {
  if (last === null || !last.ok || last.value === null) return [];
  const { corrupt, missing, unreadable } = last.value;
  return [
    ...corrupt.map((path) => `corrupt ${path}`),
    ...missing.map((path) => `missing ${path}`),
    ...unreadable.map((path) => `unreadable ${path}`),
  ];
}

const toneOfWord: Readonly<Record<string, Tone>> = {
  corrupt: 'danger',
  missing: 'danger',
  unreadable: 'warning',
};
const wordColumns = 11;

/** The newest of a running work, the first of a list that stands. */
function lineRows(
  lines: readonly string[],
  rows: number,
  running: boolean,
  columns: number,
  style: RowStyle,
): string[] {
  if (rows <= 0 || lines.length === 0) return [];
  const hidden = lines.length > rows ? lines.length - rows + 1 : 0;
  const shown = hidden === 0 ? lines : running ? lines.slice(hidden) : lines.slice(0, rows - 1);
  const drawn = shown.map((line) => lineRow(line, columns, style));
  if (hidden === 0) return drawn;
  const more = composeRow([span(`  and ${hidden} ${running ? 'before' : 'more'}`, 'muted')], columns, style);
  return running ? [more, ...drawn] : [...drawn, more];
}

/** `  corrupt    /nix/store/…`: the path without its folder where the row is too short. */
function lineRow(line: string, columns: number, style: RowStyle): string {
  const [, word = '', path = ''] = /^(corrupt|missing|unreadable) (\/\S+)$/.exec(line) ?? [];
  const tone = toneOfWord[word];
  if (tone === undefined) return composeRow([span(`  ${line}`)], columns, style);
  const whole = path.length + wordColumns + 2 <= columns;
  const name = whole ? path : baseName(path);
  return composeRow([span('  '), { text: word, tone, width: wordColumns }, span(name)], columns, style);
}
