/** Numbers to short text of bounded width. What is unknown (null, NaN, infinite) is `–`, never 0. */

export const unknown = '–';

export type Maybe = number | null | undefined;

export function isKnown(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** `63%`, whole percent. */
export function formatPercent(percent: Maybe): string {
  return isKnown(percent) ? `${formatCount(percent)}%` : unknown;
}

/** A number without unit in at most 5 columns: `612`, `12.3k`, `4.5M`. */
export function formatCount(count: Maybe): string {
  if (!isKnown(count)) return unknown;
  if (count < 0) return `-${formatCount(-count)}`;
  if (count < 9999.5) return count.toFixed(0);
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < countUnits.length - 1) {
    value /= 1000;
    unit++;
  }
  if (value >= 9999.5) return '>9999E';
  return (value < 99.95 ? value.toFixed(1) : value.toFixed(0)) + countUnits[unit];
}
const countUnits = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** A count whose tenths matter when small (load, queue size, requests a second): `0.4`, `38`. */
export function formatTenths(count: Maybe): string {
  if (!isKnown(count)) return unknown;
  if (count < 0) return `-${formatTenths(-count)}`;
  if (count === 0) return '0';
  return count < 9.95 ? count.toFixed(1) : formatCount(count);
}

/** Milliseconds in at most 5 columns without unit: `0.4`, `312`, `1208`; from 100 s on in seconds, `312s`. */
export function formatMs(ms: Maybe): string {
  if (!isKnown(ms)) return unknown;
  if (ms < 9.95) return formatTenths(ms);
  if (ms < 99_999.5) return ms.toFixed(0);
  return `${formatCount(ms / 1000)}s`;
}
