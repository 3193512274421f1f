/** Times of a report: UTC, so that whoever reads it elsewhere needs no calendar. What no calendar has is `–`. */
import { unknown } from '../../base/number.ts';
import { twoDigits } from '../../base/text.ts';
import type { TimeSpan } from '../../base/time-span.ts';

function iso(ms: number): string | null {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** `13:28:01`. */
export function utcClock(ms: number): string {
  return iso(ms)?.slice(-13, -5) ?? unknown;
}

/** `2026-11-20`; a year past 9999 has a sign and six digits. */
export function utcDate(ms: number): string {
  return iso(ms)?.slice(0, -14) ?? unknown;
}

/** `2026-11-20 13:28:01`. */
export function utcTime(ms: number): string {
  return `${utcDate(ms)} ${utcClock(ms)}`;
}

/** `2026-11-20 13:28:01 to 13:41:12 UTC`; of several days with both dates. */
export function utcSpan({ fromMs, toMs }: TimeSpan): string {
  const day = utcDate(fromMs) === utcDate(toMs) ? '' : `${utcDate(toMs)} `;
  return `${utcTime(fromMs)} to ${day}${utcClock(toMs)} UTC`;
}

/** A moment whose words, which are local, say UTC: those of evidence and verdicts. */
export function utcWorded<Moment extends { readonly timeMs: number }>(moment: Moment): Moment {
  const minutes = new Date(moment.timeMs).getTimezoneOffset();
  return Number.isFinite(minutes) ? { ...moment, timeMs: moment.timeMs + minutes * 60_000 } : moment;
}

/** `14:28:01 to 14:41:12 local time (UTC+01:00)`; null where that is UTC. */
export function localSpan({ fromMs, toMs }: TimeSpan): string | null {
  const minutes = -new Date(fromMs).getTimezoneOffset();
  if (!Number.isFinite(minutes) || minutes === 0) return null;
  const shift = (ms: number) => ms + minutes * 60_000;
  const size = Math.abs(minutes);
  const zone = `UTC${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`;
  const day = utcDate(shift(fromMs)) === utcDate(fromMs) ? '' : `${utcDate(shift(fromMs))} `;
  return `${day}${utcClock(shift(fromMs))} to ${utcClock(shift(toMs))} local time (${zone})`;
}
