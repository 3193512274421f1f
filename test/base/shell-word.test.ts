import { expect, test } from 'vitest';
import { shellWord } from '../../src/base/shell-word.ts';

test.each([
  ['https://cache.nixos.org', 'https://cache.nixos.org'],
  ['nginx.service', 'nginx.service'],
  ['a; rm -rf ~', "'a; rm -rf ~'"],
  ['$(id)', "'$(id)'"],
  ["it's", "'it'\\''s'"],
  ['', "''"],
])('%s is one word', (word, written) => {
  expect(shellWord(word)).toBe(written);
});
