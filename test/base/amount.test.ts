import { describe, expect, test } from 'vitest';
import {
  type AmountUnit,
  amountExamples,
  exactBytes,
  exactLength,
  parseAmount,
} from '../../src/base/amount.ts';

describe('amounts', () => {
  test.each([
    ['10G', 'bytes', 10 * 1024 ** 3],
    ['1.5g', 'bytes', 1.5 * 1024 ** 3],
    ['10 GiB', 'bytes', 10 * 1024 ** 3],
    ['512MB', 'bytes', 512 * 1024 ** 2],
    ['4096', 'bytes', 4096],
    ['4096B', 'bytes', 4096],
    ['1000ms', 'ms', 1000],
    ['1000', 'ms', 1000],
    ['0.1s', 'ms', 100],
    ['30m', 's', 1800],
    ['10 min', 's', 600],
    ['1.5h', 's', 5400],
    ['2d', 's', 172_800],
    ['90', 's', 90],
    ['1 h 30 min', 's', 5400],
    ['1h30m', 's', 5400],
    ['2 days', 's', 172_800],
    ['2 s 500 ms', 'ms', 2500],
    ['25%', 'percent', 25],
    ['2.5', 'percent', 2.5],
    ['5', 'ratio', 5],
    ['1.5x', 'ratio', 1.5],
    ['3', 'none', 3],
  ] as const)('%s in %s', (text, unit, value) => {
    expect(parseAmount(text, unit)).toBe(value);
  });

  test.each([
    ['', 'bytes'],
    ['10Q', 'bytes'],
    ['-1G', 'bytes'],
    ['1e9', 'bytes'],
    ['10GG', 'bytes'],
    ['10G', 's'],
    ['1 2', 's'],
    ['3 weeks', 's'],
    ['3 s!', 's'],
    ['3 constructor', 's'],
    ['s', 's'],
    ['1..5s', 's'],
    ['NaN', 'ratio'],
    ['25 percent', 'percent'],
    ['3.5', 'none'],
    ['9'.repeat(400), 'bytes'],
  ] as const)('%j is no amount in %s', (text, unit) => {
    expect(parseAmount(text, unit)).toBeNull();
  });

  test.each(Object.entries(amountExamples))('the example of %s is one', (unit, example) => {
    expect(parseAmount(example, unit as AmountUnit)).toBeGreaterThan(0);
  });

  test('are written so that they read the same', () => {
    for (const ms of [0, 1, 400, 1500, 15_000, 90_000, 1_800_000, 5_400_000, 86_400_000, 100_000])
      expect(parseAmount(exactLength(ms), 'ms')).toBe(ms);
    for (const bytes of [0, 1, 1000, 1024, 1536 * 1024 ** 2, 10 * 1024 ** 3])
      expect(parseAmount(exactBytes(bytes), 'bytes')).toBe(bytes);
    expect([1500, 90_000, 1_800_000].map(exactLength)).toEqual(['1.5 s', '90 s', '30 min']);
    expect(exactBytes(1.5 * 1024 ** 3)).toBe('1536M');
  });
});
