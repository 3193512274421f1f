/** Text in lines of a width, broken between words where that is possible. */
import { textColumns, truncate } from '../base/text.ts';

/** A number stays with its unit. */
const amount = /(\d) (?=(?:s|min|h|d|B|KB|MB|GB|TB)\b)/g;

/** At least one line; `text` is printable. */
export function wrapped(text: string, columns: number): readonly string[] {
  if (textColumns(text) <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  for (const part of text.replace(amount, '$1\0').split(' ')) {
    const word = part.replaceAll('\0', ' ');
    const longer = line === '' ? word : `${line} ${word}`;
    if (textColumns(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (textColumns(line) > columns) {
      // Without its mark: the rest follows below.
      const part = truncate(line, columns + 1).slice(0, -1);
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  lines.push(line);
  return lines;
}
