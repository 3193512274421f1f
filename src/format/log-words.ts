/** What is said of the lines of a log. */
import { clockText } from '../base/clock-time.ts';
import { plural } from '../base/plural.ts';
import { type KeptLines, missingLines } from '../logs/log-lines.ts';
import type { LogFile, LogSubject } from '../model/rebuild/log-subject.ts';

/** `48,211 lines`, `the last 100 of 48,211 lines`: what is not here is said. */
export function amountText(
  kept: KeptLines,
  of: LogSubject['kind'],
  file: Extract<LogFile, { state: 'read' }> | null,
): string {
  const { lines, total } = kept;
  const where = file !== null && file?.state === 'read' ? `, from its file at ${clockText(file.atMs)}` : '';
  if (lines.length === 0) return '';
  if (of === 'rebuild') return 'what was said of the whole';
  if (total === null)
    return file !== null
      ? `its last ${grouped(lines.length)} lines${where}`
      : `the last ${plural(lines.length, 'line')}, as Nix repeats them`;
  const missing = missingLines(kept);
  const shown = total - missing;
  if (missing === 0) return `${grouped(total)} ${total === 1 ? 'line' : 'lines'}${where}`;
  return `the last ${grouped(shown)} of ${grouped(total)} lines${where}`;
}

/** `48,211`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Of the line at a place, from 1 on: of the whole log where it is counted, else of what is here. */
export function lineNumber({ lines, total }: KeptLines, place: number): number {
  const counted = (from: number) =>
    lines.slice(from).reduce<number>((sum, line) => sum + (typeof line === 'number' ? line : 1), 0);
  return total === null ? place + 1 : total - counted(place) + 1;
}
