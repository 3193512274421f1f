import { describe, expect, test } from 'vitest';
import { createHangUp } from '../../src/terminal/hang-up.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function setUp(there: boolean) {
  const clock = createFakeClock();
  const terminal = { there };
  const happened: string[] = [];
  const hangUp = createHangUp({
    after: clock.after,
    hasTerminal: () => terminal.there,
    gone: () => void happened.push('gone'),
    reload: () => void happened.push('reload'),
  });
  return { clock, terminal, happened, hangUp };
}

describe('a terminal controls us', () => {
  test('it is gone with the signal: at once', () => {
    const { clock, terminal, happened, hangUp } = setUp(true);
    terminal.there = false;
    hangUp.signalled();
    expect([happened, clock.pending]).toEqual([['gone'], 0]);
  });

  test('the signal comes first: nothing is read again', () => {
    const { clock, terminal, happened, hangUp } = setUp(true);
    hangUp.signalled();
    terminal.there = false;
    clock.advance(100);
    expect([happened, clock.pending]).toEqual([['gone'], 0]);
  });

  test('it stays: reload; one that goes later, of which no signal came, is seen', () => {
    const { clock, terminal, happened, hangUp } = setUp(true);
    hangUp.signalled();
    expect(happened).toEqual([]);
    clock.advance(100);
    expect(happened).toEqual(['reload']);
    terminal.there = false;
    clock.advance(5000);
    expect([happened, clock.pending]).toEqual([['reload', 'gone'], 0]);
  });

  test('it stays: once, and no timer is left', () => {
    const { clock, happened, hangUp } = setUp(true);
    hangUp.signalled();
    clock.advance(60_000);
    expect([happened, clock.pending]).toEqual([['reload'], 0]);
  });

  test('several signals are one', () => {
    const { clock, happened, hangUp } = setUp(true);
    for (let times = 0; times < 5; times += 1) hangUp.signalled();
    clock.advance(10_000);
    expect([happened, clock.pending]).toEqual([['reload'], 0]);
  });

  test('closed: nothing more happens', () => {
    const { clock, happened, hangUp } = setUp(true);
    hangUp.signalled();
    hangUp.close();
    expect([happened, clock.pending]).toEqual([[], 0]);
  });
});

test('without one nothing can hang up: reload at once', () => {
  const { clock, happened, hangUp } = setUp(false);
  hangUp.signalled();
  expect([happened, clock.pending]).toEqual([['reload'], 0]);
});
