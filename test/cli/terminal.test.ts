import { expect, test } from 'vitest';
import type { ColorChoice } from '../../src/cli/table.ts';
import { showsColor, showsUnicode } from '../../src/cli/terminal.ts';

test.each([
  ['auto', true, {}, true],
  ['auto', false, {}, false],
  ['auto', true, { NO_COLOR: '1' }, false],
  ['auto', true, { NO_COLOR: '' }, true],
  ['auto', true, { TERM: 'dumb' }, false],
  ['always', false, { NO_COLOR: '1' }, true],
  ['never', true, {}, false],
] as [ColorChoice, boolean, Record<string, string>, boolean][])(
  'colour %s, terminal %s, %o: %s',
  (choice, terminal, environment, expected) => {
    expect(showsColor(choice, { environment, terminal })).toBe(expected);
  },
);

test.each([
  ['auto', 'always', false, {}, true],
  ['auto', 'never', true, {}, false],
  ['auto', 'always', true, { NO_COLOR: '1' }, false],
  ['always', 'never', true, { NO_COLOR: '1' }, true],
  ['never', 'always', true, {}, false],
  ['auto', 'auto', true, {}, true],
] as [ColorChoice, ColorChoice, boolean, Record<string, string>, boolean][])(
  'colour %s, in the file %s, terminal %s, %o: %s',
  (choice, inFile, terminal, environment, expected) => {
    expect(showsColor(choice, { environment, terminal }, inFile)).toBe(expected);
  },
);

test.each([
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'C.utf8' }, true],
  [{ LANG: 'C' }, false],
  [{}, false],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
  [{ LANG: 'C', LC_CTYPE: 'de_DE.UTF-8' }, true],
  [{ LANG: 'de_DE.UTF-8', LC_ALL: '' }, true],
  [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, false],
  [{ LANG: 'en_US.UTF-8', TERM: 'dumb' }, false],
])('unicode with %o: %s', (environment, expected) => {
  expect(showsUnicode(false, { environment, terminal: true })).toBe(expected);
  expect(showsUnicode(true, { environment, terminal: true })).toBe(false);
});
