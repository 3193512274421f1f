import { expect, test } from 'vitest';
import { openPty, sequenceOf } from '../support/pty.ts';

test('a program in the pseudo-terminal is typed to, seen, resized and waited for', async () => {
  using pty = openPty({ file: '/bin/sh', args: ['-i'], columns: 60, rows: 12, env: { PS1: 'prompt> ' } });
  await pty.waitForText('prompt>');
  pty.press('stty size', '<enter>');
  await pty.waitForText('12 60');
  pty.resize(80, 24);
  pty.press('stty size', '<enter>');
  const screen = await pty.waitForText('24 80');
  expect(screen).toHaveLength(24);
  pty.press('exit 7', '<enter>');
  expect(await pty.exited()).toEqual({ exitCode: 7, signal: 0 });
});

test('a wait that is not fulfilled fails with the screen in its message', async () => {
  using pty = openPty({ file: '/bin/echo', args: ['only this'], deadlineMs: 300 });
  await expect(pty.waitForText('something else')).rejects.toThrow(/ended with 0[\s\S]*only this/);
});

test('key names', () => {
  expect(sequenceOf('<ctrl-c>')).toBe('\x03');
  expect(sequenceOf('<')).toBe('<');
  expect(() => sequenceOf('<nope>')).toThrow('<nope>');
});
