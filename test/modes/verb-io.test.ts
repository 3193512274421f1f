import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createVerbIo } from '../../src/modes/verb/verb-io.ts';

function sitting() {
  const terminal = () => Object.assign(new PassThrough(), { isTTY: true });
  const process = Object.assign(new EventEmitter(), { stdin: terminal(), stderr: terminal() });
  process.stderr.resume();
  const io = createVerbIo({ process: process as never, write: async () => {} });
  return { process, io };
}

test('a question is answered by a line, and is none any more when a signal ends us', async () => {
  const { process, io } = sitting();
  const line = io.ask?.('Do it? ');
  process.stdin.write('yes\n');
  expect(await line).toBe('yes');
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const answer = io.ask?.('Do it? ');
    process.emit(signal);
    expect(await answer).toBeNull();
  }
  expect(['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal))).toEqual([0, 0]);
});
