/** A line that a program wrote for a terminal: what a terminal would show of it, with its colours and nothing else. */
import { ownText } from './text.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: what has to go
const unsafe = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
/** ECMA-48: control sequences, strings, two-character escapes; the first group is a colour or weight (SGR). */
const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what an escape begins with
  /(\x1b\[[\d;:]*m)|\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)/g;
const control =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what has to go, the escape of a colour aside
  /[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\x1b(?!\[[\d;:]*m)/g;

/**
 * Colours stay as `ESC [ … m`; cursor movements, titles, links, other controls and right-to-left marks go. Of a line
 * that was overwritten (`10%\r20%`) the last text stays. `…` marks what is beyond `longest` characters.
 */
export function colouredLine(text: string, longest: number): string {
  const line = unsafe.test(text) ? safe(text, longest) : text;
  if (line.length <= longest) return text.length > longest ? ownText(line) : line;
  const cut = line.slice(0, longest);
  // Not within a colour, nor within a character of two units.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour begins with
  const kept = cut.replace(/(?:\x1b\[?[\d;:]*|[\ud800-\udbff])$/, '');
  return ownText(`${kept}…`);
}

function safe(text: string, longest: number): string {
  const shown = text.includes('\r') ? lastWritten(text) : text;
  // A line can have 200 kB; the colours of what is cut off need not be looked at.
  const begin = shown.slice(0, longest * 4 + 64);
  return begin.replace(sequence, '$1').replace(control, '');
}

/** A carriage return begins the line again. */
export function lastWritten(text: string): string {
  const parts = text.split('\r');
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i];
    if (part !== undefined && part.trim() !== '') return part;
  }
  return '';
}
