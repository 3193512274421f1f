/** View 6: what is worst, every hypothesis with what was found of it, and the way through the decision tree. */
import { formatDuration } from '../../src/base/duration.ts';
import { plural } from '../../src/base/plural.ts';
import { shorten } from '../../src/base/shorten.ts';
import { printable, textColumns } from '../../src/base/text.ts';
import { type Column, type Fit, fitColumns, tableRow, titleRow } from '../../src/format/columns.ts';
import { decisionRows, isAsked, standingText } from '../../src/format/decision-path.ts';
import { foundText, hypothesisTitles } from '../../src/format/findings.ts';
import { guardSummary, mainGuard } from '../../src/format/guard-words.ts';
import {
  calmText,
  groundText,
  statesText,
  stateTone,
  verdictCounts,
} from '../../src/format/hypothesis-words.ts';
import { composeRow, fitSegments, type Span, segment, span } from '../../src/format/row.ts';
import { testCell } from '../../src/format/test-words.ts';
import { levelTone } from '../../src/format/words.ts';
import type { Model } from '../../src/model/model.ts';
import type { DiagnosisRow, ProbeChoice } from '../../src/state/state.ts';
import type { Theme } from '../theme.ts';

export type DiagnosisModel = Pick<
  Model,
  | 'findings'
  | 'hypotheses'
  | 'verdicts'
  | 'probes'
  | 'guards'
  | 'decision'
  | 'builds'
  | 'clients'
  | 'timeMs'
  | 'monotonicMs'
>;

/** A row with what would settle it. */
export interface TestedRow extends DiagnosisRow {
  readonly tests: readonly ProbeChoice[];
}

/** Rows that were drawn, by what they say: a row is composed anew when its words change. */
export type DrawnRows = ReadonlyMap<string, string>;

interface Line extends TestedRow {
  readonly model: DiagnosisModel;
}

const state: Column<Line> = {
  id: 'state',
  title: 'STATE',
  align: 'left',
  width: 9,
  keep: 100,
  cell: ({ hypothesis, finding }) => {
    const text = finding?.state ?? hypothesis.state;
    return { text, tone: stateTone(text, finding) };
  },
};
const title: Column<Line> = {
  id: 'hypothesis',
  title: 'HYPOTHESIS',
  align: 'left',
  width: 20,
  keep: 90,
  most: 36,
  cell: ({ hypothesis, first, finding }) => ({
    text: first ? hypothesisTitles[hypothesis.id] : '',
    tone: finding === null ? 'muted' : undefined,
  }),
};
const found: Column<Line> = {
  id: 'found',
  title: 'WHAT WAS FOUND',
  align: 'left',
  width: 18,
  keep: 95,
  most: Number.POSITIVE_INFINITY,
  cell: ({ hypothesis, finding, model }) =>
    finding === null
      ? { text: groundText(hypothesis, model), tone: 'muted' }
      : { text: foundText(finding.found), tone: levelTone(finding.level) },
};
const since: Column<Line> = {
  id: 'since',
  title: 'SINCE',
  align: 'right',
  width: 7,
  keep: 60,
  cell: ({ finding, model }) => ({
    text: finding === null ? '' : formatDuration((model.monotonicMs - finding.sinceMs) / 1000),
  }),
};
const test: Column<Line> = {
  id: 'test',
  title: 'TEST',
  align: 'left',
  width: 14,
  keep: 40,
  most: 26,
  cell: ({ tests, model, hypothesis }) => {
    const cell = testCell(tests, model.probes, model.timeMs);
    // What is ruled out asks for none.
    return hypothesis.state === 'refuted' && cell.tone === 'muted' ? { text: '' } : cell;
  },
};
/** Where there is room for one text: what was found says by itself what it is about. */
const foundOrTitle: Column<Line> = {
  ...found,
  title: 'WHAT WAS FOUND, OR MAY BE',
  cell: (line) => {
    const { finding, hypothesis, tests, model } = line;
    if (finding !== null) return found.cell(line);
    const lead = { text: hypothesisTitles[hypothesis.id], tone: 'muted' } as const;
    const cell = testCell(tests, model.probes, model.timeMs);
    return { ...(cell.text !== '' && cell.tone !== 'muted' ? cell : found.cell(line)), lead };
  },
};

/** From here on hypotheses and tests have a column of their own. */
const roomyWidth = 100;

