import { expect, test } from 'vitest';
import { createFakeClock } from './fake-clock.ts';
import { createFakeFiles } from './fake-files.ts';

test('timers run in order of time, then of creation, and may set others', () => {
  const clock = createFakeClock({ monotonic: 0 });
  const seen: string[] = [];
  clock.after(20, () => seen.push(`b ${clock.monotonic()}`));
  clock.after(10, () => {
    seen.push(`a ${clock.monotonic()}`);
    clock.after(5, () => seen.push(`a2 ${clock.monotonic()}`));
  });
  clock.after(20, () => seen.push(`c ${clock.monotonic()}`));
  clock.after(15, () => seen.push('never'))();
  clock.advance(25);
  expect(seen).toEqual(['a 10', 'a2 15', 'b 20', 'c 20']);
  expect(clock.monotonic()).toBe(25);
});

test('a kept fake file stays bound to its process', () => {
  const files = createFakeFiles({ '/proc/7/stat': 'one' });
  const kept = files.keep('/proc/7/stat');
  expect(kept.read()).toEqual({ ok: true, value: 'one' });
  files.remove('/proc/7');
  files.set('/proc/7/stat', 'two');
  expect(kept.read()).toMatchObject({ problem: { kind: 'gone' } });
  expect(files.read('/proc/7/stat')).toEqual({ ok: true, value: 'two' });
});

test('fake failures and counts', async () => {
  const files = createFakeFiles({
    '/proc/1/environ': { problem: 'denied' },
    '/proc/2/cmdline': { hangs: true },
    '/proc/3/cwd': { link: '/proc/3/root' },
    '/proc/3/root': 'x',
  });
  expect(await files.readSlow('/proc/1/environ')).toMatchObject({ problem: { kind: 'denied' } });
  expect(await files.readSlow('/proc/2/cmdline')).toMatchObject({ problem: { kind: 'timeout' } });
  expect(files.link('/proc/3/cwd')).toEqual({ ok: true, value: '/proc/3/root' });
  expect(files.read('/proc/3/cwd')).toEqual({ ok: true, value: 'x' });
  expect(files.list('/proc')).toEqual({ ok: true, value: ['1', '2', '3'] });
  expect(files.count('readSlow')).toBe(2);
  expect(files.count('readSlow', /environ$/)).toBe(1);
});
