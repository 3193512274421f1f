import { describe, expect, test } from 'vitest';
import { createKeyDecoder, type Key } from '../../src/parse/keys.ts';

/** Keys by name, pastes in brackets, after a flush as the timeout would do it. */
function decode(...chunks: readonly (string | Uint8Array)[]): string[] {
  const decoder = createKeyDecoder();
  const keys = chunks.flatMap((chunk) => decoder.push(chunk));
  return [...keys, ...decoder.flush()].map(show);
}
const show = (key: Key) => ('paste' in key ? `[${key.paste}]` : key.name);

describe('one key', () => {
  test.each<[string, string]>([
    ['k', 'k'],
    ['K', 'K'],
    [' ', 'space'],
    ['é', 'é'],
    ['🙂', '🙂'],
    ['\r', 'enter'],
    ['\n', 'enter'],
    ['\t', 'tab'],
    ['\x7f', 'backspace'],
    ['\b', 'backspace'],
    ['\x03', 'ctrl-c'],
    ['\x1a', 'ctrl-z'],
    ['\x0c', 'ctrl-l'],
    ['\x1b', 'escape'],
    // Arrows: xterm, application mode, with modifiers, rxvt with shift.
    ['\x1b[A', 'up'],
    ['\x1bOA', 'up'],
    ['\x1b[1;2A', 'up'],
    ['\x1b[1;5D', 'left'],
    ['\x1b[a', 'up'],
    ['\x1bOd', 'left'],
    // Home and End: xterm, console and screen, rxvt, application mode.
    ['\x1b[H', 'home'],
    ['\x1b[1~', 'home'],
    ['\x1b[7~', 'home'],
    ['\x1bOH', 'home'],
    ['\x1b[F', 'end'],
    ['\x1b[4~', 'end'],
    ['\x1b[8~', 'end'],
    ['\x1b[5~', 'pageup'],
    ['\x1b[6~', 'pagedown'],
    ['\x1b[5$', 'pageup'],
    ['\x1b[6^', 'pagedown'],
    ['\x1b[3~', 'delete'],
    ['\x1b[2~', 'insert'],
    // Function keys: xterm, PuTTY and rxvt, Linux console, with modifiers.
    ['\x1bOP', 'f1'],
    ['\x1b[11~', 'f1'],
    ['\x1b[[A', 'f1'],
    ['\x1b[[E', 'f5'],
    ['\x1b[15~', 'f5'],
    ['\x1b[17~', 'f6'],
    ['\x1b[17;2~', 'f6'],
    ['\x1b[1;2P', 'f1'],
    ['\x1b[1;2R', 'f3'],
    ['\x1b[20~', 'f9'],
    ['\x1b[21~', 'f10'],
    ['\x1b[24~', 'f12'],
    ['\x1b[Z', 'shift-tab'],
    // The keypad in application mode.
    ['\x1bOM', 'enter'],
    ['\x1bOk', '+'],
    ['\x1bOm', '-'],
    // Extended keys (tmux, xterm's modifyOtherKeys).
    ['\x1b[99;5u', 'ctrl-c'],
    ['\x1b[27;5;99~', 'ctrl-c'],
    ['\x1b[107u', 'k'],
    ['\x1b[75;2u', 'K'],
  ])('%j is %s', (bytes, name) => {
    expect(decode(bytes)).toEqual([name]);
  });
});

test.each([
  ['a mouse report (SGR)', '\x1b[<0;12;7M'],
  ['a mouse report (X10)', '\x1b[M !!'],
  ['focus in', '\x1b[I'],
  ['a cursor report', '\x1b[12;40R'],
  ['device attributes', '\x1b[?64;1;9c'],
  ['a mode report', '\x1b[?2026;2$y'],
  ['a colour report ended by ST', '\x1b]11;rgb:0000/0000/0000\x1b\\'],
  ['a colour report ended by BEL', '\x1b]11;rgb:0000/0000/0000\x07'],
  ['a device control string', '\x1bP1$r0m\x1b\\'],
  ['a function key that nobody has', '\x1b[34~'],
  ['a key without a name', '\x1b[0u'],
  ['invalid UTF-8', new Uint8Array([0xff, 0xc3])],
  ['NUL', '\0'],
])('%s is swallowed whole', (_, bytes) => {
  expect(decode(bytes, 'x')).toEqual(['x']);
});

