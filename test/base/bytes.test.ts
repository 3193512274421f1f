import { describe, expect, it, test } from 'vitest';
import {
  bytesText,
  formatBytes,
  formatGrowth,
  formatOf,
  formatRate,
  formatReadWrite,
  formatSignedBytes,
} from '../../src/base/bytes.ts';
import { unknown } from '../../src/base/number.ts';
import { table } from './width-table.ts';

const K = 1024;
const M = K * 1024;
const G = M * 1024;
const T = G * 1024;

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

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [412 * K, '412 KB'],
  [410 * M, '410 MB'],
  [11.2 * G, '11.2 GB'],
  [-12 * M, '-12 MB'],
  [null, unknown],
])('%s in a sentence is %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

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
