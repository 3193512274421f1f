/** Numbers with a unit, as people type them: `10G`, `1000ms`, `1 h 30 min`, `25%`; and exactly as they are, to be typed again. */

export type AmountUnit = 'bytes' | 'ms' | 's' | 'percent' | 'ratio' | 'none';

const number = '(\\d+(?:\\.\\d*)?|\\.\\d+)';
const bytePattern = new RegExp(`^${number} ?([KMGTP]?)(i?B)?$`, 'i');
const barePattern = new RegExp(`^${number}$`);
/** What is no part of a length is a part without digits. */
const partPattern = new RegExp(`${number} ?([a-z]+) ?|.`, 'gi');
const percentPattern = new RegExp(`^${number} ?%?$`);
const ratioPattern = new RegExp(`^${number} ?x?$`, 'i');

const msOf: Readonly<Record<string, number>> = {
  ms: 1,
  msec: 1,
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
      const ms = lengthOf(text, unit);
      // 0.1 s is 100 ms, and no 100.00000000000001.
      return ms === null ? null : Number((unit === 's' ? ms / 1000 : ms).toPrecision(12));
    }
    case 'percent':
      return numberIn(percentPattern, text);
    case 'ratio':
      return numberIn(ratioPattern, text);
    case 'none':
      return /^\d+$/.test(text) ? Number(text) : null;
  }
}

/** In ms. */
function lengthOf(text: string, unit: 'ms' | 's'): number | null {
  const bare = numberIn(barePattern, text);
  if (bare !== null) return bare * (unit === 's' ? 1000 : 1);
  let sum = 0;
  const parts = [...text.matchAll(partPattern)];
  for (const [, digits, name = ''] of parts) {
    const ms = Object.hasOwn(msOf, name.toLowerCase()) ? msOf[name.toLowerCase()] : undefined;
    if (digits === undefined || ms === undefined) return null;
    sum += Number(digits) * ms;
  }
  return parts.length === 0 ? null : sum;
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

/** `15 s`, `30 min`, `2.5 s`, `400 ms`: in the largest unit that needs no second one. */
export function exactLength(ms: number): string {
  const whole = (['d', 'h', 'min'] as const).find((unit) => ms > 0 && ms % (msOf[unit] ?? 1) === 0);
  if (whole !== undefined) return `${ms / (msOf[whole] ?? 1)} ${whole}`;
  return ms > 0 && ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

/** `4G`, `1536M`, `100`. */
export function exactBytes(bytes: number): string {
  let value = bytes;
  let power = 0;
  while (value > 0 && value % 1024 === 0 && power < 5) {
    value /= 1024;
    power += 1;
  }
  return `${value}${' KMGTP'.charAt(power).trim()}`;
}
