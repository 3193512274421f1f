/** What a guard says of itself, for a terminal or a pipe: that it is armed, how far each rule is from acting, what it did. */
import { clockText, dayText } from '../base/clock-time.ts';
import { oneLine, pad, printable, textColumns, truncate } from '../base/text.ts';
import type { GuardReading } from '../model/guard/guard.ts';
import { type GuardSeen, standingOf } from '../model/guard/guard-seen.ts';
import { guardActText, guardRuleWords } from './guard-act.ts';
import {
  heldText,
  limitText,
  measuredText,
  readingName,
  readingState,
  standingText,
  standingTones,
} from './guard-words.ts';
import type { Paint } from './paint.ts';

const mostActs = 10;
/** Less of a name says nothing. */
const leastName = 8;

/** `columns`: of the terminal; names are cut there. */
export function guardStatusText(
  guard: GuardSeen,
  nowMs: number,
  paint: Paint,
  columns = Number.POSITIVE_INFINITY,
): string {
  const { pid, scope, sinceMs, readings, acts } = guard;
  const tone = standingTones[standingOf(guard, nowMs)] ?? 'title';
  const of = scope === 'machine' ? 'this machine' : 'one command';
  const since = `since ${dayText(sinceMs)} ${clockText(sinceMs)}`;
  const lately = acts.slice(-mostActs);
  return [
    `guard of ${of}: ${paint(tone, standingText(guard, nowMs))}  (process ${pid}, ${since})`,
    ...(readings.length === 0 ? [] : ['', ...readingRows(guard, paint, columns)]),
    '',
    ...(lately.length === 0 ? ['nothing was done'] : lately.map(actRow)),
  ].join('\n');

  function actRow(act: (typeof acts)[number]): string {
    const today = dayText(act.atMs) === dayText(nowMs) ? '' : `${dayText(act.atMs)} `;
    return `${today}${clockText(act.atMs)}  ${guardActText(act)}`;
  }
}

function readingRows({ readings, dryRun }: GuardSeen, paint: Paint, columns: number): readonly string[] {
  const rows = readings.map((reading) => ({ reading, cells: cellsOf(reading) }));
  const widthAt = (at: number) => Math.max(...rows.map(({ cells }) => textColumns(cells[at] ?? '')));
  return rows.map(({ reading, cells }) => {
    const { text, tone } = readingState(reading, dryRun);
    const figures = `  ${cells.map((cell, at) => pad(cell, widthAt(at))).join('  ')}  `;
    const room = columns - textColumns(figures) - textColumns(text) - 2;
    const name = printable(oneLine(readingName(reading)));
    const cut = room < leastName ? '' : truncate(name, room);
    return `${figures}${tone === undefined ? text : paint(tone, text)}${cut === '' ? '' : `  ${cut}`}`;
  });
}

function cellsOf(reading: GuardReading): readonly string[] {
  const limit = limitText(reading);
  const value = measuredText(reading) || '–';
  return [guardRuleWords[reading.rule], value, limit === '' ? '' : `limit ${limit}`, heldText(reading)];
}
