/** What `nixpulse diagnose` prints: the verdict, what was found with its evidence and ways out, hypotheses, the path. */
import { clockText, dateText } from '../base/clock-time.ts';
import { lengthText } from '../base/duration.ts';
import { listText } from '../base/plural.ts';
import { textColumns } from '../base/text.ts';
import type { Finding } from '../model/diagnosis/finding.ts';
import { likelySubject } from '../model/diagnosis/likely-subject.ts';
import { probeRow } from '../model/diagnosis/probe-table.ts';
import type { Model } from '../model/model.ts';
import { type Column, fitColumns, tableRow, titleRow } from './columns.ts';
import { decisionRows, isAsked } from './decision-path.ts';
import { evidenceText, unseenText } from './evidence.ts';
import { findingText, foundText, hypothesisTitles } from './findings.ts';
import { calmText, groundText, isTooSoon, stateTone, verdictCounts } from './hypothesis-words.ts';
import { noPaint, type Paint } from './paint.ts';
import { probeResultText, probeTitle, subjectPlace } from './probe-words.ts';
import { remediesOf } from './remedies.ts';

import { flow, remedyRows, type Sheet, writeRow } from './remedy-rows.ts';
import { type RowStyle, span } from './row.ts';
import { shortageSentence } from './shortages.ts';

import { subjectName, verdictLevel, verdictText } from './verdict.ts';
import { levelTone } from './words.ts';

export interface DiagnosisTextOptions {
  readonly columns: number;
  /** Unix ms of the first look that counts. */
  readonly fromMs: number;
  /** What was recorded of it; null: it is live alone. */
  readonly recorded: string | null;
  readonly live: boolean;
  /** Of a command of the dashboard its key: `k`. */
  readonly keyOf: (command: string) => string | null;
  readonly color?: Paint;
  /** Default true. */
  readonly unicode?: boolean;
}

/** Rows, without a newline at the end. */
export function formatDiagnosis(model: Model, options: DiagnosisTextOptions): string {
  const width = Math.max(40, options.columns);
  const style: RowStyle = { paint: options.color ?? noPaint, unicode: options.unicode ?? true };
  const page: Page = { model, options, width, style };
  const lines = [
    ...head(page),
    ...summary(page),
    '',
    ...findings(page),
    ...verdicts(page),
    ...shortages(page),
    ...hypotheses(page),
    ...decision(page),
    ...probes(page),
    ...sight(page),
  ];
  while (lines.at(-1) === '') lines.pop();
  return lines.join('\n');
}

interface Page extends Sheet {
  readonly model: Model;
  readonly options: DiagnosisTextOptions;
}

function head(page: Page): string[] {
  const { model } = page;
  const { name } = model.host;
  const at = `${dateText(model.timeMs)} ${clockText(model.timeMs)}`;
  return [
    writeRow(page, span('nixpulse diagnose', 'title'), span(`  ${name === null ? '' : `${name}  `}${at}`)),
  ];
}

/** The worst that was found, in a sentence; else what goes on. */
function summary(page: Page): string[] {
  const { model } = page;
  const [worst, ...others] = model.findings.filter(({ level }) => level !== 'ok');
  if (worst === undefined) {
    const counts = verdictCounts(model.verdicts);
    const works = counts === '' ? 'nothing of Nix runs here' : counts;
    const rows = [writeRow(page, span(calmText(model), 'ok'), span(`: ${works}`))];
    const soon = 'A build that is stuck takes minutes to show: leave nixpulse running, and ask again.';
    return page.options.live && isTooSoon(model) ? [...rows, ...flow(page, span(''), soon)] : rows;
  }
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const text = `${findingText(worst, model, { unicode: page.style.unicode })}${more}`;
  return flow(page, span(''), text, levelTone(worst.level));
}

function findings(page: Page): string[] {
  const { findings: found } = page.model;
  if (found.length === 0) return [];
  const told = new Set<string>();
  return [writeRow(page, span('FINDINGS', 'title')), ...found.flatMap((one) => finding(page, one, told)), ''];
}

const mostEvidence = 6;

/** `told`: titles of ways out that stand above. */
function finding(page: Page, one: Finding, told: Set<string>): string[] {
  const { model, style } = page;
  const lines = flow(page, span('  '), findingText(one, model, style), levelTone(one.level));
  lines.push(
    writeRow(page, span(`    ${one.level}, ${one.state}: ${hypothesisTitles[one.hypothesis]}`, 'muted')),
  );
  const shown = one.evidence.filter(({ value, sinceMs }) => value !== null || sinceMs !== null);
  for (const evidence of shown.slice(0, mostEvidence)) {
    const mark = evidence.for ? '    + ' : '    - ';
    lines.push(...flow(page, span(mark, 'muted'), evidenceText(evidence, model), 'muted'));
  }
  if (one.probe !== null && one.state !== 'confirmed') {
    const title = probeTitle(one.probe, null);
    lines.push(...flow(page, span('    test: ', 'accent'), `${title} (--probe=${one.probe})`));
  }
  const ways = remediesOf(one.found).filter(({ title }) => !told.has(title));
  const how = { label: '    way out: ', keyOf: page.options.keyOf };
  for (const remedy of ways) lines.push(...remedyRows(page, remedy, how));
  if (ways.length === 0 && one.level !== 'ok')
    lines.push(writeRow(page, span('    way out: ', 'accent'), span('as above')));
  for (const { title } of ways) told.add(title);
  return lines;
}

