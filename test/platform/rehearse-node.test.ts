import { expect, test } from 'vitest';
import {
  rehearseCollecting,
  rehearseCompiling,
  rehearseMatching,
  rehearseReading,
} from '../../src/platform/rehearse-node.ts';

test('a text compiles, as often as it is asked', () => {
  expect(() => {
    rehearseCompiling();
    rehearseCompiling();
  }).not.toThrow();
});

test('patterns are matched, as often as it is asked', () => {
  expect(() => {
    rehearseMatching();
    rehearseMatching();
  }).not.toThrow();
});

test('all is collected, close together and as later, then what is new from within functions of V8', () => {
  const asked: string[] = [];
  rehearseCollecting((what = 'all') => void asked.push(what));
  expect(asked.slice(0, 2)).toEqual(['close', 'all']);
  expect(asked.length).toBeGreaterThan(6);
  expect(new Set(asked.slice(2))).toEqual(new Set(['young']));
});

test('a reading ends, several at once too, and leaves nothing open', async () => {
  await Promise.all([rehearseReading(), rehearseReading(), rehearseReading()]);
  const open = () => process.getActiveResourcesInfo().filter((name) => /Pipe|Server/.test(name)).length;
  const before = open();
  await rehearseReading();
  await expect.poll(open).toBeLessThanOrEqual(before);
});
