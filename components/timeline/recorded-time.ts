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

/** `11-20 13:28 to 14:05`; of several days `11-19 13:28 to 11-20 14:05`. */
export function spanText(fromMs: number, toMs: number): string {
  const [from, to] = [clockText(fromMs).slice(0, 5), clockText(toMs).slice(0, 5)];
  const [day, lastDay] = [dayText(fromMs), dayText(toMs)];
  return `${day} ${from} to ${day === lastDay ? '' : `${lastDay} `}${to}`;
}
