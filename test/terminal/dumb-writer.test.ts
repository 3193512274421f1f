import { expect, test } from 'vitest';
import { createDumbWriter } from '../../src/terminal/dumb-writer.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function setUp() {
  const clock = createFakeClock();
  const written: string[] = [];
  let taken: (() => void)[] = [];
  let reads = true;
  const writer = createDumbWriter({
    after: clock.after,
    write(text, done) {
      written.push(text);
      if (reads) done();
      else taken.push(done);
    },
  });
  return {
    writer: { ...writer, show: (frame: string) => writer.show(frame.split('\n')) },
    clock,
    written,
    stall: () => {
      reads = false;
    },
    unstall: () => {
      reads = true;
      const waiting = taken;
      taken = [];
      for (const done of waiting) done();
    },
  };
}

test('a frame is its lines without the empty ones', () => {
  const { writer, written } = setUp();
  writer.show('a\n\n  \nb');
  expect(written).toEqual(['a\r\nb\r\n\r\n']);
});

test('frames that differ in numbers wait, those with other words do not', () => {
  const { writer, written, clock } = setUp();
  writer.show('memory 12% used 1.5G');
  writer.show('memory 13% used 1.6G');
  writer.show('memory 14% used 1.7G');
  expect(written).toHaveLength(1);
  clock.advance(5000);
  expect(written).toEqual(['memory 12% used 1.5G\r\n\r\n', 'memory 14% used 1.7G\r\n\r\n']);
  writer.show('kill firefox? memory 14% used 1.7G');
  expect(written).toHaveLength(3);
});

test('a terminal that does not read gets the newest frame only', () => {
  const { writer, written, stall, unstall } = setUp();
  stall();
  for (const word of ['a', 'b', 'c', 'd']) writer.show(word);
  expect(written).toEqual(['a\r\n\r\n']);
  unstall();
  expect(written).toEqual(['a\r\n\r\n', 'd\r\n\r\n']);
});

test('nothing is printed while paused; redraw prints all of it again', () => {
  const { writer, written, clock } = setUp();
  writer.show('a');
  writer.pause();
  writer.show('b');
  clock.advance(20_000);
  expect(written).toHaveLength(1);
  writer.redraw();
  expect(written).toEqual(['a\r\n\r\n', 'b\r\n\r\n']);
  expect(clock.pending).toBeLessThanOrEqual(1);
});
