/** What the table of processes says of one, and its command line as one text. */
import { shellWord } from '../base/shell-word.ts';
import type { ProcessStat } from '../parse/process-stat.ts';

/** A row of the table, as far as it could be read. */
export interface ProcessRow {
  readonly stat: ProcessStat;
  readonly uid: number | null;
  readonly residentBytes: number | null;
  readonly swapBytes: number | null;
  /** Function of the kernel in which it sleeps. */
  readonly wchan: string | null;
  /** Words; null: not read. */
  readonly argv: readonly string[] | null;
}

const longestCommand = 2000;

export function commandText(argv: readonly string[]): string {
  // Whoever wrote a title over its words leaves empty ones.
  const last = argv.findLastIndex((word) => word !== '');
  const words = argv.slice(0, last + 1);
  const text = words.map((word) => shellWord(word.replace(/[\n\r]+/g, ' '))).join(' ');
  return text.length > longestCommand ? `${text.slice(0, longestCommand)} …` : text;
}
