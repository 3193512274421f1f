/** A time that somebody types to go to in a recording: `+10m`, `-90s`, `03:28`, `2026-11-20T03:28`, `end`. */
import { dateText, spanText } from '../../base/clock-time.ts';
import { fail, ok, type Result } from '../../base/problem.ts';
import type { TimeSpan } from '../../base/time-span.ts';

/** Clock times are those of the machine that shows it. */
export type JumpTime =
  | { readonly kind: 'offset'; readonly ms: number }
  | { readonly kind: 'clock'; readonly secondOfDay: number }
  /** Unix ms; `spanMs`: how exact it was given. */
  | { readonly kind: 'absolute'; readonly timeMs: number; readonly spanMs: number }
  | { readonly kind: 'edge'; readonly to: 'start' | 'end' };

export const jumpExamples = '+10m, -90s, 03:28, 2026-11-20T03:28, start or end';

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const minuteMs = 60_000;

/** `malformed` where it is no time; the Problem's `cause` says what one looks like. */
export function parseJumpTime(text: string): Result<JumpTime> {
  const word = text.trim();
  const lower = word.toLowerCase();
  if (lower === 'start' || lower === 'end') return ok({ kind: 'edge', to: lower });
  return (
    offset(lower) ?? clock(word) ?? absolute(word) ?? fail('malformed', word, `a time is ${jumpExamples}`)
  );
}

/** `+10m`, `90`, `-1h30m`; without a unit seconds, without a sign forward. */
function offset(text: string): Result<JumpTime> | null {
  const [, sign = '', amount = ''] = /^([+-]?)\s*((?:\d{1,9}\s*[smhd]\s*)+|\d{1,9})$/.exec(text) ?? [];
  if (amount === '') return null;
  let ms = 0;
  for (const [, digits, unit = 's'] of amount.matchAll(/(\d+)\s*([smhd])?/g)) {
    ms += Number(digits) * (unitMs[unit] ?? 0);
  }
  return ok({ kind: 'offset', ms: sign === '-' ? -ms : ms });
}

/** `3:28`, `03:28:15`. */
function clock(text: string): Result<JumpTime> | null {
  const found = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text);
  if (found === null) return null;
  const [hour = 0, minute = 0, second = 0] = numbers(found);
  if (hour > 23 || minute > 59 || second > 59) return fail('malformed', text, 'there is no such time of day');
  return ok({ kind: 'clock', secondOfDay: hour * 3600 + minute * 60 + second });
}

/** ISO 8601, to the day, minute, second or its fraction; `Z` as the JSON has it, else local. */
function absolute(text: string): Result<JumpTime> | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z)?)?$/i.exec(text);
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers(found);
  const ms = Math.floor(Number(`0.${found[7] ?? '0'}`) * 1000);
  const parts = [year, month - 1, day, hour, minute, second, ms] as const;
  const utc = new Date(Date.UTC(...parts));
  // Date would take the 31st of February for the 3rd of March.
  const exists = utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second > 59) {
    return fail('malformed', text, 'there is no such time');
  }
  const timeMs = found[8] === undefined ? new Date(...parts).getTime() : utc.getTime();
  const spanMs = found[4] === undefined ? unitMs.d : found[6] === undefined ? minuteMs : 1000;
  return ok({ kind: 'absolute', timeMs, spanMs: spanMs ?? minuteMs });
}

function numbers(found: RegExpExecArray): number[] {
  return found.slice(1).map((part) => Number(part ?? 0) || 0);
}

/**
 * Where in a recording that is, Unix ms, within `span`. Offsets count from `atMs` and stop at the ends; a
 * time of day is the nearest one within the recording. `gone` where the recording has no such time.
 */
export function resolveJumpTime(jump: JumpTime, atMs: number, span: TimeSpan): Result<number> {
  const { fromMs, toMs } = span;
  const within = (timeMs: number) => Math.min(Math.max(timeMs, fromMs), toMs);
  switch (jump.kind) {
    case 'edge':
      return ok(jump.to === 'start' ? fromMs : toMs);
    case 'offset':
      return ok(within(atMs + jump.ms));
    case 'absolute':
      if (jump.timeMs > toMs || jump.timeMs + jump.spanMs <= fromMs) return outside();
      return ok(within(jump.timeMs));
    case 'clock': {
      const minuteLater = minuteMs - 1;
      const found = daysOf(span)
        .map((day) => timeOfDay(day, jump.secondOfDay))
        .filter((timeMs) => timeMs <= toMs && timeMs + minuteLater >= fromMs);
      const [first, ...others] = found;
      if (first === undefined) return outside();
      const nearest = others.reduce(
        (best, timeMs) => (Math.abs(timeMs - atMs) < Math.abs(best - atMs) ? timeMs : best),
        first,
      );
      return ok(within(nearest));
    }
  }

  function outside(): Result<number> {
    return fail('gone', 'recording', `not recorded, only ${spanText(span, dateText)}`);
  }
}

/** A recording is of days; of one that claims more the first and the last are looked at. */
const mostDays = 400;

/** Local midnights of every day of the span. */
function daysOf({ fromMs, toMs }: TimeSpan): Date[] {
  const first = new Date(fromMs);
  const days: Date[] = [];
  for (let ahead = 0; ahead < mostDays; ahead += 1) {
    const day = new Date(first.getFullYear(), first.getMonth(), first.getDate() + ahead);
    if (day.getTime() > toMs) break;
    days.push(day);
  }
  return days;
}

/** By the calendar: the day on which the clocks change has 23 or 25 hours. */
function timeOfDay(day: Date, secondOfDay: number): number {
  const at = [day.getFullYear(), day.getMonth(), day.getDate(), 0, 0, secondOfDay] as const;
  return new Date(...at).getTime();
}
