/** Lines that builds wrote, as rows of the screen. */
import { describe, expect, test } from 'vitest';
import { textColumns } from '../../src/base/text.ts';
import { colouredRow } from '../../src/format/coloured-row.ts';
import { ansiPaint, colorPaint, plainPaint } from '../../src/format/paint.ts';
import { usualLooks } from '../../src/model/ui/tones.ts';

const colour = { paint: ansiPaint, unicode: true };
const console = { paint: colorPaint({ console: true }), unicode: false };
const plain = { paint: plainPaint, unicode: true };
const row = (line: string, over: Partial<Parameters<typeof colouredRow>[1]> = {}, style = colour) =>
  colouredRow(line, { left: 0, width: 40, search: '', ...over }, style).replaceAll('\u001b', '␛');
const bare = (text: string) => text.replaceAll(/␛\[[\d;]*m/g, '');

describe('colours', () => {
  test('stay, and end with the text that they are of', () => {
    expect(row('\u001b[1;31merror\u001b[0m: no')).toBe('␛[1;31merror␛[0m: no');
    expect(row('\u001b[32mok\u001b[1m yes')).toBe('␛[32mok␛[0m␛[32;1m yes␛[0m');
    expect(row('\u001b[38;5;208mx\u001b[48;2;1;2;3my')).toBe('␛[38;5;208mx␛[0m␛[38;5;208;48;2;1;2;3my␛[0m');
  });

  test('what hides text or blinks goes; on a text console what is faint, too', () => {
    expect(row('\u001b[8msecret\u001b[5m!')).toBe('secret!');
    expect(row('\u001b[2mfaint')).toBe('␛[2mfaint␛[0m');
    expect(row('\u001b[2mfaint', {}, console)).toBe('faint');
  });

  test('whatever the settings say of our own tones', () => {
    const looks = { ...usualLooks, ok: 'plain', muted: 'faint blue' };
    const own = { ...colour, paint: colorPaint({ looks }) };
    const ownConsole = { ...console, paint: colorPaint({ console: true, looks }) };
    expect(row('\u001b[31mred\u001b[0;2mfaint', {}, own)).toBe('␛[31mred␛[0m␛[2mfaint␛[0m');
    expect(row('\u001b[31mred\u001b[0;2mfaint', {}, ownConsole)).toBe('␛[31mred␛[0mfaint');
    expect([own.paint('ok', 'x'), own.paint('muted', 'x'), ownConsole.paint('muted', 'x')]).toEqual([
      ...['x', '\u001b[2;34mx\u001b[0m', '\u001b[34mx\u001b[0m'],
    ]);
  });

  test('without colours there are none', () => {
    expect(row('\u001b[31mred\u001b[0m', {}, plain)).toBe('red');
  });
});

describe('what a terminal would obey', () => {
  test.each([
    '\u001b]0;title\u0007x',
    'a\u0000b\u0007c\u009b2Jd',
    '\u001b[2J\u001b[Hx',
    '\u001b[31',
    '\u202eevil',
    '日本語 👩‍👩 é',
  ])('nothing but text and colours comes out of %j', (line) => {
    const out = row(line);
    expect(bare(out)).toMatch(/^[^\p{C}]*$/u);
    expect(textColumns(bare(out))).toBeLessThanOrEqual(40);
  });
});

describe('long lines', () => {
  const long = Array.from({ length: 30 }, (_, index) => `word${index}`).join(' ');

  test('are cut with a sign, and moved through', () => {
    expect(textColumns(bare(row(long, { width: 20 })))).toBe(20);
    expect(row(long, { width: 20 })).toContain('…');
    expect(bare(row(long, { width: 20, left: 6 }))).toMatch(/^word1 word2 word3 w/);
    expect(row(long, { left: 1000 })).toBe('');
    expect(row('12345678', { width: 8 })).toBe('12345678');
  });

  test('a tab goes to the next eighth column', () => {
    expect(row('a\tb')).toBe('a       b');
  });

  test('every width holds', () => {
    for (let width = 1; width < 60; width += 1)
      expect(textColumns(bare(row(`日本${long}`, { width })))).toBeLessThanOrEqual(width);
  });
});

test('what is searched is marked, across colours and whatever its case', () => {
  expect(row('an \u001b[31mErr\u001b[0mor', { search: 'error' })).toBe('an ␛[7mError␛[0m');
  expect(row('ababa', { search: 'aba' })).toBe('␛[7mababa␛[0m');
  expect(row('none', { search: 'error' })).toBe('none');
});
