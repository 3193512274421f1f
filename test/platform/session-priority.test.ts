import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSessionPriority } from '../../src/platform/session-priority.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function refusing(...codes: readonly string[]) {
  const written: string[] = [];
  const left = [...codes];
  const write = (nice: string) => {
    written.push(nice);
    const code = left.shift();
    if (code !== undefined) throw Object.assign(new Error(code), { code });
  };
  return { written, write };
}

test('what the launcher has raised is given back once', () => {
  const { written, write } = refusing();
  const started = createSessionPriority('5', write);
  started();
  started();
  expect(written).toEqual(['5']);
});

test.each([undefined, '', 'nice'])('nothing is changed where it has raised nothing: %s', (nice) => {
  const { written, write } = refusing();
  createSessionPriority(nice, write)();
  expect(written).toEqual([]);
});

test('the kernel takes one change a moment: it is asked once more', () => {
  const { written, write } = refusing('EAGAIN');
  createSessionPriority('0', write)();
  vi.runAllTimers();
  expect(written).toEqual(['0', '0']);
});

test('a session without a group is not asked again', () => {
  const { written, write } = refusing('EINVAL');
  const started = createSessionPriority('0', write);
  started();
  vi.runAllTimers();
  started();
  expect(written).toEqual(['0']);
});
