/** Moments and lengths of a chart in words, where the user is. */
import { unknown } from '../../src/base/number.ts';

const two = (value: number) => String(value).padStart(2, '0');

/** `13:28`, with seconds `13:28:01`. */
export function clockText(ms: number, seconds: boolean): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return unknown;
  const time = new Date(ms);
  const minutes = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return seconds ? `${minutes}:${two(time.getSeconds())}` : minutes;
}

/** `11-20`. */
export function dayText(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return unknown;
  const time = new Date(ms);
  return `${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** `6 s`, `90 s`, `15 min`, `2 h`. */
export function lengthText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 120) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  const minutes = seconds / 60;
  if (minutes < 120) return `${Number.isInteger(minutes) ? minutes : minutes.toFixed(1)} min`;
  return `${(minutes / 60).toFixed(minutes % 60 === 0 ? 0 : 1)} h`;
}

/** Ms since midnight where the user is, so that labels stand at round times. */
export function sinceMidnight(ms: number): number {
  return ms - new Date(ms).getTimezoneOffset() * 60_000;
}
