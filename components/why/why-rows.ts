/** A page about one finding or verdict: what it is, what speaks for it and against it, what is not seen. */
import { lengthText } from '../../src/base/duration.ts';
import { printable, textColumns } from '../../src/base/text.ts';
import {
  evidenceHelp,
  evidenceSince,
  evidenceTitle,
  evidenceValue,
  unseenText,
} from '../../src/format/evidence.ts';
import { foundText, hypothesisTitles, untestedText } from '../../src/format/findings.ts';
import { stateTone } from '../../src/format/hypothesis-words.ts';
import type { Tone } from '../../src/format/paint.ts';
import { probeTitle } from '../../src/format/probe-words.ts';
import { composeRow, type RowStyle, type Span, span } from '../../src/format/row.ts';
import { resultText, runningText, testState } from '../../src/format/test-words.ts';
import { verdictLevel, verdictText } from '../../src/format/verdict.ts';
import { buildName, levelTone } from '../../src/format/words.ts';
import { wrapped } from '../../src/format/wrap.ts';
import { probeRow } from '../../src/model/diagnosis/probe-table.ts';
import type { ProbesDone } from '../../src/model/diagnosis/probes-done.ts';
import type { Evidence } from '../../src/model/diagnosis/verdict.ts';
import type { Model } from '../../src/model/model.ts';
import type { Looked, ProbeChoice } from '../../src/state/state.ts';

export type Clock = Pick<Model, 'timeMs' | 'monotonicMs'>;

/** Before the words of a line. */
const markColumns = 3;

export interface Head {
  /** How sure it is, how bad, since when. */
  readonly marks: readonly Span[];
  /** What the page is about, in a sentence. */
  readonly text: string;
}

/** Null: it is over. */
export function headOf({ finding, hypothesis, verdict, build }: Looked, clock: Clock): Head | null {
  if (finding !== null) {
    const { found, state, level, sinceMs } = finding;
    const marks = [
      span(state, stateTone(state, finding)),
      span(level === 'ok' ? '' : `  ${level}`, levelTone(level)),
      span(`  ${lengthText(Math.max(0, clock.monotonicMs - sinceMs))}`, 'accent'),
    ];
    return { marks, text: foundText(found) };
  }
  if (hypothesis !== null) {
    const { id, state } = hypothesis;
    return { marks: [span(state, stateTone(state, null))], text: hypothesisTitles[id] };
  }
  if (build === null) return null;
  const marks = verdict === null ? [span('not judged yet', 'muted')] : [];
  return { marks, text: buildName(build) };
}

/** Every line of the page below its head. */
export function whyRows(
  {
    looked,
    tests,
    probes,
  }: { readonly looked: Looked; readonly tests: readonly ProbeChoice[]; readonly probes: ProbesDone },
  clock: Clock,
  width: number,
  style: RowStyle,
): string[] {
  const { finding, hypothesis, verdict } = looked;
  const known =
    finding?.evidence ?? (hypothesis === null ? (verdict?.evidence ?? []) : hypothesis.ground.evidence);
  // Nothing is known of what has neither a value nor a time.
  const evidence = known.filter(({ value, sinceMs }) => value !== null || sinceMs !== null);
  const pro = evidence.filter((one) => one.for);
  const contra = evidence.filter((one) => !one.for);
  const unseen = [
    ...(verdict?.unseen ?? []).map(unseenText),
    ...(finding === null && hypothesis?.ground.untested
      ? [{ title: 'nothing of it', takes: untestedText(hypothesis.ground.untested) }]
      : []),
  ];
  const titleColumns = widest(
    [...evidence.map(({ field }) => evidenceTitle(field)), ...unseen.map(({ title }) => title)],
    Math.floor(width / 3),
  );
  const valueColumns = widest(evidence.map(evidenceValue), Math.max(8, Math.floor(width / 4)));
  const table = (rows: readonly Evidence[], mark: string, tone: Tone | undefined) =>
    rows.flatMap((one) => evidenceRows(one, { mark, tone, titleColumns, valueColumns }, clock, width, style));
  return [
    ...(verdict === null ? [] : verdictRows(verdict, clock, width, style)),
    ...section('SPEAKS FOR IT', table(pro, '+', 'accent'), width, style),
    ...section('SPEAKS AGAINST IT', table(contra, '-', 'ok'), width, style),
    ...(evidence.length === 0 && unseen.length === 0
      ? ['', composeRow([span('   No figures: nothing speaks for it.', 'muted')], width, style)]
      : []),
    ...section(
      'NOT SEEN HERE',
      unseen.map(({ title, takes }) =>
        composeRow(
          [span(' ? ', 'warning'), { text: title, width: titleColumns }, span(`  ${takes}`, 'muted')],
          width,
          style,
        ),
      ),
      width,
      style,
    ),
    ...section(
      'TESTS',
      tests.flatMap((test, at) => testRows(test, at === 0, probes, clock, width, style)),
      width,
      style,
    ),
  ];
}

