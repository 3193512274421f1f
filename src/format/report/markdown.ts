/** Markdown (CommonMark, tables of GFM) around texts that others wrote: names, commands and lines of logs. */
import { printable } from '../../base/text.ts';

export interface Page {
  /** False: ASCII alone. */
  readonly unicode: boolean;
}

/** What would be taken for markup; an underscore only where it may open or close emphasis. */
const marks = /[\\`*[\]<>|]|~(?=~)|&(?=#|[a-z]+;)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/giu;
const longest = 400;

/** One line that shows what it is given. */
export function plain(text: string, { unicode }: Page): string {
  const line = printable(text, unicode).replace(/ {2,}/g, ' ').trim();
  const cut = line.length > longest ? `${line.slice(0, longest - 3)}...` : line;
  return cut.replace(marks, '\\$&');
}

/** Of what is already one of our own sentences; names in it went through `plain`. */
export function cell(markdown: string): string {
  return markdown.replace(/\n/g, ' ');
}

export function code(text: string, { unicode }: Page): string {
  const line = printable(text, unicode).trim();
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') || line === '' ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** In a table a bar would end the cell even within code. */
export function codeCell(text: string, page: Page): string {
  return code(text, page).replaceAll('|', '\\|');
}

export function block(lines: readonly string[], language: string, { unicode }: Page): readonly string[] {
  const shown = lines.map((line) => printable(line, unicode).trimEnd());
  const fence = '`'.repeat(Math.max(3, ...shown.map((line) => longestRun(line) + 1)));
  return [`${fence}${language}`, ...shown, fence];
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

export function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(titles), `|${titles.map(() => '---|').join('')}`, ...rows.map(line)];
}

/** With an empty line before it; nothing where it has no lines. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];
}
