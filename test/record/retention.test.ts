import { expect, test } from 'vitest';
import { fail } from '../../src/base/problem.ts';
import { segmentName } from '../../src/record/format.ts';
import { dropOldSegments } from '../../src/record/retention.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRecordingFiles } from '../support/fake-recording-files.ts';

const hourMs = 3_600_000;
const directory = '/state/recordings';
const limits = { totalBytes: 1000, ageMs: 24 * hourMs, segmentBytes: 100 };

function start() {
  const clock = createFakeClock();
  const files = createFakeRecordingFiles();
  /** Of `bytes` that begin with `begin`, written `hours` ago. */
  function add(name: string, hours: number, bytes: number, begin = 'NIXPULSE'): string {
    const path = `${directory}/${name}`;
    files.contents.set(path, new TextEncoder().encode(begin.padEnd(bytes, '.').slice(0, bytes)));
    files.modifiedMs.set(path, clock.now() - hours * hourMs);
    return name;
  }
  const segment = (hours: number, bytes: number, pid = 1) =>
    add(segmentName(clock.now() - hours * hourMs, pid, 1), hours, bytes);
  const left = () => Array.from(files.contents.keys(), (path) => path.slice(directory.length + 1));
  const drop = (current = 'none', pid = 1) =>
    dropOldSegments({ files, clock, directory, pid, limits }, current);
  return { clock, files, add, segment, left, drop };
}

test('the oldest go until the rest fits, our own running one counted as what it may become', async () => {
  const { segment, drop, left } = start();
  const names = [5, 4, 3, 2, 1].map((hours) => segment(hours, 300));
  const current = segment(0, 10);
  await drop(current);
  expect(left()).toEqual([...names.slice(2), current]);
});

test('what is too old goes, however small', async () => {
  const { segment, drop, left } = start();
  segment(25, 10);
  const young = segment(0.5, 10);
  await drop();
  expect(left()).toEqual([young]);
});

test('age counts from the newest: nothing goes after a month away, or by a clock years ahead', async () => {
  const { clock, segment, drop, left } = start();
  const names = [23, 2, 1].map((hours) => segment(hours, 10));
  clock.advance(3650 * 24 * hourMs);
  const current = segment(0, 10);
  await drop(current);
  expect(left()).toEqual([...names, current]);
});

test('one that somebody else writes to stays; our own of before do not', async () => {
  const { segment, drop, left } = start();
  const running = segment(0.01, 2000, 2);
  segment(0.01, 2000, 1);
  await drop();
  expect(left()).toEqual([running]);
});

test('what was written while the clock was ahead counts as what it is, and is no reason to drop what was before', async () => {
  const { segment, drop, left } = start();
  const good = [5, 4, 3].map((hours) => segment(hours, 50));
  const ahead = Array.from({ length: 10 }, (_, i) => segment(-24 - i, 50, 2));
  await drop();
  expect(left()).toEqual([...good, ...ahead]);
});

test('what is too much goes, in the future too', async () => {
  const { segment, drop, left } = start();
  const ahead = [-8760, -8761, -8762, -8763].map((hours) => segment(hours, 400, 2));
  const current = segment(0, 10);
  await drop(current);
  expect(left()).toEqual([...ahead.slice(2), current]);
});

test('nothing is too old by a segment of the future', async () => {
  const { clock, segment, drop, left } = start();
  const names = [23, 2].map((hours) => segment(hours, 10));
  clock.advance(31 * 24 * hourMs);
  names.push(segment(-1, 10, 2));
  await drop();
  expect(left()).toEqual(names);
});

test('starts that failed one after the other cost the history no more than their bytes', async () => {
  const { segment, drop, left } = start();
  const good = [5, 4, 3].map((hours) => segment(hours, 200));
  const failed = Array.from({ length: 20 }, (_, i) => segment(0.02 - i / 1000, 5, 100 + i));
  const current = segment(0, 10);
  await drop(current);
  expect(left()).toEqual([...good, ...failed, current]);
});

test('two that write at once keep to the limit, but for what one segment of the other grows meanwhile', async () => {
  const { clock, files, segment, drop } = start();
  const sizes = () => Array.from(files.contents.values(), ({ length }) => length);
  let most = 0;
  for (let n = 0; n < 30; n += 1) {
    clock.advance(60_000);
    const running: string[] = [];
    for (const pid of [1, 2]) {
      running.push(segment(0, 10, pid));
      await drop(running.at(-1), pid);
    }
    for (const name of running) {
      const whole = new TextEncoder().encode('NIXPULSE'.padEnd(limits.segmentBytes, '.'));
      files.contents.set(`${directory}/${name}`, whole);
    }
    most = Math.max(
      most,
      sizes().reduce((sum, bytes) => sum + bytes),
    );
  }
  expect(most).toBeLessThanOrEqual(limits.totalBytes + limits.segmentBytes);
  expect(most).toBeGreaterThan(limits.totalBytes - limits.segmentBytes);
});

test('looks at one file at a time', async () => {
  const { segment, drop, files } = start();
  for (let hours = 1; hours < 9; hours += 1) segment(hours, 10);
  const { describe } = files;
  let [open, most] = [0, 0];
  files.describe = async (path) => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    return describe(path);
  };
  await drop();
  expect(most).toBe(1);
});

test('our running one stays even when it alone is too much', async () => {
  const { segment, drop, left } = start();
  const current = segment(30, 5000);
  await drop(current);
  expect(left()).toEqual([current]);
});

test('what is not ours is not touched, neither counted', async () => {
  const { add, segment, drop, left } = start();
  const foreign = [
    add('notes.txt', 100, 9999),
    add('20261110T000000000Z-1-1.nixpulse', 100, 50, 'something else'),
    add('20261110T000000000Z-1-1.nixpulse.bak', 100, 9999),
    add('20261110T000000000Z-1.nixpulse', 100, 9999),
    add('x20261110T000000000Z-1-1.nixpulse', 100, 9999),
    add('20269999T000000000Z-1-1.nixpulse', 100, 9999),
  ];
  const young = segment(1, 500);
  await drop();
  expect(left()).toEqual([...foreign, young]);
});

test('the empty file of a writer that was killed at once goes with the others', async () => {
  const { segment, add, drop, left } = start();
  segment(50, 0);
  add('20261110T000000000Z-1-1.nixpulse', 100, 3, 'NIX');
  const newest = segment(1, 10);
  await drop();
  expect(left()).toEqual([newest]);
});

test('what cannot be removed or listed stays, and nothing breaks', async () => {
  const { segment, drop, left, files } = start();
  const names = [5, 4].map((hours) => segment(hours, 900));
  files.remove = async (path) => fail('denied', path);
  await drop();
  expect(left()).toEqual(names);
  files.list = async (path) => fail('denied', path);
  await drop();
});

test.each([
  [Date.UTC(2026, 10, 20, 21, 4, 11, 123), '20261120T210411123Z-4242-3.nixpulse'],
  [0, '19700101T000000000Z-4242-3.nixpulse'],
])('names: %i is %s', (timeMs, name) => {
  expect(segmentName(timeMs, 4242, 3)).toBe(name);
});
