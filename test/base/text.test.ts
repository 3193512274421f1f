import stringWidth from 'string-width';
import { describe, expect, it, test } from 'vitest';
import {
  baseName,
  columnsOf,
  oneLine,
  pad,
  printable,
  textColumns,
  truncate,
  withoutControls,
  withoutEscapes,
} from '../../src/base/text.ts';

describe('printable', () => {
  it.each([
    ['plain', 'firefox-130.0', 'firefox-130.0'],
    ['an escape sequence', '\u001b[31mred\u001b[0m', '?[31mred?[0m'],
    ['a title sequence', '\u001b]0;owned\u0007', '?]0;owned?'],
    ['C1 controls', '\u009b2J\u0090x', '?2J?x'],
    ['line ends and tabs', 'a\r\nb\tc', 'a  b c'],
    ['NUL and DEL', 'a\u0000b\u007f', 'a?b?'],
    ['right-to-left override', 'a\u202egnp.exe', 'a?gnp.exe'],
    ['zero-width joiner emoji', '👩‍👧', '???'],
    ['a lone surrogate', 'a\ud800b', 'a?b'],
    ['invalid UTF-8, decoded', 'a\ufffdb', 'a?b'],
    ['a letter with its mark apart', 'cafe\u0301', 'café'],
    ['marks in a heap', `a${'\u0302'.repeat(50)}b`, 'âb'],
    ['CJK', '日本語', '日本語'],
    ['Arabic', 'مرحبا', '?????'],
  ])('%s', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it.each([
    ['cc1plus ×12 gfx', 'cc1plus x12 gfx'],
    ['a – b · c…', 'a - b - c~'],
    ['ΔRSS/min', 'dRSS/min'],
    ['日本', '??'],
    ['▁▂█', '??#'],
  ])('in ASCII %s is %s', (text, shown) => {
    expect(printable(text, false)).toBe(shown);
  });

  it('leaves no control character whatever comes', () => {
    for (let code = 0; code < 0x3000; code++) {
      const shown = printable(`a${String.fromCharCode(code)}b`);
      expect(shown, code.toString(16)).not.toMatch(/\p{C}|\p{Zl}|\p{Zp}/u);
    }
  });
});

describe('columns', () => {
  it('of every character that is shown are those that ink measures', () => {
    for (let code = 0x20; code < 0x20000; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const columns = columnsOf(code);
      if (columns === null) continue;
      const character = String.fromCodePoint(code).normalize('NFC');
      if (/^\p{Cn}$/u.test(character)) continue;
      expect(stringWidth(character), `U+${code.toString(16)}`).toBe(columns);
    }
  });

  it('of mixed text are those that ink measures', () => {
    const text = printable('a日\u0301\u200d👩b한글ﬀ が゛パ\u3099 é…×12 한');
    expect(stringWidth(text)).toBe(textColumns(text));
  });
});

it('puts a script into one line', () => {
  expect(oneLine('  bash -c\n\tset -e\r\n  make   all ')).toBe('bash -c set -e make all');
});

describe('truncate and pad', () => {
  it.each([
    ['firefox', 7, 'firefox'],
    ['firefox', 6, 'firef…'],
    ['firefox', 1, '…'],
    ['firefox', 0, ''],
    ['firefox', -3, ''],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['', 0, ''],
  ])('%s in %s columns is %s', (text, columns, cut) => {
    expect(truncate(text, columns)).toBe(cut);
    expect(textColumns(cut)).toBeLessThanOrEqual(Math.max(0, columns));
  });

  it('marks what was cut in ASCII too', () => {
    expect(truncate('firefox', 4, false)).toBe('fir~');
  });

  it.each([
    ['ab', 4, 'left', 'ab  '],
    ['ab', 4, 'right', '  ab'],
    ['日本語', 4, 'left', '日… '],
    ['日本語', 4, 'right', ' 日…'],
  ] as const)('%s padded to %s %s is exact', (text, columns, align, padded) => {
    expect(pad(text, columns, align)).toBe(padded);
  });
});

test.each([
  ['\u001b[31;1merror:\u001b[0m x', 'error: x'],
  ['\u001b]8;;https://x\u0007link\u001b]8;;\u001b\\', 'link'],
  ['cut \u001b[3', 'cut '],
  ['cut \u001b', 'cut '],
  ['\u001b(Bplain', 'plain'],
  ['none', 'none'],
])('without escapes: %j', (text, expected) => {
  expect(withoutEscapes(text)).toBe(expected);
});

test('controls are spaces, the rest stays', () => {
  expect(withoutControls('a\x00\x1b[31m\r\nb\u009bc 日👩')).toBe('a [31m b c 日👩');
});

test.each([
  ['/nix/store/abc-hello/bin/hello', 'hello'],
  ['hello', 'hello'],
  ['/', ''],
])('the last part of %s is %j', (path, name) => {
  expect(baseName(path)).toBe(name);
});

test('every character of one column is shown as it is, alone and in a text, or not at all', () => {
  for (let code = 0x20; code < 0x3000; code += 1) {
    const character = String.fromCharCode(code);
    const alone = printable(character);
    // Beside one that takes the slow way.
    expect(printable(`語${character}`).slice(1)).toBe(alone);
    expect(textColumns(`語${alone}`) - 2).toBe(textColumns(alone));
  }
});
