import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { plainSegments, plainWidth } from '../../scripts/plain-text/plain.ts';
import { PlainSegmenter } from '../../scripts/plain-text/segmenter.ts';

const segmenter = new Intl.Segmenter();
const segmentsOf = (text: string) =>
  Array.from(segmenter.segment(text), ({ segment, index }) => ({ segment, index, input: text }));

const samples = [
  '',
  'nixpulse  host  up 3d',
  'some ▂▃▅▇█ 81%  full ▁▂▄▆▇ 63%',
  '▾ firefox-130.0 · ×12 … – Δ ⣿ ✓ ✗ ≤ → ↑',
  '\u001b[31;1mred\u001b[0m and \u001b[38;5;12mblue\u001b[39m',
  '\u001b[2K\u001b[12;3Hmoved',
  'a\nb\tc\u0007',
  'a\r\nb',
  'café',
  'cafe\u0301',
  'soft\u00adhyphen',
  '漢字',
  '👩‍👩‍👧 family',
  '⌚ ⏰ ▪️ ☺️ ©️',
  '🇩🇪',
  'ﾞ',
  '\u200b\u200d\ufeff',
  '\ud800 lone',
  '\u001b]8;;https://x\u0007link\u001b]8;;\u0007',
];

test.each(samples)('where it answers, it answers as the packages do: %j', (text) => {
  const width = plainWidth(text);
  if (width !== null) expect(width).toBe(stringWidth(text));
  const segments = plainSegments(text);
  if (segments !== null) expect(segments).toEqual(segmentsOf(text));
  expect([...new PlainSegmenter().segment(text)].map(({ segment }) => segment)).toEqual(
    segmentsOf(text).map(({ segment }) => segment),
  );
});

test('every character it takes for plain is one cell and one grapheme, next to any other', () => {
  let plain = 0;
  for (let code = 0; code <= 0xffff; code += 1) {
    const character = String.fromCharCode(code);
    const segments = plainSegments(character);
    const width = plainWidth(character);
    if (width !== null) {
      plain += 1;
      if (stringWidth(character) !== 1) expect.fail(`U+${code.toString(16)} is not one cell`);
      if (stringWidth(`${character}a${character}`) !== 3) expect.fail(`U+${code.toString(16)} combines`);
    }
    if (segments !== null && segmentsOf(`${character}${character}a${character}`).length !== 4) {
      expect.fail(`U+${code.toString(16)} is not one grapheme`);
    }
  }
  expect(plain).toBeGreaterThan(1000);
});

describe('it knows what it does not know', () => {
  test.each(['漢字', '👍', 'e\u0301', '\u00ad', '\u200d', 'a\r\nb', '\ufe0f'])('%j', (text) => {
    expect(plainWidth(text)).toBeNull();
  });
});

test('it takes all the glyphs the dashboard draws', () => {
  const glyphs = '▁▂▃▄▅▆▇█▏▎▍▌▋▊▉░▒▓─│┌┐└┘├┤┬┴┼═║■▲▼▾▸◂●○…·×–—‐−→←↑↓Δ‘’“”⠁⣿';
  expect(plainWidth(glyphs)).toBe(glyphs.length);
});
