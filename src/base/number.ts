/** Numbers to short text of bounded width. What is unknown (null, NaN, infinite) is `–`, never 0. */

export const unknown = '–';

type Maybe = number | null | undefined;

function known(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

const byteUnits = ['B', 'K', 'M', 'G', 'T', 'P', 'E'];

/**
 * Bytes in powers of 1024, at most 5 columns (6 with a sign): `0`, `412K`, `9.5M`, `840M`, `11.2G`, `1.5T`.
 * One decimal below 10, and below 100 from G on, where a tenth is what people care about.
 */
export function formatBytes(bytes: Maybe): string {
  if (!known(bytes)) return unknown;
  if (bytes < 0) return `-${formatBytes(-bytes)}`;
  if (bytes < 0.5) return '0';
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit++;
  }
  if (value >= 9999.5) return '>9999E';
  const decimal = unit > 0 && value < (unit >= 3 ? 99.95 : 9.95);
  return (decimal ? value.toFixed(1) : value.toFixed(0)) + byteUnits[unit];
}

/** For sentences: `840 MB`, `3.1 GB`, in the same powers of 1024. */
export function formatBytesLong(bytes: Maybe): string {
  const text = formatBytes(bytes);
  const unit = /[BKMGTPE]$/.exec(text)?.[0];
  if (unit === undefined) return text === '0' ? '0 B' : text;
  return `${text.slice(0, -1)} ${unit === 'B' ? 'B' : `${unit}B`}`;
}

/** A change: `+840M`, `-12M`, `0`. */
export function formatSignedBytes(bytes: Maybe): string {
  if (!known(bytes)) return unknown;
  const text = formatBytes(bytes);
  return bytes >= 0.5 ? `+${text}` : text;
}

/** Below this nothing grows: a garbage collector or a compiler that comes and goes moves more. */
const leastGrowthBytesPerMin = 1024 ** 2;

/** Bytes per minute: `+840M`; what is less than 1M is `0`. */
export function formatGrowth(bytesPerMin: Maybe): string {
  const small = known(bytesPerMin) && Math.abs(bytesPerMin) < leastGrowthBytesPerMin;
  return formatSignedBytes(small ? 0 : bytesPerMin);
}

/** Bytes per second: `41M/s`. */
export function formatRate(bytesPerSec: Maybe): string {
  return known(bytesPerSec) ? `${formatBytes(bytesPerSec)}/s` : unknown;
}

/** Two amounts in one cell, `29.1/31.2G`: a unit both have stands once. */
export function formatOf(part: Maybe, whole: Maybe): string {
  const [a, b] = [formatBytes(part), formatBytes(whole)];
  const same = a !== '0' && a !== unknown && a.at(-1) === b.at(-1);
  return `${same ? a.slice(0, -1) : a}/${b}`;
}

/** Read and written bytes per second in one cell: `0/14M`. */
export function formatReadWrite(read: Maybe, written: Maybe): string {
  if (!known(read) && !known(written)) return unknown;
  return `${formatBytes(read)}/${formatBytes(written)}`;
}

/** `63%`, whole percent. */
export function formatPercent(percent: Maybe): string {
  return known(percent) ? `${formatCount(percent)}%` : unknown;
}

/** A number without unit in at most 5 columns: `612`, `12.3k`, `4.5M`. */
export function formatCount(count: Maybe): string {
  if (!known(count)) return unknown;
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
  if (!known(count)) return unknown;
  if (count < 0) return `-${formatTenths(-count)}`;
  if (count === 0) return '0';
  return count < 9.95 ? count.toFixed(1) : formatCount(count);
}

/** Milliseconds in at most 5 columns without unit: `0.4`, `312`, `1208`; from 100 s on in seconds, `312s`. */
export function formatMs(ms: Maybe): string {
  if (!known(ms)) return unknown;
  if (ms < 9.95) return formatTenths(ms);
  if (ms < 99_999.5) return ms.toFixed(0);
  return `${formatCount(ms / 1000)}s`;
}

/** Time gone by, at most 7 columns: `0:07`, `47:02`, `1:02:33`, `12h 33m`, `3d 4h`, `250d`. */
export function formatDuration(seconds: Maybe): string {
  if (!known(seconds)) return unknown;
  if (seconds < 0) return '0:00';
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days >= 100_000) return '>99999d';
  if (days >= 100) return `${days}d`;
  if (days > 0) return `${days}d ${hours}h`;
  if (hours >= 10) return `${hours}h ${two(minutes)}m`;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(whole % 60)}`;
  return `${minutes}:${two(whole % 60)}`;
}
function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** A short span in seconds with its tenth: `2.1s`, `34s`; longer ones as formatDuration. */
export function formatSeconds(seconds: Maybe): string {
  if (!known(seconds)) return unknown;
  if (seconds < 0) return '0.0s';
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  return seconds < 119.5 ? `${seconds.toFixed(0)}s` : formatDuration(seconds);
}
