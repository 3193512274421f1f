/** The journal: every alert and action, newest first, and the selected one in full. */

import { clockText, dayText } from '../../src/base/clock-time.ts';
import { formatDuration, tookText } from '../../src/base/duration.ts';
import { identityKey } from '../../src/base/identity.ts';
import { unknown } from '../../src/base/number.ts';
import { plural } from '../../src/base/plural.ts';
import { type Column, fitColumns, tableRow, titleRow } from '../../src/format/columns.ts';
import { eventText } from '../../src/format/events.ts';
import { guardRuleWords } from '../../src/format/guard-act.ts';
import type { Tone } from '../../src/format/paint.ts';
import { composeRow, fitSegments, type Span, segment, span } from '../../src/format/row.ts';
import { levelTone } from '../../src/format/words.ts';
import { guardRuleIds } from '../../src/model/guard/guard.ts';
import type { Intent } from '../../src/model/intents/intent.ts';
import type { KeptEntry, OutcomeStatus } from '../../src/model/intents/outcome.ts';
import type { JournalRow, JournalState } from '../../src/state/state.ts';
import type { Theme } from '../theme.ts';

const tones: Readonly<Record<string, Tone>> = {
  done: 'ok',
  incomplete: 'warning',
  failed: 'danger',
  refused: 'warning',
  denied: 'warning',
  cancelled: 'muted',
} satisfies Record<OutcomeStatus, Tone>;

/** How it was asked for. */
const ways: Readonly<Record<string, string>> = { dashboard: 'key', guard: 'the guard' };

const columns: readonly Column<JournalRow>[] = [
  {
    id: 'time',
    title: 'TIME',
    align: 'left',
    width: 14,
    keep: 100,
    cell: ({ timeMs }) => ({ text: `${dayText(timeMs)} ${clockText(timeMs)}`, tone: 'muted' }),
  },
  {
    id: 'outcome',
    title: 'OUTCOME',
    align: 'left',
    width: 10,
    keep: 90,
    cell: (row) =>
      row.kind === 'action'
        ? { text: row.entry.status ?? '', tone: toneOf(row.entry) }
        : { text: row.event.level === 'ok' ? '' : row.event.level, tone: levelTone(row.event.level) },
  },
  {
    id: 'user',
    title: 'WHO',
    align: 'left',
    width: 8,
    keep: 30,
    most: 16,
    cell: (row) => ({ text: row.kind === 'action' ? whoOf(row.entry) : '', tone: 'muted' }),
  },
  {
    id: 'took',
    title: 'TOOK',
    align: 'right',
    width: 7,
    keep: 40,
    cell: (row) => ({ text: row.kind === 'action' ? tookCell(row.entry.durationMs) : '' }),
  },
  {
    id: 'what',
    title: 'WHAT',
    align: 'left',
    width: 16,
    keep: 95,
    most: Number.POSITIVE_INFINITY,
    cell: (row) =>
      row.kind === 'action'
        ? { text: row.entry.summary, lead: ruleLead(row.entry) }
        : { text: eventText(row.event), tone: levelTone(row.event.level) },
  },
];

/** Below this the list alone is of use. */
const leastForPane = 10;

function journalLayout(rows: number): { readonly listRows: number; readonly paneRows: number } {
  const free = Math.max(1, rows - 2);
  if (rows < leastForPane) return { listRows: free, paneRows: 0 };
  const paneRows = Math.min(10, Math.floor(free / 3));
  return { listRows: free - paneRows - 1, paneRows };
}

