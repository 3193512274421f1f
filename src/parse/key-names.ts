/** Names of the keys behind escape sequences: xterm, the Linux console, tmux, screen, rxvt and PuTTY. */

/** Final letter of `ESC [ … letter`; rxvt's small letters are the arrows with shift. */
const csiLetters: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'shift-tab',
  a: 'up',
  b: 'down',
  c: 'right',
  d: 'left',
};

/** `ESC O letter`: application mode, and the keypad in application mode. */
const ss3Letters: Readonly<Record<string, string>> = {
  ...csiLetters,
  M: 'enter',
  X: '=',
  j: '*',
  k: '+',
  l: ',',
  m: '-',
  n: '.',
  o: '/',
  p: '0',
  q: '1',
  r: '2',
  s: '3',
  t: '4',
  u: '5',
  v: '6',
  w: '7',
  x: '8',
  y: '9',
};

/** `ESC [ number ~`; 1, 4 are the console's and screen's Home and End, 7, 8 rxvt's. */
const numbers: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

/** `ESC [ [ A` to `E`: the Linux console's F1 to F5 (console_codes(4)). */
export function consoleKey(letter: string): string | null {
  const index = 'ABCDE'.indexOf(letter);
  return index < 0 ? null : `f${index + 1}`;
}

export function ss3Key(letter: string): string | null {
  return ss3Letters[letter] ?? null;
}

/**
 * A complete `ESC [ parameters final`. Modifiers of named keys do not matter here; those of text keys
 * (xterm's modifyOtherKeys `27;5;99~`, CSI u `99;5u`) make `ctrl-c`. null: not a key.
 */
export function csiKey(parameters: string, final: string): string | null {
  const fields = parameters.split(';').map((field) => Number.parseInt(field, 10));
  const [first = Number.NaN, second = Number.NaN, third = Number.NaN] = fields;
  // Reports (`?`, `<`, `>`, `=`) and focus events are not keys; nor is a cursor report, `ESC [ row ; column R`.
  if (/^[<=>?]/.test(parameters)) return null;
  if (final === 'u') return textKey(first, second);
  if (final === '~' && first === 27) return textKey(third, second);
  if (final === '~' || final === '^' || final === '$' || final === '@') return numbers[first] ?? null;
  if (final === 'R' && first !== 1 && parameters !== '') return null;
  return csiLetters[final] ?? null;
}

function textKey(code: number, modifiers: number): string | null {
  if (!(code > 0 && code <= 0x10ffff)) return null;
  const control = Number.isFinite(modifiers) && ((modifiers - 1) & 4) !== 0;
  const shift = Number.isFinite(modifiers) && ((modifiers - 1) & 1) !== 0;
  if (code === 9 && shift) return 'shift-tab';
  const character = String.fromCodePoint(code);
  if (control && /^[a-z]$/i.test(character)) return `ctrl-${character.toLowerCase()}`;
  return characterKey(character);
}

/** A single character as it comes from the terminal; null for what no key sends. */
export function characterKey(character: string): string | null {
  const code = character.codePointAt(0) ?? 0;
  if (code === 13 || code === 10) return 'enter';
  if (code === 9) return 'tab';
  if (code === 27) return 'escape';
  if (code === 32) return 'space';
  if (code === 127 || code === 8) return 'backspace';
  if (code >= 1 && code <= 26) return `ctrl-${String.fromCharCode(code + 96)}`;
  // Other C0 and C1 controls, and what invalid UTF-8 becomes.
  if (code < 32 || (code >= 128 && code < 160) || code === 0xfffd) return null;
  return character;
}
