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

/** Ms since midnight where the user is, so that labels stand at round times. */
export function sinceMidnight(ms: number): number {
  return ms - new Date(ms).getTimezoneOffset() * 60_000;
}
