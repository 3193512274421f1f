/** A line that a build wrote, as a row of the screen: its colours as far as this terminal has them, what is searched marked. */
import { columnsOf, printable } from '../base/text.ts';
import type { RowStyle } from './row.ts';

export interface ColouredRow {
  /** Columns that are to the left of the screen. */
  readonly left: number;
  readonly width: number;
  /** '' = nothing. */
  readonly search: string;
}

interface Character {
  readonly text: string;
  readonly columns: number;
  /** Codes that are in force; '' = plain. */
  readonly look: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour begins with
const colour = /\x1b\[([\d;:]*)m/;
const tabColumns = 8;

/** Never wider than `width`; whatever is in the line, nothing but text and colours comes out. */
export function colouredRow(line: string, { left, width, search }: ColouredRow, style: RowStyle): string {
  const characters = charactersOf(line, style);
  const marked = matchesOf(characters, search);
  let row = '';
  let run = '';
  let look = '';
  let at = 0;
  let used = 0;
  const end = () => {
    if (run !== '') row += painted(run, look, style);
    run = '';
  };
  for (const [index, { text, columns, look: own }] of characters.entries()) {
    at += columns;
    if (at - columns < left) continue;
    const more = index < characters.length - 1;
    if (used + columns > (more ? width - 1 : width)) {
      end();
      return row + style.paint('muted', style.unicode ? '…' : '~');
    }
    const now = marked.has(index) ? found : own;
    if (now !== look) end();
    look = now;
    run += text;
    used += columns;
  }
  end();
  return row;
}

/** What was searched, in place of its own colours. */
const found = 'found';

function painted(text: string, look: string, style: RowStyle): string {
  if (look === found) return style.paint('selection', text);
  return look === '' ? text : `\x1b[${look}m${text}\x1b[0m`;
}

function charactersOf(line: string, style: RowStyle): readonly Character[] {
  const characters: Character[] = [];
  let look = '';
  let column = 0;
  const parts = line.split(colour);
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) {
      look = lookAfter(look, part, style);
      continue;
    }
    for (const [piece, text] of part.split('\t').entries()) {
      if (piece > 0) {
        const columns = tabColumns - (column % tabColumns);
        characters.push({ text: ' '.repeat(columns), columns, look });
        column += columns;
      }
      for (const character of printable(text, style.unicode)) {
        const columns = columnsOf(character.codePointAt(0) ?? 0) ?? 1;
        characters.push({ text: character, columns, look });
        column += columns;
      }
    }
  }
  return characters;
}

/**
 * SGR (ECMA-48 8.3.117) without what hides text or blinks, and without faint where it is black on black. A terminal
 * without colours gets none.
 */
function lookAfter(look: string, parameters: string, { paint }: RowStyle): string {
  if (paint.colors !== true) return '';
  const faint = paint.faint === true;
  let codes = look === '' ? [] : look.split(';');
  const given = parameters.split(/[;:]/);
  for (let at = 0; at < given.length; at += 1) {
    const code = Number(given[at]);
    if (code === 0) codes = [];
    else if (code === 38 || code === 48) {
      const length = given[at + 1] === '5' ? 3 : 5;
      const colours = given.slice(at, at + length);
      if (colours.length === length && colours.every((one) => one !== '')) codes.push(colours.join(';'));
      at += length - 1;
    } else if (isShown(code) && (code !== 2 || faint)) codes.push(String(code));
  }
  return codes.slice(-mostCodes).join(';');
}
const mostCodes = 12;

function isShown(code: number): boolean {
  if (code <= 9) return code !== 5 && code !== 6 && code !== 8;
  if (code >= 22 && code <= 29) return true;
  return (code >= 30 && code <= 49) || (code >= 90 && code <= 107);
}

/** Characters that are part of a match, whatever their case. */
function matchesOf(characters: readonly Character[], search: string): ReadonlySet<number> {
  const marked = new Set<number>();
  if (search === '') return marked;
  const needle = [...search].length;
  const text = characters.map((one) => one.text[0]?.toLowerCase() ?? ' ').join('');
  const wanted = search.toLowerCase();
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1))
    for (let more = 0; more < needle; more += 1) marked.add(at + more);
  return marked;
}
