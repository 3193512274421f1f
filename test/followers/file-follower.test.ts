import { expect, test } from 'vitest';
import { problem } from '../../src/base/problem.ts';
import { createFileFollower, type FileFollowerOptions } from '../../src/followers/file-follower.ts';
import type { StreamRaw } from '../../src/model/rebuild/followed.ts';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeStreamFiles } from '../support/fake-stream-files.ts';

const path = '/run/nixpulse/log.json';
const mib = 2 ** 20;
/** A line of a build's log, told apart by its number. */
const line = (n: number) => `{"action":"result","fields":["line ${n}"],"id":${2 ** 32 + 1},"type":101}\n`;
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => line(from + i)).join('');

function follow(options: Partial<FileFollowerOptions> = {}) {
  const clock = createFakeClock();
  const files = createFakeStreamFiles();
  const ticks: (() => void)[] = [];

  /** `take` gives all that ticks have taken since, of one stream at a time. */
  function begin(more: Partial<FileFollowerOptions> = {}) {
    const follower = createFileFollower({
      ...{ id: path, origin: { kind: 'file', path }, writers: 'many', clock, files },
      ...{ file: { path, followLinks: false } },
      ...options,
      ...more,
    });
    const taken: StreamRaw[] = [];
    const tick = () => {
      const now = follower.take();
      const last = taken.at(-1);
      if (now === null) return;
      if (last?.id === now.id) taken[taken.length - 1] = together(last, now);
      else taken.push(now);
    };
    ticks.push(tick);
    const take = () => {
      tick();
      return taken.shift() ?? null;
    };
    return { ...follower, take };
  }

  /** Time passes in small steps, and what was asked comes back in between; a tick each second. */
  async function pass(ms: number, { ticking = true } = {}): Promise<void> {
    for (let passed = 0; passed < ms; passed += 5) {
      if (ticking && passed % 1000 === 0) for (const tick of ticks) tick();
      clock.advance(5);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { clock, files, begin, pass };
}

function together(before: StreamRaw, now: StreamRaw): StreamRaw {
  const lostBytes = (before.lostBytes ?? 0) + (now.lostBytes ?? 0);
  const events = [...before.events, ...now.events];
  return { ...before, ...now, events, ...(lostBytes > 0 && { lostBytes }) };
}

function numbersOf(streams: readonly (StreamRaw | null)[]): number[] {
  const events = streams.flatMap((stream): readonly LogEvent[] => stream?.events ?? []);
  return events.flatMap((event) =>
    event.kind === 'lines' ? event.lines.map((text) => Number(text.replace('line ', ''))) : [],
  );
}
const countOf = (stream: StreamRaw | null): number =>
  (stream?.events ?? []).reduce((sum, event) => sum + (event.kind === 'lines' ? event.count : 0), 0);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

test('a file that comes later is read from its start, as it grows, cut anywhere', async () => {
  const { files, begin, pass } = follow();
  const follower = begin();
  await pass(1000);
  expect(follower.take()).toBeNull();
  const file = files.create(path, lines(0, 3) + line(3).slice(0, 20));
  await pass(1100);
  const first = follower.take();
  expect(first).toMatchObject({ id: path, origin: { kind: 'file', path }, writers: 'many' });
  files.append(file, line(3).slice(20) + line(4));
  await pass(1100);
  expect(numbersOf([first, follower.take()])).toEqual(range(0, 5));
  expect(follower.take()).toBeNull();
  follower.close();
  await pass(10);
  expect(files.openFiles).toBe(0);
});

test('of many clients in a file that was there before, the last 8 MiB; of one command, all', async () => {
  const text = lines(0, 150_000);
  expect(text.length).toBeGreaterThan(9 * mib);
  for (const writers of ['many', 'one'] as const) {
    const { files, begin, pass } = follow({ writers });
    files.create(path, text);
    const follower = begin();
    let count = 0;
    for (let i = 0; i < 4; i++) {
      await pass(200);
      const taken = follower.take();
      count += countOf(taken);
      expect(taken?.lostBytes).toBeUndefined();
    }
    const whole = text.slice(-8 * mib).split('\n').length - 2;
    expect(count).toBe(writers === 'one' ? 150_000 : whole);
    follower.close();
  }
});

test('idle, one look a second; nothing is asked while a call has not come back', async () => {
  const { files, begin, pass } = follow();
  files.create(path, lines(0, 3));
  const follower = begin();
  await pass(2000);
  files.calls.length = 0;
  await pass(10_000);
  expect(files.calls).toEqual(Array(files.calls.length).fill('stat'));
  expect(files.calls.length).toBeLessThanOrEqual(10);
  const release = files.block();
  files.calls.length = 0;
  await pass(10_000);
  follower.take();
  expect(files.calls.length).toBe(1);
  release();
  await pass(3000);
  expect(files.calls.length).toBeGreaterThan(1);
});

test('nobody takes: 8 MiB are read, the rest later', async () => {
  const { files, begin, pass } = follow({ writers: 'one' });
  files.create(path, lines(0, 300_000));
  const follower = begin();
  await pass(5000, { ticking: false });
  const reads = files.calls.filter((call) => call === 'read').length;
  expect(reads).toBe(8);
  const count = countOf(follower.take());
  expect(count).toBeLessThan(200_000);
  await pass(4000);
  expect(count + countOf(follower.take())).toBe(300_000);
});

test('nobody takes, and nothing comes: nothing is asked', async () => {
  const { files, begin, pass } = follow();
  files.create(path, lines(0, 3));
  begin();
  await pass(2000);
  files.calls.length = 0;
  await pass(10_000, { ticking: false });
  expect(files.calls.length).toBeLessThanOrEqual(1);
});

test('what was read is taken out behind the last 4 MiB, and nothing is lost', async () => {
  const { files, begin, pass } = follow({ keepSmall: { keepBytes: 4 * mib, onlyInMemory: true } });
  const file = files.create(path);
  const follower = begin();
  await pass(100);
  let count = 0;
  for (let i = 0; i < 15; i++) {
    files.append(file, lines(i * 10_000, (i + 1) * 10_000));
    await pass(1100);
    const taken = follower.take();
    count += countOf(taken);
    expect(taken?.lostBytes).toBeUndefined();
  }
  expect(count).toBe(150_000);
  const size = file.bytes.length;
  const empty = file.bytes.findIndex((byte) => byte !== 0);
  expect(empty % mib).toBe(0);
  expect(size - empty).toBeGreaterThanOrEqual(4 * mib);
  expect(size - empty).toBeLessThan(5 * mib);

  // Who comes now begins behind the hole, and counts nothing of it as lost.
  const other = begin();
  await pass(1000);
  const taken = other.take();
  expect(taken?.lostBytes).toBeUndefined();
  expect(numbersOf([taken]).at(-1)).toBe(149_999);
});

test('what is no log of Nix is never emptied, whatever a setting names', async () => {
  for (const text of [
    'LPKSHHRH'.padEnd(300_000, 'x'),
    `${'\0'.repeat(8192)}${'something else\n'.repeat(200_000)}`,
    'one\n'.repeat(100_000),
  ]) {
    const { files, begin, pass } = follow({ keepSmall: { keepBytes: 0, onlyInMemory: true } });
    const file = files.create(path, text);
    const follower = begin();
    for (let i = 0; i < 10; i++) {
      await pass(1000);
      follower.take();
    }
    expect(file.bytes.toString('latin1')).toBe(text);
    expect(files.calls).not.toContain('truncate');
  }
});

test('on a disk nothing is taken out, nor of a file that is not ours to write', async () => {
  for (const how of [{ inMemory: false }, { writable: false }]) {
    const { files, begin, pass } = follow({ keepSmall: { keepBytes: 0, onlyInMemory: true } });
    const file = files.create(path, lines(0, 20_000), how);
    const follower = begin();
    for (let i = 0; i < 10; i++) {
      await pass(1000);
      follower.take();
    }
    expect(file.bytes.toString('latin1')).toBe(lines(0, 20_000));
    expect(files.calls).not.toContain('truncate');
  }
});

test('without holes it is cut while quiet, never between a line and its reading', async () => {
  const { files, begin, pass } = follow({ keepSmall: { keepBytes: 0, onlyInMemory: true } });
  const file = files.create(path, lines(0, 20_000), { holes: false });
  const follower = begin();
  const taken: (StreamRaw | null)[] = [];
  for (let i = 0; i < 4; i++) {
    await pass(1000);
    taken.push(follower.take());
    files.append(file, line(20_000 + i));
  }
  expect(file.bytes.length).toBeGreaterThan(mib);
  for (let i = 0; i < 8; i++) {
    await pass(1000);
    taken.push(follower.take());
  }
  expect(file.bytes.length).toBe(0);
  files.append(file, line(20_004));
  await pass(2000);
  taken.push(follower.take());
  expect(numbersOf(taken).slice(-5)).toEqual(range(20_000, 20_005));
});

test('a file of our own without a name: all of it goes, and what is left is read at its end', async () => {
  const { files, begin, pass } = follow({ writers: 'one' });
  const file = files.create('own', lines(0, 30_000));
  const follower = begin({
    file: { handle: files.handleOf(file) },
    keepSmall: { keepBytes: 0, onlyInMemory: false },
  });
  const release = files.block();
  await pass(20);
  files.append(file, line(30_000));
  let over = false;
  void follower.end(101).then(() => {
    over = true;
  });
  release();
  await pass(500);
  expect(over).toBe(true);
  const taken = follower.take();
  expect(countOf(taken)).toBe(30_001);
  expect(taken?.events.at(-1)).toEqual({ kind: 'end', exitCode: 101 });
  expect(file.bytes.findIndex((byte) => byte !== 0)).toBe(2 * mib);
  expect(follower.take()).toBeNull();
  expect(files.openFiles).toBe(0);
});

test('another file at its name: the old one is read to its end, the new one is another stream', async () => {
  const { files, begin, pass } = follow();
  const old = files.create(path, lines(0, 2));
  const follower = begin();
  await pass(1000);
  const taken = [follower.take()];
  files.append(old, line(2));
  files.create(path, lines(3, 5));
  await pass(3000);
  for (let i = 0; i < 3; i++) taken.push(follower.take());
  expect(numbersOf(taken)).toEqual(range(0, 5));
  expect(taken.flatMap((one) => one?.id ?? [])).toEqual([path, path, `${path}#2`]);
  // Who builds still writes to nobody knows where: the process table says when they are over.
  expect(taken.flatMap((one) => one?.events ?? []).some(({ kind }) => kind === 'end')).toBe(false);
  expect(files.openFiles).toBe(1);
});

test('a file without a name goes on: who has it open still writes', async () => {
  const { files, begin, pass } = follow();
  const file = files.create(path, lines(0, 2));
  const follower = begin();
  await pass(1000);
  const taken = [follower.take()];
  files.byPath.delete(path);
  files.append(file, line(2));
  await pass(2000);
  taken.push(follower.take());
  expect(numbersOf(taken)).toEqual([0, 1, 2]);
});

test('emptied by somebody: it begins anew, in the same stream, with a whole line', async () => {
  const { files, begin, pass } = follow();
  const file = files.create(path, lines(0, 20) + line(20).slice(0, 30));
  const follower = begin();
  await pass(1000);
  const taken = [follower.take()];
  file.bytes = Buffer.from(line(21));
  await pass(2000);
  taken.push(follower.take());
  expect(numbersOf(taken)).toEqual([...range(0, 20), 21]);
  expect(taken.map((one) => one?.id)).toEqual([path, path]);
  expect(JSON.stringify(taken)).not.toContain('skipped');
});

test('what others took out before we read it is lost, and counted', async () => {
  const { files, begin, pass } = follow();
  const file = files.create(path, lines(0, 10));
  const follower = begin();
  await pass(1000);
  const taken = [follower.take()];
  files.append(file, '\0'.repeat(8192) + line(10).slice(9) + line(11));
  await pass(2000);
  taken.push(follower.take());
  expect(numbersOf(taken)).toEqual([...range(0, 10), 11]);
  expect(taken[1]?.lostBytes).toBe(8192);
});

test('hundreds of MiB behind only the end is read, and the rest counted', async () => {
  const { files, begin, pass } = follow();
  const file = files.create(path, lines(0, 10));
  const follower = begin();
  await pass(1000);
  follower.take();
  file.bytes = Buffer.concat([
    file.bytes,
    Buffer.alloc(300 * mib, `${'x'.repeat(999)}\n`),
    Buffer.from(line(10)),
  ]);
  const size = file.bytes.length;
  await pass(2000);
  const taken = follower.take();
  expect(taken?.lostBytes).toBe(size - 8 * mib - lines(0, 10).length);
  follower.close();
});

test('denied, a directory, one that is not to be trusted: told once, and followed when that changes', async () => {
  const refuses = ({ uid }: { readonly uid: number }) =>
    uid === 0 ? null : problem('denied', path, 'it belongs to somebody else');
  const { files, begin, pass } = follow({ file: { path, followLinks: false, refuses } });
  files.create(path, lines(0, 2), { uid: 1000 });
  files.problems.set(path, problem('denied', path));
  const follower = begin();
  await pass(3000);
  expect(follower.take()).toMatchObject({ problem: { kind: 'denied' }, events: [] });
  expect(follower.take()).toBeNull();
  files.problems.clear();
  await pass(3000);
  expect(follower.take()).toMatchObject({ problem: { cause: 'it belongs to somebody else' } });
  files.create(path, '', { regular: false });
  await pass(3000);
  expect(follower.take()).toMatchObject({ problem: { kind: 'unsupported', cause: 'not a regular file' } });
  expect(files.openFiles).toBe(0);
  files.create(path, lines(2, 4));
  await pass(3000);
  const taken = follower.take();
  expect(taken?.problem).toBeUndefined();
  expect(numbersOf([taken])).toEqual([2, 3]);
});

test.each([
  ['json-log-path', line(0), 'many'],
  ['json-log-path, taken out', `${'\0'.repeat(4096)}\n${line(0)}`, 'many'],
  ['the stderr of a command', `warning: something\n@nix ${line(0)}`, 'one'],
  ['lines for people', 'these 3 derivations will be built:\n', 'one'],
])('of whom a named file is, by what stands in it: %s', async (_, text, writers) => {
  const { files, begin, pass } = follow({ writers: 'by-content' });
  const file = files.create(path);
  const follower = begin();
  await pass(2000);
  expect(follower.take()).toBeNull();
  expect(files.openFiles).toBe(0);
  files.append(file, text.slice(0, 5));
  await pass(2000);
  files.append(file, text.slice(5));
  await pass(3000);
  expect(follower.take()).toMatchObject({ id: path, writers });
});
