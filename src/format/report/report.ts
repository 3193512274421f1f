/** An incident as Markdown that a person would send: the answer first, one timeline, facts told from conclusions. */
import { plural } from '../../base/plural.ts';
import type { Incident } from '../../model/incident/incident.ts';
import { scoreLines } from '../score-card.ts';
import { chartLines } from './charts.ts';
import { doneLines } from './done.ts';
import { environmentLines } from './environment.ts';
import { block, code, type Page, plain, section } from './markdown.ts';
import { preventionLines } from './prevention.ts';
import { headLines } from './summary.ts';
import { timelineLines } from './timeline.ts';
import { utcDate, utcSpan, utcTime, utcWorded } from './times.ts';
import { hypothesisLines, rootCauseLines } from './verdict.ts';

export interface ReportOptions {
  /** False: ASCII alone. */
  readonly unicode: boolean;
  /** What it is made of: a file, a directory; null: live alone. */
  readonly recorded: string | null;
  /** Version of nixpulse. */
  readonly version: string;
  /** Unix ms of a status report, which is written again; null: it is of what is over. */
  readonly statusMs: number | null;
}

/** With a newline at its end. */
export function formatReport(incident: Incident, options: ReportOptions): string {
  const { statusMs } = options;
  const page: Page = { unicode: options.unicode };
  const { host, critical, span } = incident;
  const what = statusMs === null ? 'Incident report' : 'Status report';
  const name = host.name === null ? 'this machine' : plain(host.name, page);
  const charts = chartLines(incident, page);
  const lines = [
    `# ${what}: ${name}, ${statusMs === null ? utcDate(critical?.fromMs ?? span.fromMs) : `${utcTime(statusMs)} UTC`}`,
    '',
    ...headLines(incident, page),
    ...section('Root cause', rootCauseLines(incident, page)),
    ...section('Timeline', timelineLines(incident, page)),
    ...section('Verdict', hypothesisLines(incident, page)),
    ...section('What was done, and what came back', doneLines(incident, page)),
    ...section('Prevention', preventionLines(incident, page)),
    ...section('Charts', charts.length === 0 ? [] : block(charts, '', page)),
    ...section('Score card', scoreSection(incident, page)),
    ...section('Environment', environmentLines(incident, page)),
    '',
    madeOf(incident, options, page),
  ];
  return `${lines.join('\n')}\n`;
}

/** Of everything of Nix in this time; clock times in it as those of the report. */
function scoreSection({ score }: Incident, page: Page): readonly string[] {
  if (score === null) return [];
  const worded = (ms: number) => utcWorded({ timeMs: ms }).timeMs;
  const items = score.items.map((item) => ({ ...item, atMs: item.atMs === null ? null : worded(item.atMs) }));
  return block(scoreLines({ ...score, items }, { columns: 100, unicode: page.unicode }), '', page);
}

function madeOf({ samples, span }: Incident, { recorded, version }: ReportOptions, page: Page): string {
  const from = recorded === null ? 'what was seen' : code(recorded, page);
  const count = `${plural(samples, 'look')}, ${utcSpan(span)}`;
  return `*Made by nixpulse ${plain(version, page)} from ${from}: ${count}. What was not recorded is not in it.*`;
}
