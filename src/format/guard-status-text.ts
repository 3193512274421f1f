/** What a guard says of itself, for a terminal or a pipe: that it is armed, how far each rule is from acting, what it did. */
import { clockText, dayText } from '../base/clock-time.ts';
import { lengthText } from '../base/duration.ts';
import { oneLine, pad, printable, textColumns } from '../base/text.ts';
import type { GuardReading, GuardRuleState } from '../model/guard/guard.ts';
import { type GuardSeen, standingOf } from '../model/guard/guard-seen.ts';
import { evidenceValue } from './evidence.ts';
import { guardActText } from './guard-act.ts';
import { guardRuleTitles, measureText, standingText } from './guard-words.ts';
import type { Paint, Tone } from './paint.ts';

const tones: Readonly<Record<GuardRuleState, Tone>> = {
  unknown: 'muted',
  calm: 'ok',
  over: 'warning',
  tripped: 'danger',
  resting: 'warning',
};

const mostActs = 10;

export function guardStatusText(guard: GuardSeen, nowMs: number, paint: Paint): string {
  const { pid, scope, sinceMs, dryRun, readings, acts } = guard;
  const standing = standingOf(guard, nowMs);
  const word = standingText(guard, standing, nowMs) || 'armed';
  const tone = standing === 'armed' ? (dryRun ? 'muted' : 'ok') : 'warning';
  const of = scope === 'machine' ? 'this machine' : 'one command';
  const since = `since ${dayText(sinceMs)} ${clockText(sinceMs)}`;
  const lately = acts.slice(-mostActs);
  return [
    `guard of ${of}: ${paint(tone, word)}  (process ${pid}, ${since})`,
    ...(readings.length === 0 ? [] : ['', ...readingRows(readings, paint)]),
    '',
    ...(lately.length === 0 ? ['nothing was done'] : lately.map(actRow)),
  ].join('\n');

  function actRow(act: (typeof acts)[number]): string {
    const today = dayText(act.atMs) === dayText(nowMs) ? '' : `${dayText(act.atMs)} `;
    return `${today}${clockText(act.atMs)}  ${guardActText(act)}`;
  }
}

function readingRows(readings: readonly GuardReading[], paint: Paint): readonly string[] {
  const rows = readings.map((reading) => ({ reading, cells: cellsOf(reading) }));
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map(({ cells }) => textColumns(cells[at] ?? ''))));
  return rows.map(({ reading, cells }) => {
    const padded = cells.map((text, at) => pad(text, widths[at] ?? 0));
    const [rule = '', value = '', limit = '', held = ''] = padded;
    const name = reading.name === null ? '' : printable(oneLine(reading.name));
    return `  ${rule}  ${value}  ${limit}  ${held}  ${paint(tones[reading.state], reading.state)}  ${name}`.trimEnd();
  });
}

function cellsOf({ rule, value, limit, unit, heldSec, forSec }: GuardReading): readonly string[] {
  const held = heldSec > 0 ? `${lengthText(heldSec * 1000)} of ${lengthText(forSec * 1000)}` : '';
  const of = value === null || limit <= 0 ? '' : `limit ${evidenceValue({ value: limit, unit })}`;
  return [guardRuleTitles[rule], measureText({ value, unit }) || '–', of, held];
}
