import { describe, expect, test } from 'vitest';
import type { TerminalStanding } from '../../src/platform/controlling-terminal.ts';
import { createHangUp } from '../../src/terminal/hang-up.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function setUp(standing: TerminalStanding) {
  const clock = createFakeClock();
  const terminal = { standing };
  const happened: string[] = [];
  const hangUp = createHangUp({
    after: clock.after,
    terminal: () => terminal.standing,
    gone: () => void happened.push('gone'),
    reload: () => void happened.push('reload'),
  });
  return { clock, terminal, happened, hangUp };
}

describe('a terminal controls us', () => {
  test('it is gone with the signal: at once', () => {
    const { clock, terminal, happened, hangUp } = setUp('foreground');
    terminal.standing = 'none';
    hangUp.signalled();
    expect([happened, clock.pending]).toEqual([['gone'], 0]);
  });

  test('the signal comes first: nothing is read again', () => {
    const { clock, terminal, happened, hangUp } = setUp('foreground');
    hangUp.signalled();
    terminal.standing = 'none';
    clock.advance(100);
    expect([happened, clock.pending]).toEqual([['gone'], 0]);
  });

  test('it stays: reload; one that goes later, of which no signal came, is seen', () => {
    const { clock, terminal, happened, hangUp } = setUp('foreground');
    hangUp.signalled();
    expect(happened).toEqual([]);
    clock.advance(100);
    expect(happened).toEqual(['reload']);
    terminal.standing = 'none';
    clock.advance(5000);
    expect([happened, clock.pending]).toEqual([['reload', 'gone'], 0]);
  });

  test('it stays: once, and no timer is left', () => {
    const { clock, happened, hangUp } = setUp('foreground');
    hangUp.signalled();
    clock.advance(60_000);
    expect([happened, clock.pending]).toEqual([['reload'], 0]);
  });

  test('several signals are one', () => {
    const { clock, happened, hangUp } = setUp('foreground');
    for (let times = 0; times < 5; times += 1) hangUp.signalled();
    clock.advance(10_000);
    expect([happened, clock.pending]).toEqual([['reload'], 0]);
  });

  test('in the background: a shell that ends, or the kernel for who is stopped, means the end', () => {
    const { clock, happened, hangUp } = setUp('background');
    hangUp.signalled();
    expect([happened, clock.pending]).toEqual([['gone'], 0]);
  });

  test('sent to the background after it was read again: nothing more', () => {
    const { clock, terminal, happened, hangUp } = setUp('foreground');
    hangUp.signalled();
    clock.advance(100);
    terminal.standing = 'background';
    clock.advance(5000);
    expect([happened, clock.pending]).toEqual([['reload'], 0]);
  });

  test('closed: nothing more happens', () => {
    const { clock, happened, hangUp } = setUp('foreground');
    hangUp.signalled();
    hangUp.close();
    expect([happened, clock.pending]).toEqual([[], 0]);
  });
});

test('without one nothing can hang up: reload at once', () => {
  const { clock, happened, hangUp } = setUp('none');
  hangUp.signalled();
  expect([happened, clock.pending]).toEqual([['reload'], 0]);
});
