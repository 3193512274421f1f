/** Numbers with a unit, as people type them: `10G`, `1000ms`, `30m`, `25%`. */

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
