import { describe, expect, test } from 'vitest';
import { contra, pro } from '../../src/diagnose/judgement.ts';
import {
  evidenceHelp,
  evidenceSince,
  evidenceText,
  evidenceTitle,
  evidenceValue,
  unseenText,
} from '../../src/format/evidence.ts';
import type { Evidence } from '../../src/model/diagnosis/verdict.ts';

const clock = { timeMs: new Date(2026, 10, 20, 13, 28).getTime(), monotonicMs: 1_000_000 };

test('a title is of a sentence, else of the table of fields, else the id in words', () => {
  expect(evidenceTitle('cpu')).toBe('CPU');
  expect(evidenceTitle('wchan')).toBe('sleeps in');
  expect(evidenceTitle('memory.dirty')).toBe('Dirty');
  expect(evidenceHelp('memory.dirty')).toBe('Waits to be written to disk (Dirty)');
  expect(evidenceTitle('disks.queueSize')).toBe('aqu-sz');
  expect(evidenceTitle('health.kernel.somethingNew')).toBe('kernel something new');
  expect(evidenceHelp('health.kernel.somethingNew')).toBe('');
});

describe('a value has its unit', () => {
  test.each<[Evidence['value'], Evidence['unit'], string]>([
    [88 * 2 ** 20, 'bytes', '88 MB'],
    [2 ** 20, 'bytes/s', '1.0 MB/s'],
    [840 * 2 ** 20, 'bytes/min', '840 MB/min'],
    [0, 'cpu', '0%'],
    [91.4, 'percent', '91%'],
    [12, 's', '12 s'],
    [1208, 'ms', '1208 ms'],
    [0.4, 'per second', '0.4 a second'],
    [1, 'flag', 'yes'],
    [0, 'flag', 'no'],
    [1204, 'none', '1204'],
    ['futex_do_wait', 'text', 'futex_do_wait'],
    ['a\n  b', 'text', 'a b'],
    [null, 'none', ''],
  ])('%j in %s: %s', (value, unit, text) => {
    expect(evidenceValue({ value, unit })).toBe(text);
  });
});

test('since when, and for how long', () => {
  expect(evidenceSince({ sinceMs: null }, clock)).toBe('');
  expect(evidenceSince({ sinceMs: 1_000_000 - 720_000 }, clock)).toBe('13:16, 12 min');
});

test('all of it in a line, in which nothing moves the cursor', () => {
  expect(evidenceText(pro('cpu', 0, 'cpu', 1_000_000 - 720_000), clock)).toBe('CPU 0%, since 13:16, 12 min');
  expect(evidenceText(pro('paused', null, 'flag', 940_000), clock)).toBe('paused, since 13:27, 60 s');
  expect(evidenceText(contra('log.said', 'x\u001b[2J', 'text'), clock)).not.toContain('\u001b');
});

test('what is not seen says what it takes', () => {
  expect(unseenText('lines')).toEqual({ title: 'log lines', takes: 'needs its log: nixpulse watch' });
  expect(unseenText('wchan').takes).toContain('root');
});
