import { readdirSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  rehearseCollecting,
  rehearseCompiling,
  rehearseMatching,
  rehearseNumbers,
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

test('numbers become text, as often as it is asked', () => {
  expect(() => {
    rehearseNumbers();
    rehearseNumbers();
  }).not.toThrow();
});

test('all is collected, close together and as later, then what is new from within functions of V8', () => {
  const asked: string[] = [];
  rehearseCollecting((what = 'all') => void asked.push(what));
  expect(asked.slice(0, 2)).toEqual(['close', 'all']);
  expect(asked.length).toBeGreaterThan(6);
  expect(new Set(asked.slice(2))).toEqual(new Set(['young']));
});

test.runIf(process.platform === 'linux')('a reading reads, and leaves nothing open', async () => {
  const read = vi.spyOn(ReadStream.prototype, 'push');
  onTestFinished(() => read.mockRestore());
  const open = () => process.getActiveResourcesInfo().filter((name) => /TTY|Timeout/.test(name)).length;
  const before = open();
  await Promise.all([rehearseReading(), rehearseReading(), rehearseReading()]);
  expect(read.mock.calls.map(([what]) => String(what))).toEqual(['k', 'k', 'k']);
  await expect.poll(open).toBeLessThanOrEqual(before);
});

test.each([
  ['no such device', '/dev/nothing-of-this-name'],
  ['nothing that answers', '/dev/null'],
])('%s: it ends all the same', async (_, path) => {
  const open = () => readdirSync('/dev/fd').length;
  const before = open();
  await expect(rehearseReading(path)).resolves.toBeUndefined();
  expect(open()).toBe(before);
});
