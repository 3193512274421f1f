/** One line of a frame as cells, where every character surely takes one column; else as text to be written whole. */
import stringWidth from 'string-width';
import { applySgr, blankStyle, plain, type Style } from './style.ts';

export interface Line {
  /** As Ink gave it: equal sources need no look at the cells. */
  readonly source: string;
  /** One per column, trailing plain blanks cut; null where a character's width is not sure. */
  readonly cells: { readonly characters: readonly string[]; readonly styles: readonly Style[] } | null;
  /** The clipped line with its own SGR, ending plain; only where there are no cells. */
  readonly text: string;
}

export const blankLine: Line = { source: '', cells: { characters: [], styles: [] }, text: '' };

export function parseLine(source: string, columns: number): Line {
  const characters: string[] = [];
  const styles: Style[] = [];
  let style = plain;
  for (let at = 0; at < source.length; ) {
    const code = source.codePointAt(at) ?? 0;
    if (code === 0x1b) {
      const end = sequenceEnd(source, at);
      if (source[end - 1] === 'm' && source[at + 1] === '[') {
        style = applySgr(style, source.slice(at + 2, end - 1));
      }
      at = end;
    } else if (isControl(code)) {
      at += 1;
    } else if (!isSingleColumn(code)) {
      return { source, cells: null, text: clipText(source, columns) };
    } else {
      if (characters.length < columns) {
        characters.push(source[at] ?? ' ');
        styles.push(code === 0x20 ? blankStyle(style) : style);
      }
      at += 1;
    }
  }
  while (characters.length > 0 && characters.at(-1) === ' ' && styles.at(-1) === plain) {
    characters.pop();
    styles.pop();
  }
  return { source, cells: { characters, styles }, text: '' };
}

/**
 * Characters that every terminal draws in one column: ASCII, Latin, Greek, Cyrillic, and the arrows, lines,
 * blocks, shapes and braille that charts are made of. Anything else, combining marks included, is not sure.
 */
function isSingleColumn(code: number): boolean {
  if (code < 0x7f) return code >= 0x20;
  return (
    (code >= 0xa1 && code <= 0x24f && code !== 0xad) ||
    (code >= 0x391 && code <= 0x3c9) ||
    (code >= 0x410 && code <= 0x44f) ||
    (code >= 0x2010 && code <= 0x2026) ||
    (code >= 0x2190 && code <= 0x2193) ||
    (code >= 0x2500 && code <= 0x25cf && code !== 0x25aa && code !== 0x25ab) ||
    (code >= 0x2800 && code <= 0x28ff)
  );
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/** End of the escape sequence that begins at `at`: CSI, a string up to BEL or ST, or two characters. */
function sequenceEnd(source: string, at: number): number {
  const kind = source[at + 1];
  let end = at + 2;
  if (kind === '[') {
    while (end < source.length && (source.charCodeAt(end) < 0x40 || source.charCodeAt(end) > 0x7e)) end += 1;
    return Math.min(end + 1, source.length);
  }
  if (kind !== ']' && kind !== 'P' && kind !== '_' && kind !== '^') return Math.min(end, source.length);
  while (end < source.length && source[end] !== '\x07' && source[end] !== '\x1b') end += 1;
  return Math.min(end + (source[end] === '\x1b' ? 2 : 1), source.length);
}

/** Made when first needed: loading Unicode's tables takes milliseconds of the start. */
let graphemes: Intl.Segmenter | undefined;

/** As many whole characters as fit; of the escape sequences only SGR. */
function clipText(source: string, columns: number): string {
  let text = '';
  let left = columns;
  for (let at = 0; at < source.length; ) {
    if (source[at] === '\x1b') {
      const end = sequenceEnd(source, at);
      if (source[at + 1] === '[' && source[end - 1] === 'm') text += source.slice(at, end);
      at = end;
      continue;
    }
    const next = source.indexOf('\x1b', at);
    const run = source.slice(at, next < 0 ? undefined : next);
    at += run.length;
    graphemes ??= new Intl.Segmenter();
    for (const { segment } of graphemes.segment(run)) {
      if (isControl(segment.codePointAt(0) ?? 0)) continue;
      const width = stringWidth(segment);
      if (width > left) {
        left = 0;
        break;
      }
      left -= width;
      text += segment;
    }
  }
  return `${text}\x1b[m`;
}
