/** The time line of a recording: where it stands, how it plays, its pressure, its events as marks. */

import { clockText, dayText } from '../../src/base/clock-time.ts';
import { formatDuration } from '../../src/base/duration.ts';
import { sparkline } from '../../src/format/chart.ts';
import type { Tone } from '../../src/format/paint.ts';
import { composeRow, type Span, span, spanColumns } from '../../src/format/row.ts';
import { levelTone } from '../../src/format/words.ts';
import {
  type MarkKind,
  markLetters,
  type ReplayMark,
  type ReplayState,
} from '../../src/model/past/replay.ts';
import type { Theme } from '../theme.ts';
import { captionRows } from './caption-rows.ts';
import { columnAt, type PressureColumn } from './pressure-columns.ts';

export interface TimelineLayout {
  readonly columns: number;
  readonly captionRows: number;
  readonly markRows: number;
  /** No other row says that this is a recording. */
  readonly alone: boolean;
}

const markTones: Readonly<Record<MarkKind, Tone>> = {
  'oom-kill': 'danger',
  critical: 'danger',
  stall: 'danger',
  action: 'accent',
  gap: 'warning',
  note: 'accent',
  'build-ended': 'muted',
};

/** What is seen where no row is left for marks: the rest would hide the pressure. */
const oneRowMarks: readonly MarkKind[] = ['oom-kill', 'critical', 'stall', 'action'];

/** Columns left of the pressure. */
export function factColumns({ columns, markRows, alone }: TimelineLayout, replay: ReplayState): number {
  if (markRows > 0) return longSpan(replay) ? 29 : 23;
  return (alone ? 22 : 16) + (columns >= 60 ? (longSpan(replay) ? 6 : 0) + 6 : 0);
}

/** Top to bottom: captions, marks, pressure. */
export function timelineRows(
  replay: ReplayState,
  pressure: readonly PressureColumn[],
  layout: TimelineLayout,
  theme: Theme,
): string[] {
  const { columns, markRows, alone } = layout;
  const room = factColumns(layout, replay);
  const cursor = columnAt(pressure, replay.atMs);
  const rows = captionRows(replay, layout.captionRows, columns, theme);
  const bar =
    markRows > 0
      ? pressureSpans(pressure, null, [], theme)
      : pressureSpans(pressure, cursor, replay.marks, theme);
  const tail = alone && replay.live !== null ? [span(`LIVE: ${replay.live}`, 'alarm')] : bar;
  if (markRows === 0) {
    rows.push(composeRow([...fixed(oneRow(replay, alone, room), room), ...tail], columns, theme));
    return rows;
  }
  const marks = markSpans(pressure, cursor, replay.marks, theme);
  rows.push(composeRow([...fixed(playFacts(replay, room), room), ...marks], columns, theme));
  rows.push(composeRow([...fixed(offsetFacts(replay), room), ...tail], columns, theme));
  return rows;
}

/** Padded to so many columns, so that what follows does not move. */
function fixed(spans: readonly Span[], columns: number): Span[] {
  return [...spans, span(' '.repeat(Math.max(1, columns - spanColumns(spans))))];
}

function playWord({ playing, ended, speed }: ReplayState): string {
  if (playing) return `playing ${speedText(speed)}`;
  const word = ended ? 'end' : 'paused';
  return speed === 1 ? word : `${word} ${speedText(speed)}`;
}

/** `1/4x`, `1x`, `64x`. */
function speedText(speed: number): string {
  return speed < 1 ? `1/${Math.round(1 / speed)}x` : `${speed}x`;
}

function oneRow(replay: ReplayState, alone: boolean, room: number): Span[] {
  const { playing, ended, speed, atMs, fromMs } = replay;
  const state = playing ? speedText(speed) : ended ? 'end' : 'stop';
  const offset = `+${formatDuration((atMs - fromMs) / 1000)}`;
  const spans = [
    ...(alone ? [span('REPLAY', 'key'), span(' ')] : [span(' ')]),
    span(state.padEnd(5), playing ? 'ok' : 'title'),
    span(clockText(atMs), 'accent'),
  ];
  const longer = [...spans, span(` ${offset}`, 'muted')];
  return spanColumns(longer) < room ? longer : spans;
}

function playFacts(replay: ReplayState, room: number): Span[] {
  const { playing, atMs } = replay;
  const time = longSpan(replay) ? `${dayText(atMs)} ${clockText(atMs)}` : clockText(atMs);
  const word = playWord(replay);
  const gap = Math.max(1, room - 3 - word.length - time.length);
  return [span(' '), span(word, playing ? 'ok' : 'title'), span(' '.repeat(gap)), span(time, 'accent')];
}

function offsetFacts({ atMs, fromMs, toMs }: ReplayState): Span[] {
  const gone = formatDuration((atMs - fromMs) / 1000);
  return [span(` +${gone}`), span(` of ${formatDuration((toMs - fromMs) / 1000)}`, 'muted')];
}

/** A time of day alone does not say when. */
function longSpan({ fromMs, toMs }: ReplayState): boolean {
  return dayText(fromMs) !== dayText(toMs);
}

/** `cursor`: null where the row above has it. As a colour of a block it would look like pressure. */
function pressureSpans(
  pressure: readonly PressureColumn[],
  cursor: number | null,
  marks: readonly ReplayMark[],
  theme: Theme,
): Span[] {
  const kindAt = marksAt(
    pressure,
    marks.filter(({ kind }) => oneRowMarks.includes(kind)),
  );
  return pressure.map(({ percent, level, gap }, index) => {
    if (index === cursor) return span(theme.unicode ? '│' : '|', 'title');
    if (gap) return span(theme.unicode ? '·' : '.', 'muted');
    const kind = kindAt.get(index);
    if (kind !== undefined) return markSpan(kind);
    return span(levelText(percent, theme), levelTone(level) ?? (percent === null ? 'muted' : 'ok'));
  });
}

function levelText(percent: number | null, { unicode }: Theme): string {
  return percent === null ? '?' : sparkline([percent], 1, 100, unicode);
}

function markSpans(
  pressure: readonly PressureColumn[],
  cursor: number,
  marks: readonly ReplayMark[],
  theme: Theme,
): Span[] {
  const kindAt = marksAt(pressure, marks);
  return pressure.map((_, index) => {
    if (index === cursor) return span(theme.unicode ? '▼' : 'v', 'title');
    const kind = kindAt.get(index);
    return kind === undefined ? span(' ') : markSpan(kind);
  });
}

function markSpan(kind: MarkKind): Span {
  return span(markLetters[kind].letter, markTones[kind]);
}

const leastTellingFirst = (Object.keys(markLetters) as MarkKind[]).toReversed();

/** By column; where several share one, the most telling. */
function marksAt(
  pressure: readonly PressureColumn[],
  marks: readonly ReplayMark[],
): ReadonlyMap<number, MarkKind> {
  const found = new Map<number, MarkKind>();
  for (const kind of leastTellingFirst) {
    for (const mark of marks) if (mark.kind === kind) found.set(columnAt(pressure, mark.timeMs), kind);
  }
  return found;
}
