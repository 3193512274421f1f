/** When a command asks a person, and when it has its answer: by what it writes and by the echo. */
import { expect, test } from 'vitest';
import { createAsking } from '../../src/modes/watch/asking.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function asked() {
  const clock = createFakeClock();
  const log: string[] = [];
  let say: (bytes: Uint8Array) => void = () => {};
  const terminal = { echo: true };
  const asking = createAsking({
    clock,
    tool: 'sudo',
    terminal: {
      path: '/dev/pts/9',
      descriptor: -1,
      onData: (call) => {
        say = call;
      },
      type: (bytes) => void log.push(`typed ${JSON.stringify(Buffer.from(bytes).toString())}`),
      echoes: () => terminal.echo,
      resize() {},
      interrupt: () => true,
      close() {},
    },
    lend() {
      log.push('lent');
      return () => void log.push('taken back');
    },
    write: (text) => void log.push(Buffer.from(text as string).toString()),
  });
  return {
    asking,
    log,
    terminal,
    clock,
    write: (text: string) => say(Buffer.from(text)),
    type: (text: string) => asking.type(Buffer.from(text)),
  };
}

test('a password: the echo is switched off', () => {
  const { asking, log, terminal, clock, write, type } = asked();
  write('Password: ');
  terminal.echo = false;
  clock.advance(100);
  expect(log).toEqual(['lent', 'nixpulse: sudo asks:\n', 'Password: ']);
  expect(asking.asks).toBe(true);
  type('secret');
  clock.advance(5000);
  expect(asking.asks).toBe(true);
  type('\r');
  write('\r\n');
  terminal.echo = true;
  clock.advance(200);
  expect(asking.asks).toBe(true);
  clock.advance(300);
  expect(asking.asks).toBe(false);
  expect(log.at(-1)).toBe('taken back');
  expect(asking.end()).toBe('');
});

test('what is written before, and the question that follows, are shown together', () => {
  const { log, clock, write } = asked();
  write('We trust you have received the usual lecture.\n');
  clock.advance(1000);
  expect(log).toEqual([]);
  write('continue? ');
  clock.advance(100);
  expect(log).toEqual([]);
  clock.advance(200);
  expect(log.slice(-1)).toEqual(['We trust you have received the usual lecture.\ncontinue? ']);
});

test('a second question at once: the screen is not taken in between', () => {
  const { asking, log, clock, write, type } = asked();
  write('one? ');
  clock.advance(300);
  type('y\r');
  write('y\r\n');
  clock.advance(100);
  write('two? ');
  clock.advance(2000);
  expect(asking.asks).toBe(true);
  type('y\r');
  write('y\r\n');
  clock.advance(500);
  expect(asking.asks).toBe(false);
  expect(log.filter((line) => line === 'lent')).toHaveLength(1);
});

test('an answer that nobody ends: the line of the screen is ended', () => {
  const { log, terminal, clock, type } = asked();
  terminal.echo = false;
  clock.advance(300);
  expect(log.at(-1)).toMatch(/^nixpulse: sudo asks, and does not show the answer: $/);
  type('secret\r');
  terminal.echo = true;
  clock.advance(500);
  expect(log.slice(-2)).toEqual(['\n', 'taken back']);
});

test('whole lines ask nothing, colours at the end of one neither; they are there at the end', () => {
  const { asking, log, clock, write } = asked();
  write('\u001b[1mnote\u001b[0m\r\n\u001b[0m');
  clock.advance(5000);
  expect(log).toEqual([]);
  expect(asking.end()).toContain('note');
});

test('it ends while it asks: the line is ended and the screen is its owner’s', async () => {
  const { asking, log, clock, write } = asked();
  write('sure? ');
  clock.advance(500);
  const quiet = asking.quiet();
  expect(asking.end()).toBe('');
  expect(log.slice(-2)).toEqual(['\n', 'taken back']);
  await quiet;
});
