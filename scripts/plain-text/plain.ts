/**
 * Text of which every character is one cell and one grapheme: printable ASCII, Latin, Greek, Cyrillic,
 * punctuation, arrows, operators, box drawing, blocks, shapes, braille. What a dashboard is made of.
 * Everything else (emoji, CJK, combining marks, joiners) is left to Unicode's tables, whose first use
 * costs 30 ms.
 */

const cells = [
  '\\x20-\\x7e\\xa1-\\xac\\xae-\\u02ff',
  '\\u0391-\\u03a1\\u03a3-\\u03a9\\u03b1-\\u03c9\\u0410-\\u044f',
  '\\u2010-\\u2027\\u2030-\\u205e\\u2190-\\u21ff\\u2200-\\u22ff',
  '\\u2500-\\u25fc\\u2800-\\u28ff\\u2713\\u2717',
].join('');
const onlyCells = new RegExp(`^[${cells}]*$`);
/** Controls are graphemes of their own, except that CR and LF make one. */
const onlyGraphemes = new RegExp(`^[\\x00-\\x0c\\x0e-\\x1f\\x7f${cells}]*$`);
/** SGR and the like (ECMA-48 CSI), hyperlinks not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const sequences = /\x1b\[[0-9;:]*[A-Za-z]/g;

/** Columns of plain text, escape sequences not counted; null where Unicode's tables are needed. */
export function plainWidth(text: string): number | null {
  const visible = text.includes('\x1b') ? text.replace(sequences, '') : text;
  return onlyCells.test(visible) ? visible.length : null;
}

/** What Intl.Segmenter gives for plain text; null where it has to be asked. */
export function plainSegments(text: string): readonly Intl.SegmentData[] | null {
  if (!onlyGraphemes.test(text)) return null;
  return Array.from(text, (segment, index) => ({ segment, index, input: text }));
}
