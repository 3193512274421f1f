/**
 * How long builds took, as nix-output-monitor keeps it (`build-reports.csv`) and we do (`durations.csv`):
 * `hostname,derivation name,utc time,build seconds`; this machine's host is empty, the time is `2026-11-29 11:41:23`.
 */
import { isKnown } from '../base/number.ts';
import { ownText } from '../base/text.ts';
import { type BuildDuration, durationHost } from '../model/rebuild/durations.ts';

const header = 'hostname,derivation name,utc time,build seconds';
const longestName = 200;
/** A hundred days. */
const mostSeconds = 8_640_000;

/** Rows that are none are left out; of a file that was cut, the last one. */
export function parseDurations(text: string): BuildDuration[] {
  const rows: BuildDuration[] = [];
  for (const line of text.split('\n')) {
    const row = rowOf(line.trimEnd());
    if (row !== null) rows.push(row);
  }
  return rows;
}

function rowOf(line: string): BuildDuration | null {
  if (line.length > 4 * longestName) return null;
  const cells = cellsOf(line);
  const [host, name, time, took] = cells;
  if (cells.length !== 4 || host === undefined || !name || name.length > longestName) return null;
  if (time === undefined || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time)) return null;
  const endedMs = Date.parse(`${time.replace(' ', 'T')}Z`);
  const seconds = took !== undefined && /^\d{1,9}$/.test(took) ? Number(took) : null;
  if (!isKnown(endedMs) || seconds === null || seconds > mostSeconds) return null;
  return { host: ownText(durationHost(host)), name: ownText(name), endedMs, seconds };
}

/** RFC 4180: what has a comma stands in quotes, a quote in it twice. */
function cellsOf(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  const pattern = /"((?:[^"]|"")*)"(?:,|$)|([^",]*)(?:,|$)/y;
  while (pattern.lastIndex < line.length) {
    const match = pattern.exec(line);
    if (match === null) return [];
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
  }
  return cells;
}

/** With its header. */
export function durationsText(rows: readonly BuildDuration[]): string {
  const lines = rows.map(({ host, name, endedMs, seconds }) => {
    const time = new Date(endedMs).toISOString().slice(0, 19).replace('T', ' ');
    return [cell(host), cell(name), time, Math.round(seconds)].join(',');
  });
  return `${[header, ...lines].join('\n')}\n`;
}

function cell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""').replace(/[\n\r]/g, ' ')}"` : text;
}
