/** Amounts of bytes in powers of 1024: `840M` for cells, `840 MB` for sentences. What is unknown is `–`. */
import { isKnown, type Maybe, unknown } from './number.ts';

const byteUnits = ['B', 'K', 'M', 'G', 'T', 'P', 'E'];

/**
 * Bytes in powers of 1024, at most 5 columns (6 with a sign): `0`, `412K`, `9.5M`, `840M`, `11.2G`, `1.5T`.
 * One decimal below 10, and below 100 from G on, where a tenth is what people care about.
 */
export function formatBytes(bytes: Maybe): string {
  if (!isKnown(bytes)) return unknown;
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
export function bytesText(bytes: Maybe): string {
  const text = formatBytes(bytes);
  return text === '0' ? '0 B' : text.replace(/B$/, ' B').replace(/[KMGTPE]$/, ' $&B');
}

/** A change: `+840M`, `-12M`, `0`. */
export function formatSignedBytes(bytes: Maybe): string {
  if (!isKnown(bytes)) return unknown;
  const text = formatBytes(bytes);
  return bytes >= 0.5 ? `+${text}` : text;
}

/** Below this nothing grows: a garbage collector or a compiler that comes and goes moves more. */
const leastGrowthBytesPerMin = 1024 ** 2;

/** Bytes per minute: `+840M`; what is less than 1M is `0`. */
export function formatGrowth(bytesPerMin: Maybe): string {
  const small = isKnown(bytesPerMin) && Math.abs(bytesPerMin) < leastGrowthBytesPerMin;
  return formatSignedBytes(small ? 0 : bytesPerMin);
}

/** Bytes per second: `41M/s`. */
export function formatRate(bytesPerSec: Maybe): string {
  return isKnown(bytesPerSec) ? `${formatBytes(bytesPerSec)}/s` : unknown;
}

/** Two amounts in one cell, `29.1/31.2G`: a unit both have stands once. */
export function formatOf(part: Maybe, whole: Maybe): string {
  const [a, b] = [formatBytes(part), formatBytes(whole)];
  const same = a !== '0' && a !== unknown && a.at(-1) === b.at(-1);
  return `${same ? a.slice(0, -1) : a}/${b}`;
}

/** Read and written bytes per second in one cell: `0/14M`. */
export function formatReadWrite(read: Maybe, written: Maybe): string {
  if (!isKnown(read) && !isKnown(written)) return unknown;
  return `${formatBytes(read)}/${formatBytes(written)}`;
}
