/**
 * Text of unknown origin (process names, commands, paths) made safe to show: no control characters, no
 * escape sequences, no right-to-left marks, and only characters whose width in a terminal is certain.
 */

const ascii = /^[\x20-\x7e]*$/;
/** Nothing but what `columnsOf` gives one column, made of one code unit each: what nearly every text is. */
const narrow =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2015\u2018-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u25fc\u2800-\u28ff]*$/;

/** What a character becomes on a terminal without Unicode. */
const asciiForms: Readonly<Record<string, string>> = {
  '–': '-',
  '—': '-',
  '‐': '-',
  '−': '-',
  '×': 'x',
  '·': '-',
  '…': '~',
  '▾': '-',
  '▲': '^',
  '▼': 'v',
  '▸': '+',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  Δ: 'd',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '─': '-',
  '│': '|',
  '├': '|',
  '└': '`',
  '█': '#',
  '░': '.',
};

/**
 * Columns a character takes: 2 for CJK, 1 for Latin, Greek, Cyrillic and common symbols, null for what
 * no two terminals agree on (emoji, joined scripts, combining marks).
 */
export function columnsOf(code: number): 1 | 2 | null {
  if (code < 0x20) return null;
  if (code < 0x7f) return 1;
  if (code < 0xa1) return null;
  if (code <= 0x2ff) return code === 0xad ? null : 1;
  for (const [first, last, columns] of knownRanges) {
    if (code < first) return null;
    if (code <= last) return columns;
  }
  return null;
}

/** Ascending; only ranges in which every assigned character has this width. */
const knownRanges: readonly (readonly [first: number, last: number, columns: 1 | 2])[] = [
  [0x370, 0x482, 1],
  [0x48a, 0x52f, 1],
  [0x1e00, 0x1eff, 1],
  [0x2010, 0x2015, 1],
  [0x2018, 0x2027, 1],
  [0x2030, 0x205e, 1],
  [0x20a0, 0x20bf, 1],
  [0x2190, 0x21ff, 1],
  [0x2200, 0x22ff, 1],
  [0x2500, 0x25fc, 1],
  [0x2800, 0x28ff, 1],
  [0x3001, 0x3029, 2],
  [0x3041, 0x3096, 2],
  [0x30a1, 0x30ff, 2],
  [0x3400, 0x4dbf, 2],
  [0x4e00, 0x9fff, 2],
  [0xac00, 0xd7a3, 2],
  [0xf900, 0xfa6d, 2],
  [0xff01, 0xff60, 2],
];

/**
 * One line of certain width: whitespace controls become a space, what cannot be shown becomes `?`.
 * Combining marks are joined to their letter where Unicode has one, else dropped.
 */
export function printable(text: string, unicode = true): string {
  if ((unicode ? narrow : ascii).test(text)) return text;
  let shown = '';
  for (const character of text.normalize('NFC')) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x20 && code < 0x7f) shown += character;
    else if (code === 9 || code === 10 || code === 13) shown += ' ';
    else if (combining.test(character)) continue;
    else if (columnsOf(code) === null || unshown.test(character)) shown += '?';
    else shown += unicode ? character : (asciiForms[character] ?? '?');
  }
  return shown;
}
const combining = /^[\p{Mn}\p{Me}]$/u;
/** Controls, format characters, surrogates, private use, unassigned. */
const unshown = /^\p{C}$/u;

/** Control characters, alone or many, are one space: what nobody prints as it is. */
export function withoutControls(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/**
 * ECMA-48: control sequences `ESC [ … final`, strings `ESC ] … BEL` (links, titles) and two-character
 * escapes. What is left of a cut sequence goes too.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what an escape begins with
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]?|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)/g;

/** Text that a program coloured for a terminal, without the colours. */
export function withoutEscapes(text: string): string {
  return text.includes('\x1b') ? text.replace(escapes, '') : text;
}

const commands =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what has to go, tabs and line ends aside
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const allCommands = new RegExp(commands, 'g');

/** Text without anything that a terminal obeys: escapes, other controls, right-to-left marks. */
export function withoutCommands(text: string): string {
  return commands.test(text) ? withoutEscapes(text).replace(allCommands, '') : text;
}

/**
 * The same text in memory of its own. V8 keeps of a part only where it stands in the whole, so that ten characters of a
 * log keep 64 kB of it alive; of a text that is put together first the whole is no longer than the part.
 */
export function ownText(part: string): string {
  return ` ${part}`.slice(1);
}

/** A path's last part. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `07`. */
export function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** A script given on a command line, in one line: runs of white space are one space. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Columns of text that `printable` made. */
export function textColumns(text: string): number {
  if (narrow.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOf(character.codePointAt(0) ?? 0) ?? 1;
  return columns;
}

/** At most so many columns of printable text; what was cut is marked with `…` (`~`). */
export function truncate(text: string, columns: number, unicode = true): string {
  if (textColumns(text) <= columns) return text;
  if (columns <= 0) return '';
  let kept = '';
  let used = 0;
  for (const character of text) {
    const width = columnsOf(character.codePointAt(0) ?? 0) ?? 1;
    if (used + width > columns - 1) break;
    kept += character;
    used += width;
  }
  return kept + (unicode ? '…' : '~');
}

/** Exactly so many columns: cut or padded with spaces. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left', unicode = true): string {
  const cut = truncate(text, columns, unicode);
  const gap = ' '.repeat(Math.max(0, columns - textColumns(cut)));
  return align === 'right' ? gap + cut : cut + gap;
}
