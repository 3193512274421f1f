import { describe, expect, test } from 'vitest';
import { shorten } from '../../src/base/shorten.ts';
import { textColumns } from '../../src/base/text.ts';

const name = 'python3.12-torchvision-unstable-2024-10-11';

test.each([
  ['firefox-130.0 is stuck', 40, 'firefox-130.0 is stuck'],
  [`${name} is stuck`, 40, 'python3.12-torc…able-2024-10-11 is stuck'],
  [`likely: ${name} is stuck: pytest waits`, 40, 'likely: python3.12…024-10-11 is stuck: …'],
  // A name of usual length stays whole.
  [
    'standstill-fifo-1.0 is stuck: bash waits for the other end',
    43,
    'standstill-fifo-1.0 is stuck: bash waits f…',
  ],
  // Nothing is won by what is not shown.
  [`one waits for the lock of bash, held by ${name}`, 36, 'one waits for the lock of bash, hel…'],
  ['/nix is 91% full, 14.2 GB free', 20, '/nix is 91% full, 1…'],
  [name, 10, 'pytho…0-11'],
  ['', 5, ''],
])('%s in %i columns', (text, columns, short) => {
  expect(shorten(text, columns)).toBe(short);
});

describe('whatever the text', () => {
  test.each(['日本語の名前がとても長いパッケージ-1.0 is stuck', `${name} ${name} ${name}`, 'a b c d e f g'])(
    '%s is never wider than asked for',
    (text) => {
      for (let columns = 0; columns <= 90; columns += 1) {
        expect(textColumns(shorten(text, columns))).toBeLessThanOrEqual(columns);
        expect(shorten(text, columns, false)).not.toContain('…');
      }
    },
  );
});
