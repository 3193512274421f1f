/** Makes a sentence short without losing its verb: long names go in their middle before its end goes. */
import { textColumns, truncate } from './text.ts';

/** What is left of a name, at least, or half of the columns: the beginning of `python3.12-torchvision-0.19.1` and its version. */
const leastColumns = 24;

/** At most so many columns of printable text: `python3.12-t…on-2024-10-11 is stuck`. */
export function shorten(text: string, columns: number, unicode = true): string {
  const over = textColumns(text) - columns;
  if (over <= 0) return text;
  const words = text.split(' ');
  let before = 0;
  let longest = -1;
  for (const [at, word] of words.entries()) {
    // What is cut off anyway makes no room.
    if (before >= columns) break;
    before += textColumns(word) + 1;
    if (textColumns(word) > textColumns(words[longest] ?? '')) longest = at;
  }
  const name = words[longest] ?? '';
  const left = Math.max(Math.min(leastColumns, Math.ceil(columns / 2)), textColumns(name) - over);
  if (textColumns(name) <= left) return truncate(text, columns, unicode);
  return truncate(words.with(longest, withoutMiddle(name, left, unicode)).join(' '), columns, unicode);
}

function withoutMiddle(name: string, columns: number, unicode: boolean): string {
  const characters = [...name];
  const end: string[] = [];
  let used = 0;
  while (characters.length > 0 && used < Math.floor((columns - 1) / 2)) {
    const last = characters.pop() ?? '';
    used += textColumns(last);
    end.unshift(last);
  }
  return truncate(characters.join(''), columns - used, unicode) + end.join('');
}
