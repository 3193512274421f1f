/** What was done, by whom, and what came of it: actions of people and of guards. */
import type { Incident } from '../../model/incident/incident.ts';
import type { TimelineEntry } from '../../model/incident/timeline.ts';
import { guardRuleWords } from '../guard-act.ts';
import { verdictText } from '../verdict.ts';
import { type Page, plain, table } from './markdown.ts';
import { recoveryText } from './summary.ts';
import { utcClock, utcWorded } from './times.ts';

const ways: Readonly<Record<string, string>> = { dashboard: 'dashboard', command: 'command', guard: 'guard' };

export function doneLines(incident: Incident, page: Page): readonly string[] {
  const rows = incident.timeline.flatMap((entry) => doneRow(entry, page));
  const recovery = recoveryText(incident);
  const none = 'Nobody did anything from nixpulse in this time; what was done otherwise is not known.';
  return [
    ...(rows.length === 0 ? [none] : table(['UTC', 'Who', 'What came of it'], rows)),
    ...(recovery === null ? [] : ['', recovery]),
  ];
}

function doneRow({ timeMs, what }: TimelineEntry, page: Page): readonly (readonly string[])[] {
  if (what.kind === 'action') {
    const { user, via, summary, details, status } = what.entry;
    const { stood } = what;
    const was =
      stood === null
        ? ''
        : `; it had been ${plain(verdictText(stood.verdict, utcWorded(stood.clock)), page)}`;
    const way = via === null ? '' : ` (${ways[via] ?? plain(via, page)})`;
    const how = status === null || status === 'done' ? '' : `${plain(status, page)}: `;
    const more = details.slice(0, 2).map((line) => `; ${plain(line, page)}`);
    return [
      [utcClock(timeMs), `${plain(user, page)}${way}`, `${how}${plain(summary, page)}${was}${more.join('')}`],
    ];
  }
  if (what.kind !== 'event' || what.event.kind !== 'guard') return [];
  const { event } = what;
  const said = event.summary === null ? '' : `: ${plain(event.summary, page)}`;
  const dry = event.dryRun ? 'dry run, nothing was done' : (event.status ?? 'told');
  return [[utcClock(timeMs), `guard (${guardRuleWords[event.rule]})`, `${dry}${said}`]];
}
