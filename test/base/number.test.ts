import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatGrowth,
  formatMs,
  formatOf,
  formatPercent,
  formatRate,
  formatReadWrite,
  formatSeconds,
  formatSignedBytes,
  formatTenths,
  unknown,
} from '../../src/base/number.ts';

const K = 1024;
const M = K * 1024;
const G = M * 1024;
const T = G * 1024;

type Row = readonly [value: number | null, text: string];

function table(name: string, format: (value: number | null) => string, widest: number, rows: readonly Row[]) {
  describe(name, () => {
    it.each(rows)('%s is %s', (value, text) => {
      expect(format(value)).toBe(text);
    });

    it.each([null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
      '%s is unknown',
      (value) => {
        expect(format(value)).toBe(unknown);
      },
    );

    it('stays in its width over the whole range', () => {
      for (let value = 1e-3; value < 1e18; value *= 1.37) {
        expect(format(value).length, `${value} as ${format(value)}`).toBeLessThanOrEqual(widest);
        expect(format(-value).length, `${-value} as ${format(-value)}`).toBeLessThanOrEqual(widest + 1);
      }
    });
  });
}

table('bytes', formatBytes, 5, [
  [0, '0'],
  [0.2, '0'],
  [1, '1B'],
  [999, '999B'],
  [1000, '1.0K'],
  [412 * K, '412K'],
  [9.94 * M, '9.9M'],
  [9.96 * M, '10M'],
  [840 * M, '840M'],
  [999.4 * M, '999M'],
  [1023 * M, '1.0G'],
  [11.2 * G, '11.2G'],
  [99.94 * G, '99.9G'],
  [157 * G, '157G'],
  [1.5 * T, '1.5T'],
  [1e15, '909T'],
  [2 ** 63, '8.0E'],
  [-12 * M, '-12M'],
]);

table('signed bytes', formatSignedBytes, 6, [
  [0, '0'],
  [0.4, '0'],
  [840 * M, '+840M'],
  [-12 * M, '-12M'],
  [11.2 * G, '+11.2G'],
]);

table('growth', formatGrowth, 6, [
  [0, '0'],
  [M - 1, '0'],
  [-300 * K, '0'],
  [M, '+1.0M'],
  [-12 * M, '-12M'],
]);

table('rate', formatRate, 7, [
  [0, '0/s'],
  [41 * M, '41M/s'],
]);

table('percent', formatPercent, 6, [
  [0, '0%'],
  [0.4, '0%'],
  [63.4, '63%'],
  [100, '100%'],
  [612, '612%'],
  [99_999, '100k%'],
]);

table('count', formatCount, 5, [
  [0, '0'],
  [9999, '9999'],
  [12_345, '12.3k'],
  [4_500_000, '4.5M'],
  [1e15, '1.0P'],
  [-3, '-3'],
]);

table('tenths', formatTenths, 5, [
  [0, '0'],
  [0.4, '0.4'],
  [9.94, '9.9'],
  [38.2, '38'],
  [12_345, '12.3k'],
]);

table('milliseconds', formatMs, 6, [
  [0, '0'],
  [0.42, '0.4'],
  [312, '312'],
  [1208, '1208'],
  [99_999, '99999'],
  [312_000, '312s'],
]);

table('duration', formatDuration, 7, [
  [0, '0:00'],
  [7.9, '0:07'],
  [2822, '47:02'],
  [3753, '1:02:33'],
  [35_999, '9:59:59'],
  [45_180, '12h 33m'],
  [86_400 * 3 + 4 * 3600 + 59, '3d 4h'],
  [86_400 * 99 + 23 * 3600, '99d 23h'],
  [86_400 * 250, '250d'],
  [1e15, '>99999d'],
  [-5, '0:00'],
]);

table('seconds', formatSeconds, 7, [
  [0, '0.0s'],
  [2.1, '2.1s'],
  [9.96, '10s'],
  [34.4, '34s'],
  [119.4, '119s'],
  [120, '2:00'],
  [-1, '0.0s'],
]);

describe('two numbers in one', () => {
  it.each([
    [29.1 * G, 31.2 * G, '29.1/31.2G'],
    [840 * M, 31.2 * G, '840M/31.2G'],
    [0, 8 * G, '0/8.0G'],
    [null, 8 * G, '–/8.0G'],
    [null, null, '–/–'],
    [3 * G, 0, '3.0G/0'],
  ])('%s of %s is %s', (part, whole, text) => {
    expect(formatOf(part, whole)).toBe(text);
  });

  it.each([
    [0, 14 * M, '0/14M'],
    [null, 14 * M, '–/14M'],
    [null, null, '–'],
  ])('%s read and %s written are %s', (read, written, text) => {
    expect(formatReadWrite(read, written)).toBe(text);
  });
});
