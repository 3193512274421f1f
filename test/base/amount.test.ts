import { describe, expect, test } from 'vitest';
import {
  type AmountUnit,
  amountExamples,
  exactBytes,
  exactLength,
  parseAmount,
  parseBytes,
  parseLength,
} from '../../src/base/amount.ts';

describe('a length of time', () => {
  test.each([
    ['30s', 30_000],
    ['10 min', 600_000],
    ['1.5h', 5_400_000],
    ['1 h 30 min', 5_400_000],
    ['500ms', 500],
    ['2 days', 172_800_000],
    ['0s', 0],
  ])('%s', (text, ms) => {
    expect(parseLength(text)).toBe(ms);
  });

  test.each(['', '30', 's', '-3s', '3 weeks', '1e3s', '3s!', '3 constructor', '1..5s'])('not %j', (text) => {
    expect(parseLength(text)).toBeNull();
  });

  test('is written so that it reads the same', () => {
    for (const ms of [0, 1, 400, 1500, 15_000, 90_000, 1_800_000, 5_400_000, 86_400_000, 100_000])
      expect(parseLength(exactLength(ms))).toBe(ms);
    expect([1500, 90_000, 1_800_000].map(exactLength)).toEqual(['1.5 s', '90 s', '30 min']);
  });
});

describe('a size', () => {
  test.each([
    ['4G', 4 * 2 ** 30],
    ['512 MB', 512 * 2 ** 20],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['100', 100],
    ['100 B', 100],
    ['8k', 8192],
  ])('%s', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  test.each(['', 'G', '4 X', '-1G', '4Gi G', '1e9', '0x10'])('not %j', (text) => {
    expect(parseBytes(text)).toBeNull();
  });

  test('is written so that it reads the same', () => {
    for (const bytes of [0, 1, 1000, 1024, 1536 * 2 ** 20, 10 * 2 ** 30])
      expect(parseBytes(exactBytes(bytes))).toBe(bytes);
    expect(exactBytes(1.5 * 2 ** 30)).toBe('1536M');
  });
});

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
