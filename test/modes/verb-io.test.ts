import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { createVerbIo } from '../../src/modes/verb/verb-io.ts';

function sitting() {
  const terminal = () => Object.assign(new PassThrough(), { isTTY: true });
  const process = Object.assign(new EventEmitter(), { stdin: terminal(), stderr: terminal() });
  let said = '';
  process.stderr.on('data', (bytes) => {
    said += String(bytes);
  });
  const io = createVerbIo({ process: process as never, write: async () => {} });
  /** Gives the answer once the question is there. */
  const ask = async (then: () => void) => {
    said = '';
    const answer = io.ask?.('Do it? ');
    await vi.waitFor(() => expect(said).toContain('Do it? '));
    then();
    return answer;
  };
  return { process, io, ask };
}

const ending = ['SIGINT', 'SIGTERM'] as const;

test('a question is answered by a line, and is none any more when a signal ends us', async () => {
  const { process, io, ask } = sitting();
  expect(await ask(() => process.stdin.write('yes\n'))).toBe('yes');
  for (const signal of ending) expect(await ask(() => process.emit(signal))).toBeNull();
  // Before it stands there, too.
  for (const signal of ending) {
    const answer = io.ask?.('Do it? ');
    process.emit(signal);
    expect(await answer).toBeNull();
    // It keeps no process from ending.
    expect(process.stdin.isPaused()).toBe(true);
  }
  expect(ending.map((signal) => process.listenerCount(signal))).toEqual([0, 0]);
});

test('what was typed before it stood there answers nothing, but Ctrl-C', async () => {
  const { process, io, ask } = sitting();
  process.stdin.write('y\ny');
  expect(await ask(() => process.stdin.write('\n'))).toBe('');
  process.stdin.write('y\n\x03');
  expect(await io.ask?.('Do it? ')).toBeNull();
  expect(await ask(() => process.stdin.write('no\n'))).toBe('no');
});

test('progress leaves room for the ^C that the terminal writes behind it', () => {
  const { process, io } = sitting();
  let drawn = '';
  process.stderr.on('data', (bytes) => {
    drawn += String(bytes);
  });
  io.draw?.('x'.repeat(200));
  expect(drawn).toBe(`\r\x1b[K${'x'.repeat(77)}`);
});
