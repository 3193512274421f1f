import { describe, expect, test } from 'vitest';
import { type AmountUnit, amountExamples, parseAmount } from '../../src/guard/limit-value.ts';

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
});