/** Exactly fills `height`: summary, titles, list, and what is said of the selected row. */
export function journalRows(
  { rows, problem }: JournalState,
  selected: number,
  height: number,
  width: number,
  theme: Theme,
): string[] {
  const { listRows, paneRows } = journalLayout(height);
  const first = Math.max(0, Math.min(selected - listRows + 1, rows.length - listRows));
  const visible = rows.slice(first, first + listRows);
  const fit = fitColumns(columns, width - 2, visible);
  const drawn = [summary(rows, problem, width, theme)];
  if (rows.length === 0) {
    drawn.push(
      '',
      composeRow([span('  Nothing has been done and nothing has happened yet.', 'title')], width, theme),
      composeRow(
        [span('  Kills, pauses, rollbacks and the like are kept here, and alerts.', 'muted')],
        width,
        theme,
      ),
    );
    return drawn.slice(0, height);
  }
  drawn.push(titleRow(fit, width, theme, '  '));
  for (const [index, row] of visible.entries()) {
    const chosen = first + index === selected;
    const before = [span(chosen ? ` ${theme.selectedMark}` : '  ')];
    drawn.push(tableRow(fit, row, width, theme, { before, whole: chosen ? 'selection' : undefined }));
  }
  const row = rows[selected];
  if (paneRows === 0 || row === undefined) return drawn;
  const pane = row.kind === 'action' ? actionPane(row.entry) : [[span(` ${eventText(row.event)}`, 'title')]];
  return [...drawn, '', ...pane.slice(0, paneRows).map((spans) => composeRow(spans, width, theme))];
}

function summary(rows: readonly JournalRow[], problem: string | null, width: number, theme: Theme): string {
  const actions = rows.filter(({ kind }) => kind === 'action').length;
  const segments = [
    segment(0, `JOURNAL ${plural(actions, 'action')} · ${plural(rows.length - actions, 'alert')}`, 'title'),
    segment(1, problem ?? '', 'warning'),
  ];
  return composeRow(fitSegments(segments, width, { unicode: theme.unicode }), width, theme);
}

function toneOf({ status }: KeptEntry): Tone | undefined {
  return status === null ? undefined : tones[status];
}

/** Nobody asked for what a guard did. */
function whoOf({ via, user }: KeptEntry): string {
  return via === 'guard' ? 'guard' : user;
}

function ruleLead({ rule }: KeptEntry) {
  return rule === undefined ? null : ({ text: rule, tone: 'accent' } as const);
}

/** Another version may have rules that this one does not know. */
function ruleWords(rule: string): string {
  const known = guardRuleIds.find((one) => one === rule);
  return known === undefined ? '' : `, ${guardRuleWords[known]}`;
}

function actionPane(entry: KeptEntry): Span[][] {
  const { user, via, status, rule } = entry;
  const of = rule === undefined ? '' : ` (rule ${rule}${ruleWords(rule)})`;
  const who = via === null ? user : `${user}, by ${ways[via] ?? via}${of}`;
  return [
    [span(` ${entry.title}`, 'title'), span(`  ${who}`, 'muted')],
    [span(status === null ? ' ' : ` ${status}: `, toneOf(entry)), span(entry.summary)],
    ...entry.details.map((line) => [span(`   ${line}`)]),
    [span(` ${targetsText(entry.intent)}`, 'muted')],
  ];
}

/** The identities that were named: `pid:start time`. */
function targetsText(intent: Intent | null): string {
  switch (intent?.type) {
    case 'kill':
    case 'pause':
    case 'resume':
    case 'lower':
    case 'limit':
    case 'restore':
      return `builder ${intent.targets.map(({ root }) => identityKey(root)).join(', ')}`;
    case 'signal':
      return `process ${identityKey(intent.process)}`;
    case 'cancel':
      return [
        ...intent.clients.map(({ process }) => `client ${identityKey(process)}`),
        ...intent.orphans.map(({ root }) => `builder ${identityKey(root)}`),
      ].join(', ');
    case 'rollback':
      return `${intent.profile.path}  ${intent.storePath ?? ''}`;
    case 'hold-guard':
      return `guard ${identityKey(intent.guard)}  ${intent.directory}`;
    case 'repair':
      return intent.paths.join(' ');
    default:
      return '';
  }
}

/** The words for hours are wider than the column. */
const clockFromMs = 7_200_000;

function tookCell(ms: number | null): string {
  if (ms === null) return unknown;
  return ms < clockFromMs ? tookText(ms) : formatDuration(ms / 1000);
}