const columnsOf = (width: number): readonly Column<Line>[] =>
  width < roomyWidth ? [state, foundOrTitle, since] : [state, title, found, since, test];

/** What was found keeps its verb, however long the name of a build is. */
function shortened({ columns, gap }: Fit<Line>, unicode: boolean): Fit<Line> {
  return {
    gap,
    columns: columns.map((fitted) => {
      const { column, width } = fitted;
      if (column.id !== found.id) return fitted;
      const cell = (line: Line) => {
        const whole = column.cell(line);
        if (line.finding === null) return whole;
        return { ...whole, text: shorten(printable(whole.text, unicode), width, unicode) };
      };
      return { width, column: { ...column, cell } };
    }),
  };
}

interface Rooms {
  readonly summaryRows: 0 | 1;
  readonly blankRows: 0 | 1;
  readonly listRows: number;
  /** Of the decision path, its title and the blank above it included. */
  readonly pathRows: number;
}

/** Of the list at least, before the path has more than a row. */
const leastListRows = 9;

function roomsOf(height: number, wanted: { readonly list: number; readonly path: number }): Rooms {
  const summaryRows = height >= 8 ? 1 : 0;
  const blankRows = height >= 16 ? 1 : 0;
  const free = Math.max(1, height - summaryRows - 1 - blankRows - 1);
  if (wanted.path === 0 || free < leastListRows)
    return { summaryRows, blankRows, listRows: free, pathRows: 0 };
  const spare = free - Math.min(wanted.list, Math.max(leastListRows, Math.floor(free / 2)));
  // A title alone tells nothing; where there is no room for more, one row says where it stands.
  const pathRows = spare >= 5 ? Math.min(wanted.path + 2, spare) : 1;
  return { summaryRows, blankRows, listRows: free - pathRows, pathRows };
}

/** At most `height` rows; of those that were drawn `before` what says the same is taken as it is. */
export function diagnosisViewRows(
  model: DiagnosisModel,
  { rows, selected }: { readonly rows: readonly TestedRow[]; readonly selected: number },
  { height, width }: { readonly height: number; readonly width: number },
  theme: Theme,
  before: DrawnRows = new Map(),
): { readonly rows: readonly string[]; readonly drawn: DrawnRows } {
  const { steps, at } = model.decision;
  const path = isAsked(model) ? steps.length + (at === null ? 0 : 1) : 0;
  const rooms = roomsOf(height, { list: rows.length, path });
  const drawn = new Map<string, string>();
  const compose = (words: string, make: () => string) => {
    const key = `${width} ${words}`;
    const row = before.get(key) ?? make();
    drawn.set(key, row);
    return row;
  };
  const shown: string[] = [];
  const below = Math.max(0, rows.length - Math.max(rooms.listRows, selected + 1));
  if (rooms.summaryRows > 0) shown.push(summaryRow(model, below, width, theme, compose));
  shown.push(verdictRow(model, width, theme, compose));
  if (rooms.blankRows > 0) shown.push('');
  const { listRows } = rooms;
  const first = Math.max(0, Math.min(selected - listRows + 1, rows.length - listRows));
  const visible = rows.slice(first, first + listRows).map((row): Line => ({ ...row, model }));
  const fit = shortened(fitColumns(columnsOf(width), width - 2, visible), theme.unicode);
  const titles = ['titles', ...fit.columns.map((one) => `${one.column.id} ${one.width}`)].join(' ');
  shown.push(compose(titles, () => titleRow(fit, width, theme, '  ')));
  for (const [index, line] of visible.entries()) {
    const chosen = first + index === selected;
    shown.push(listRow(line, chosen, fit, width, theme, compose));
  }
  // Right below the list, and not at the bottom.
  shown.push(...pathRows(model, height - shown.length, rooms.pathRows, width, theme, compose));
  return { rows: shown.slice(0, height), drawn };
}

