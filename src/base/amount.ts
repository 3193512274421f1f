/** Amounts as people write them: `30s`, `1 h 30 min`, `4G`, `512 MB`. The opposite of duration.ts and bytes.ts. */

const msOf: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** Milliseconds of `30s`, `10 min`, `1.5h`, `1 h 30 min`; each part has its unit. Null: it is none. */
export function parseLength(text: string): number | null {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*|(.)/gi)];
  if (parts.length === 0) return null;
  let sum = 0;
  for (const [, digits, word, other] of parts) {
    const ms = word !== undefined && Object.hasOwn(msOf, word) ? msOf[word] : undefined;
    if (other !== undefined || digits === undefined || ms === undefined) return null;
    sum += Number(digits) * ms;
  }
  return sum;
}

const prefixes = ['', 'k', 'm', 'g', 't', 'p'];

/** Bytes of `4G`, `512 MB`, `1.5 GiB`, `100`, in powers of 1024 as everywhere here. Null: it is none. */
export function parseBytes(text: string): number | null {
  const [, digits, prefix = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmgtp]?)(?:i?b)?\s*$/i.exec(text) ?? [];
  if (digits === undefined) return null;
  return Math.round(Number(digits) * 1024 ** prefixes.indexOf(prefix.toLowerCase()));
}

/** `15 s`, `30 min`, `2.5 s`, `400 ms`: exact, in the largest unit that needs no more parts. */
export function exactLength(ms: number): string {
  const whole = (['d', 'h', 'min'] as const).find((unit) => ms > 0 && ms % (msOf[unit] ?? 1) === 0);
  // An hour and a half is 90 min to most, and a minute and a half 90 s.
  if (whole !== undefined) return `${ms / (msOf[whole] ?? 1)} ${whole}`;
  return ms > 0 && ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

/** `4G`, `1536M`, `100`: exact. */
export function exactBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value > 0 && value % 1024 === 0 && unit < prefixes.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value}${(prefixes[unit] ?? '').toUpperCase()}`;
}

export type AmountUnit = 'bytes' | 'ms' | 's' | 'percent' | 'ratio' | 'none';

const number = '(\\d+(?:\\.\\d*)?|\\.\\d+)';
const bytePattern = new RegExp(`^${number} ?([KMGTP]?)(i?B)?$`, 'i');
const timePattern = new RegExp(`^${number} ?(ms|msec|s|sec|m|min|h|d)?$`, 'i');
const percentPattern = new RegExp(`^${number} ?%?$`);
const ratioPattern = new RegExp(`^${number} ?x?$`, 'i');

const secondsOf: Readonly<Record<string, number>> = {
  ms: 0.001,
  msec: 0.001,
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
};

/** In `unit`; bytes in powers of 1024. Without a unit it is in `unit` already. Null: it is no such amount. */
export function parseAmount(text: string, unit: AmountUnit): number | null {
  const value = amountOf(text.trim(), unit);
  return value === null || !Number.isFinite(value) || value > Number.MAX_SAFE_INTEGER ? null : value;
}

function amountOf(text: string, unit: AmountUnit): number | null {
  switch (unit) {
    case 'bytes': {
      const [, digits, letter = ''] = bytePattern.exec(text) ?? [];
      if (digits === undefined) return null;
      return Math.round(Number(digits) * 1024 ** ' KMGTP'.indexOf(letter.toUpperCase() || ' '));
    }
    case 'ms':
    case 's': {
      const [, digits, name = unit] = timePattern.exec(text) ?? [];
      if (digits === undefined) return null;
      const inSeconds = Number(digits) * (secondsOf[name.toLowerCase()] ?? 1);
      // 0.1 s is 100 ms, and no 100.00000000000001.
      return Number((unit === 's' ? inSeconds : inSeconds * 1000).toPrecision(12));
    }
    case 'percent':
      return numberIn(percentPattern, text);
    case 'ratio':
      return numberIn(ratioPattern, text);
    case 'none':
      return /^\d+$/.test(text) ? Number(text) : null;
  }
}

function numberIn(pattern: RegExp, text: string): number | null {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** What an amount of `unit` looks like, for whoever typed another one. */
export const amountExamples: Readonly<Record<AmountUnit, string>> = {
  bytes: '10G',
  ms: '1000ms',
  s: '30m',
  percent: '25%',
  ratio: '5',
  none: '3',
};
