import { expect, test } from 'vitest';
import { knownMessages } from '../../src/explain/messages.ts';
import { searched } from '../../src/explain/searched.ts';

const size = 100_000;
/** As long as a line is kept. */
const width = 2000;

/** Lines that begin to be the message over and over, and never are. */
const lines = (part: string) => {
  const line = part
    .replace(/\n/g, ' ')
    .repeat(Math.ceil(width / part.length))
    .slice(0, width);
  return `${line}\n`.repeat(size / width);
};
const hostile = (example: string) => {
  const half = example.slice(0, Math.ceil(example.length / 2));
  return [
    lines(example.slice(0, -1)),
    lines(half),
    `${half}\n`.repeat(Math.floor(size / (half.length + 1))),
    half + '\n'.repeat(size),
    half + lines(' a'),
  ];
};

/** A pattern that takes the cube of a line's length does not come to its end here: the test times out. */
test.each(knownMessages)(
  '$id comes to its end in 100 kB that are made against it',
  ({ wordings }) => {
    for (const { pattern, example } of wordings) {
      const { regex } = searched(pattern);
      for (const text of hostile(example)) {
        regex.lastIndex = 0;
        const found = text.match(regex) ?? [];
        expect(found.length).toBeLessThanOrEqual(text.length);
      }
    }
  },
  60_000,
);
