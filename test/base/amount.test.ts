import { describe, expect, test } from 'vitest';
import { exactBytes, exactLength, parseBytes, parseLength } from '../../src/base/amount.ts';

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