/** The path with its title, around where it stands; in one row where it stands. */
function pathRows(
  model: DiagnosisModel,
  room: number,
  height: number,
  width: number,
  theme: Theme,
  compose: Compose,
): string[] {
  if (height === 0) return [];
  const draw = (spans: readonly Span[]) =>
    compose(spans.map(({ text, tone, width: own }) => `${own} ${tone} ${text}`).join('\u0000'), () =>
      composeRow(spans, width, theme),
    );
  const { steps, at } = model.decision;
  if (height < 5) {
    const text = standingText(model, { columns: width - 1, unicode: theme.unicode });
    return text === '' ? [] : [draw([span(' ', 'muted'), span(text, 'accent')])];
  }
  const rows = decisionRows(model, { columns: width - 1, unicode: theme.unicode });
  const shownRows = Math.min(rows.length, room - 2);
  const here = Math.max(
    0,
    steps.findIndex(({ id }) => id === at),
  );
  // What comes next stands below where it stands.
  const first = Math.min(Math.max(0, here + 3 - shownRows), rows.length - shownRows);
  const visible = rows.slice(first, first + shownRows);
  return ['', draw([span('DECISION PATH', 'title')]), ...visible.map((spans) => draw([span(' '), ...spans]))];
}

type Compose = (words: string, make: () => string) => string;

function listRow(
  line: Line,
  chosen: boolean,
  fit: Fit<Line>,
  width: number,
  theme: Theme,
  compose: Compose,
): string {
  const cells = fit.columns.map(({ column: { cell }, width: own }) => {
    const { text, tone, lead } = cell(line);
    return `${own} ${tone} ${lead?.text ?? ''} ${text}`;
  });
  const before = [span(chosen ? ` ${theme.selectedMark}` : '  ')];
  return compose([chosen, ...cells].join('\u0000'), () =>
    tableRow(fit, line, width, theme, { before, whole: chosen ? 'selection' : undefined }),
  );
}

/** `below`: rows of the list that there is no room for. */
function summaryRow(
  { hypotheses, guards, timeMs }: DiagnosisModel,
  below: number,
  width: number,
  theme: Theme,
  compose: Compose,
): string {
  const counts = statesText(hypotheses);
  const more = below === 0 ? '' : `${theme.unicode ? '▼' : 'v'} ${below} more`;
  const guard = mainGuard(guards, timeMs);
  const guardText = guard === null ? '' : `guard ${guardSummary(guard, timeMs)} [a]`;
  return compose(`summary ${counts.join(' ')} ${guardText} ${more}`, () => {
    const title = `DIAGNOSIS ${plural(hypotheses.length, 'hypothesis', 'hypotheses')}`;
    const segments = [
      segment(0, title, 'title'),
      ...counts.map((count, at) => segment(count.endsWith('untested') ? 1 : 2 + at, count, 'muted')),
      segment(0.5, guardText, 'accent'),
      { ...segment(0, more, 'muted'), right: true },
    ];
    return composeRow(fitSegments(segments, width, theme), width, theme);
  });
}

/** The worst that was found; else that nothing was, and what that stands on. */
function verdictRow(model: DiagnosisModel, width: number, theme: Theme, compose: Compose): string {
  const { findings, verdicts, hypotheses } = model;
  const bad = findings.filter(({ level }) => level !== 'ok');
  const [worst, ...others] = bad;
  const counts = verdictCounts(verdicts);
  if (worst === undefined) {
    const untested = hypotheses.filter(({ state }) => state === 'untested').length;
    const words = counts === '' ? 'nothing of Nix is judged here' : counts;
    const calm = calmText(model);
    return compose(`calm ${calm} ${words} ${untested}`, () => {
      const segments = [
        segment(0, ` ${calm}`, 'ok'),
        segment(1, words),
        segment(2, untested === 0 ? '' : `${untested} untested`, 'muted'),
      ];
      return composeRow(fitSegments(segments, width, theme), width, theme);
    });
  }
  const since = formatDuration((model.monotonicMs - worst.sinceMs) / 1000);
  const sure = worst.state === 'confirmed' ? '' : `${worst.state}: `;
  const text = `${sure}${foundText(worst.found)}`;
  return compose(`worst ${worst.level} ${text} ${since} ${others.length} ${counts}`, () => {
    const level = ` ${worst.level.toUpperCase()} `;
    const room = width - textColumns(level) - 1 - textColumns(since) - 2;
    const short = shorten(printable(text, theme.unicode), room, theme.unicode);
    const segments = [
      {
        rank: 0,
        spans: [span(level, levelTone(worst.level)), span(` ${short}`, 'title')],
      },
      segment(1, since, 'accent'),
      segment(2, others.length === 0 ? '' : `and ${others.length} more`, 'muted'),
      { ...segment(3, counts, 'muted'), right: true },
    ];
    return composeRow(fitSegments(segments, width, theme), width, theme);
  });
}
