/** Moments where the user is. What no calendar has (a time of a damaged recording) is `–`. */
import { unknown } from './number.ts';
import { twoDigits } from './text.ts';
import type { TimeSpan } from './time-span.ts';

/** `13:28:01`. */
export function clockText(ms: number): string {
  return local(ms, (time) => `${hourAndMinute(time)}:${twoDigits(time.getSeconds())}`);
}

/** `13:28`. */
export function minuteText(ms: number): string {
  return local(ms, hourAndMinute);
}

/** `11-20`. */
export function dayText(ms: number): string {
  return local(ms, monthAndDay);
}

/** `2026-11-20`. */
export function dateText(ms: number): string {
  return local(ms, (time) => `${time.getFullYear()}-${monthAndDay(time)}`);
}

/** `11-20 13:28 to 14:05`; of several days `11-19 13:28 to 11-20 14:05`. */
export function spanText({ fromMs, toMs }: TimeSpan, day: (ms: number) => string = dayText): string {
  const lastDay = day(fromMs) === day(toMs) ? '' : `${day(toMs)} `;
  return `${day(fromMs)} ${minuteText(fromMs)} to ${lastDay}${minuteText(toMs)}`;
}

function hourAndMinute(time: Date): string {
  return `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

function monthAndDay(time: Date): string {
  return `${twoDigits(time.getMonth() + 1)}-${twoDigits(time.getDate())}`;
}

function local(ms: number, words: (time: Date) => string): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? unknown : words(time);
}
