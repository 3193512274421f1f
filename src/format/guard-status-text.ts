/** What a guard says of itself, for a terminal or a pipe: that it is armed, how far each rule is from acting, what it did. */
import { clockText, dayText } from '../base/clock-time.ts';
import { oneLine, pad, printable, textColumns } from '../base/text.ts';
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

export function guardStatusText(guard: GuardSeen, nowMs: number, paint: Paint): string {
  const { pid, scope, sinceMs, readings, acts } = guard;
  const tone = standingTones[standingOf(guard, nowMs)] ?? 'title';
  const of = scope === 'machine' ? 'this machine' : 'one command';
  const since = `since ${dayText(sinceMs)} ${clockText(sinceMs)}`;
  const lately = acts.slice(-mostActs);
  return [
    `guard of ${of}: ${paint(tone, standingText(guard, nowMs))}  (process ${pid}, ${since})`,
    ...(readings.length === 0 ? [] : ['', ...readingRows(guard, paint)]),
    '',
    ...(lately.length === 0 ? ['nothing was done'] : lately.map(actRow)),
  ].join('\n');

  function actRow(act: (typeof acts)[number]): string {
    const today = dayText(act.atMs) === dayText(nowMs) ? '' : `${dayText(act.atMs)} `;
    return `${today}${clockText(act.atMs)}  ${guardActText(act)}`;
  }
}

function readingRows({ readings, dryRun }: GuardSeen, paint: Paint): readonly string[] {
  const rows = readings.map((reading) => ({ reading, cells: cellsOf(reading) }));
  const widthAt = (at: number) => Math.max(...rows.map(({ cells }) => textColumns(cells[at] ?? '')));
  return rows.map(({ reading, cells }) => {
    const { text, tone } = readingState(reading, dryRun);
    const name = printable(oneLine(readingName(reading)));
    const padded = cells.map((cell, at) => pad(cell, widthAt(at)));
    return `  ${padded.join('  ')}  ${tone === undefined ? text : paint(tone, text)}${name === '' ? '' : `  ${name}`}`;
  });
}

function cellsOf(reading: GuardReading): readonly string[] {
  const limit = limitText(reading);
  const value = measuredText(reading) || '–';
  return [guardRuleWords[reading.rule], value, limit === '' ? '' : `limit ${limit}`, heldText(reading)];
}