const enter = 'Enter';
const keyColumns = enter.length + 2;

/** What it is called, what it takes, and what has become of it. */
function testRows(
  test: ProbeChoice,
  first: boolean,
  probes: ProbesDone,
  clock: Clock,
  width: number,
  style: RowStyle,
): string[] {
  const { costs, needs } = probeRow(test.id);
  const takes = `${costs}${needs === null ? '' : `; needs ${needs}`}`;
  const title = probeTitle(test.id, test.subject);
  const key = first ? [span(' '), span(enter, 'key'), span(' ')] : [span(' '.repeat(keyColumns))];
  const head = [...key, span(title)];
  const fits = keyColumns + textColumns(printable(`${title}  ${takes}`, style.unicode)) <= width;
  const indent = span(' '.repeat(keyColumns + 2));
  const lines = (text: string, tone: Tone | undefined) =>
    wrapped(printable(text, style.unicode), width - keyColumns - 2).map((line) => [indent, span(line, tone)]);
  const { running, result } = testState(test, probes);
  return [
    [...head, ...(fits ? [span(`  ${takes}`, 'muted')] : [])],
    ...(fits ? [] : lines(takes, 'muted')),
    ...(running === null ? [] : lines(runningText(running, clock.timeMs), 'accent')),
    ...(result === null ? [] : lines(resultText(result), result.ok ? 'title' : 'warning')),
  ].map((spans) => composeRow(spans, width, style));
}

function verdictRows(
  verdict: NonNullable<Looked['verdict']>,
  clock: Clock,
  width: number,
  style: RowStyle,
): string[] {
  const tone = levelTone(verdictLevel(verdict.state)) ?? 'ok';
  const text = verdictText(verdict, clock, { columns: 4 * width, unicode: style.unicode });
  return wrapped(text, width - markColumns).map((line) =>
    composeRow([span(' '.repeat(markColumns)), span(line, tone)], width, style),
  );
}

export function section(title: string, rows: readonly string[], width: number, style: RowStyle): string[] {
  if (rows.length === 0) return [];
  return ['', composeRow([span(` ${title}`, 'title')], width, style), ...rows];
}

interface Place {
  readonly mark: string;
  readonly tone: Tone | undefined;
  readonly titleColumns: number;
  readonly valueColumns: number;
}

/** `13:21, 12 min` and the word before it. */
const sinceColumns = 22;
/** Where a figure is from is said from this width on. */
const helpFrom = 100;

/** A value that is long goes on below. */
function evidenceRows(
  one: Evidence,
  { mark, tone, titleColumns, valueColumns }: Place,
  clock: Clock,
  width: number,
  style: RowStyle,
): string[] {
  const since = evidenceSince(one, clock);
  const said = since === '' ? '' : `since ${since}`;
  const help = evidenceHelp(one.field);
  const head = [span(` ${mark} `, tone), { text: evidenceTitle(one.field), width: titleColumns }, span('  ')];
  const value = printable(evidenceValue(one), style.unicode);
  if (textColumns(value) <= valueColumns) {
    const before = markColumns + titleColumns + 2 + valueColumns + 2;
    const room = width - before - sinceColumns - 2;
    const fits = width >= helpFrom && textColumns(printable(help, style.unicode)) <= room;
    const spans = [
      ...head,
      { text: value, width: valueColumns },
      span('  '),
      fits ? { text: said, width: sinceColumns, tone: 'accent' as const } : span(said, 'accent'),
      ...(fits ? [span(`  ${help}`, 'muted')] : []),
    ];
    return [composeRow(spans, width, style)];
  }
  const room = Math.max(8, width - markColumns - titleColumns - 2);
  const indent = span(' '.repeat(markColumns + titleColumns + 2));
  const lines = wrapped(value, room).map((line, at) => [...(at === 0 ? head : [indent]), span(line)]);
  if (said !== '') lines.push([indent, span(said, 'accent')]);
  return lines.map((spans) => composeRow(spans, width, style));
}

function widest(texts: readonly string[], most: number): number {
  return Math.min(most, Math.max(0, ...texts.map((text) => textColumns(printable(text)))));
}
