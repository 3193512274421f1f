/** /dev/kmsg as the kernel answers: records that were overwritten, no right, a name that is no log. */
import type * as system from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createKernelLog, type KernelLogCalls } from '../../src/platform/kernel-log.ts';

const errno = (code: string) => Object.assign(new Error(code), { code });

/** `answers`: of read(2), one after the other; then EAGAIN. */
function calls(
  answers: readonly (string | Error)[],
  { rdev = 0x10b, openError }: { readonly rdev?: number; readonly openError?: Error } = {},
) {
  const made: string[] = [];
  const waiting = [...answers];
  const fake = {
    open: (path: string, flags: number, done: (error: Error | null, descriptor?: number) => void) => {
      made.push(`open ${path} ${(flags & 0o4000) === 0 ? 'waits' : 'does not wait'}`);
      queueMicrotask(() => (openError ? done(openError) : done(null, 9)));
    },
    fstat: (_: number, done: (error: null, stats: Partial<system.Stats>) => void) =>
      queueMicrotask(() => done(null, { rdev, isCharacterDevice: () => true })),
    read: (
      _: number,
      buffer: Buffer,
      _offset: number,
      _length: number,
      _position: null,
      done: (error: Error | null, length: number) => void,
    ) => {
      const answer = waiting.shift() ?? errno('EAGAIN');
      queueMicrotask(() => (typeof answer === 'string' ? done(null, buffer.write(answer)) : done(answer, 0)));
    },
    close: () => void made.push('close'),
  };
  return { made, fake: fake as unknown as KernelLogCalls };
}

describe('reads', () => {
  test('what is there, past what was overwritten, at most as many as asked for', async () => {
    const { fake, made } = calls(['one', errno('EPIPE'), 'two', 'three', errno('EPIPE')]);
    const log = createKernelLog(fake);
    expect(await log.read(2)).toEqual({ ok: true, value: ['one', 'two'] });
    expect(await log.read(9)).toEqual({ ok: true, value: ['three'] });
    expect(await log.read(9)).toEqual({ ok: true, value: [] });
    log.close();
    log.close();
    expect(made).toEqual(['open /dev/kmsg does not wait', 'close']);
  });
  test('one call at a time; closed meanwhile it is closed after it', async () => {
    const { fake, made } = calls(['one', 'two']);
    const log = createKernelLog(fake);
    const first = log.read(9);
    expect(await log.read(9)).toEqual({ ok: true, value: [] });
    log.close();
    expect((await first).ok).toBe(true);
    expect(made.at(-1)).toBe('close');
    expect(await log.read(9)).toMatchObject({ ok: false, problem: { kind: 'gone' } });
  });
});

test.each([
  ['EPERM', 'denied'],
  ['ENOENT', 'gone'],
])('%s says %s, once', async (code, kind) => {
  const { fake, made } = calls([], { openError: errno(code) });
  const log = createKernelLog(fake);
  for (let i = 0; i < 2; i += 1) expect(await log.read(9)).toMatchObject({ problem: { kind } });
  expect(made).toHaveLength(1);
});

test('from the terminal that a container has in its place nothing is taken', async () => {
  const { fake, made } = calls(['typed'], { rdev: 0x501 });
  const log = createKernelLog(fake);
  expect(await log.read(9)).toMatchObject({ ok: false, problem: { kind: 'unsupported' } });
  expect(made).toEqual(['open /dev/kmsg does not wait', 'close']);
});