function shortages(page: Page): string[] {
  const { shortages: short, monotonicMs } = page.model;
  if (short.length === 0) return [];
  const rows = short.flatMap((one) =>
    flow(page, span('  '), `${one.level}: ${shortageSentence(one, monotonicMs)}`, levelTone(one.level)),
  );
  return [writeRow(page, span('SHORT NOW', 'title')), ...rows, ''];
}

/** Of what does not simply work. */
function verdicts(page: Page): string[] {
  const { model, width, style } = page;
  const standing = model.verdicts.filter(({ state }) => state !== 'working');
  if (standing.length === 0) return [];
  const rows = standing.map((verdict) => {
    const name = `  ${subjectName(verdict, model)}  `;
    const text = verdictText(verdict, model, { columns: Math.max(20, width - textColumns(name)), ...style });
    return writeRow(page, span(name), span(text, levelTone(verdictLevel(verdict.state))));
  });
  return [writeRow(page, span('VERDICTS', 'title')), ...rows, ''];
}

type HypothesisRow = Model['hypotheses'][number];

function hypotheses(page: Page): string[] {
  const { model, width, style } = page;
  if (model.hypotheses.length === 0) return [];
  const findingOf = ({ findings: ids }: HypothesisRow) =>
    model.findings.find(({ id }) => id === ids[0]) ?? null;
  const since = (ms: number) => lengthText(Math.max(0, model.monotonicMs - ms));
  const columns: readonly Column<HypothesisRow>[] = [
    {
      ...{ id: 'state', title: 'STATE', align: 'left', width: 9, keep: 5 },
      cell: (row) => ({ text: row.state, tone: stateTone(row.state, findingOf(row)) }),
    },
    {
      ...{ id: 'title', title: 'HYPOTHESIS', align: 'left', width: 20, most: 38, keep: 4 },
      cell: ({ id }) => ({ text: hypothesisTitles[id] }),
    },
    {
      ...{
        id: 'found',
        title: 'WHAT IS KNOWN',
        align: 'left',
        width: 16,
        keep: 3,
        most: Number.POSITIVE_INFINITY,
      },
      cell: (row) => {
        const found = findingOf(row);
        return found === null
          ? { text: groundText(row, model), tone: 'muted' }
          : { text: foundText(found.found) };
      },
    },
    {
      ...{ id: 'since', title: 'SINCE', align: 'right', width: 7, keep: 1 },
      cell: (row) => {
        const found = findingOf(row);
        return { text: found === null ? '' : since(found.sinceMs) };
      },
    },
    {
      ...{ id: 'test', title: 'TEST', align: 'left', width: 15, keep: 2 },
      cell: (row) => ({
        text: row.state === 'confirmed' || row.state === 'refuted' ? '' : testOf(row, findingOf(row), model),
      }),
    },
  ];
  const fit = fitColumns(columns, width - 2, model.hypotheses);
  const before = [span('  ')];
  return [
    writeRow(page, span('HYPOTHESES', 'title')),
    titleRow(fit, width, style, '  ').trimEnd(),
    ...model.hypotheses.map((row) => tableRow(fit, row, width, style, { before }).trimEnd()),
    '',
  ];
}

/** The first that needs nothing to be named; else with what is to be named. Where no build runs no process is asked about. */
function testOf({ probes: ids }: HypothesisRow, finding: Finding | null, model: Model): string {
  const ready = ids.find((id) => likelySubject(id, finding, model) !== undefined);
  if (ready !== undefined) return ready;
  const [named] = ids.filter((id) => model.builds.length > 0 || probeRow(id).subject !== 'process');
  return named === undefined ? '' : `${named}:${subjectPlace(named)}`;
}

function decision(page: Page): string[] {
  const { model, width, style } = page;
  if (!isAsked(model)) return [];
  const rows = decisionRows(model, { columns: width - 2, unicode: style.unicode });
  return [
    writeRow(page, span('DECISION PATH', 'title')),
    ...rows.map((spans) => writeRow(page, span('  '), ...spans)),
    '',
  ];
}

function probes(page: Page): string[] {
  const { results } = page.model.probes;
  if (results.length === 0) return [];
  const rows = results.flatMap((result) => {
    const { id, subject, startedMs, endedMs } = result;
    const took = lengthText(endedMs - startedMs);
    const title = probeTitle(id, subject);
    return [
      ...flow(page, span('  '), `${title}, ${took}`),
      ...flow(page, span('    '), probeResultText(result), result.ok ? undefined : 'warning'),
    ];
  });
  return [writeRow(page, span('TESTS', 'title')), ...rows, ''];
}

/** From when on anything is known: what is older is not. */
function sight(page: Page): string[] {
  const { model, options } = page;
  const sec = lengthText(Math.max(0, model.timeMs - options.fromMs));
  const text = !options.live
    ? `Recorded: ${options.recorded ?? ''}, from ${clockText(options.fromMs)} on (${sec}). Signs older than that are not known.`
    : options.recorded === null
      ? `Looked for ${sec}, with no recording of the time before: signs older than that are not known, and what takes longer to show is not excluded.`
      : `Looked now, and into what was recorded since ${clockText(options.fromMs)} (${sec}). Signs older than that are not known.`;
  return [...flow(page, span(''), text, 'muted'), ...unseen(page)];
}

/** What nobody could look at here, and whose right it takes. */
function unseen(page: Page): string[] {
  const hidden = new Set(page.model.verdicts.flatMap((verdict) => verdict.unseen));
  const parts = [...hidden].filter((one) => one === 'io' || one === 'wchan').map((one) => unseenText(one));
  const [first] = parts;
  if (first === undefined) return [];
  const titles = listText(parts.map(({ title }) => title));
  return flow(page, span(''), `Not seen here: ${titles} (${first.takes}).`, 'muted');
}
