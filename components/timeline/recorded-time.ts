/** Recorded times, as short as the time line wants them. */

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `13:28:01` where the user is. */
export function clockText(ms: number): string {
  const time = new Date(ms);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** `11-20`. */
export function dayText(ms: number): string {
  const time = new Date(ms);
  return `${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** `11-20 13:28`. */
export function minuteText(ms: number): string {
  return `${dayText(ms)} ${clockText(ms).slice(0, 5)}`;
}