test('several keys in one read', () => {
  expect(decode('ky')).toEqual(['k', 'y']);
  expect(decode('\x1b[B\x1b[B\r')).toEqual(['down', 'down', 'enter']);
  expect(decode('\x1bq')).toEqual(['escape', 'q']);
  expect(decode('\x1b\x1b[A')).toEqual(['escape', 'up']);
  expect(decode('\x1b\x1b')).toEqual(['escape', 'escape']);
});

test('a paste is one key, whatever it contains', () => {
  expect(decode('\x1b[200~ky\rq\x1b[A\x1b[201~k')).toEqual(['[ky\rq\x1b[A]', 'k']);
  expect(decode('\x1b[200~\x1b[201~')).toEqual(['[]']);
});

test('a sequence that is broken off gives way to the next', () => {
  expect(decode('\x1b[1;\x1b[A')).toEqual(['up']);
  expect(decode('\x1b[12\rk')).toEqual(['enter', 'k']);
  expect(decode('\x1b]11;\x1b[A')).toEqual(['up']);
  expect(decode('\x1bO\x1b[A')).toEqual(['up']);
});

test('only a lone ESC is decided by time', () => {
  const decoder = createKeyDecoder();
  expect(decoder.push('\x1b')).toEqual([]);
  expect(decoder.undecided).toBe(true);
  expect(decoder.push('[')).toEqual([]);
  expect(decoder.undecided).toBe(false);
  expect(decoder.flush()).toEqual([]);
  // A slow line: the rest comes after the timeout and is still an arrow, not the letter A.
  expect(decoder.push('A')).toEqual([{ name: 'up' }]);
});

test('Alt-] does not make the keyboard dead', () => {
  const decoder = createKeyDecoder();
  decoder.push('\x1b]');
  expect(decoder.undecided).toBe(true);
  decoder.flush();
  expect(decoder.push('k')).toEqual([{ name: 'k' }]);
});

test('a huge paste is cut', () => {
  const decoder = createKeyDecoder();
  decoder.push('\x1b[200~');
  for (let i = 0; i < 1000; i += 1) decoder.push('x'.repeat(1000));
  const [key] = decoder.push('\x1b[201~');
  expect(key !== undefined && 'paste' in key ? key.paste.length : 0).toBe(4096);
});

describe('however the bytes are cut, the keys are the same', () => {
  const inputs = [
    'k\x1b[A\x1b[[B\x1bOPé🙂\x1b[<0;1;2Mq',
    '\x1b[200~a\x1b[20b\x1b[201~\x1b[5~\x1b[5$\x1b[6^x',
    '\x1b]11;rgb:1/2/3\x1b\\\x1b[1;5A\x1b\x1b[17~\x03',
    '\x1b[M !!\x1b[99;5u\x1b[12;40R\x1b[12\r\x1bq',
  ];
  test.each(inputs)('%j', (input) => {
    const bytes = new TextEncoder().encode(input);
    const whole = decode(bytes);
    expect(whole.length).toBeGreaterThan(3);
    for (let i = 0; i <= bytes.length; i += 1) {
      for (let j = i; j <= bytes.length; j += 1) {
        expect(decode(bytes.slice(0, i), bytes.slice(i, j), bytes.slice(j))).toEqual(whole);
      }
    }
    expect(decode(...Array.from(bytes, (byte) => new Uint8Array([byte])))).toEqual(whole);
    expect(decode(...input)).toEqual(whole);
  });
});
