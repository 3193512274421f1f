/** The words of the decision path: a row a question, what answers it, and below where it stands what comes next. */
import { lengthText } from '../base/duration.ts';
import { listText } from '../base/plural.ts';
import { shorten } from '../base/shorten.ts';
import { printable, textColumns } from '../base/text.ts';
import type { DecisionNext, DecisionPath, DecisionStep, QuestionId } from '../model/diagnosis/decision.ts';
import type { Untested } from '../model/diagnosis/hypothesis.ts';
import type { Model } from '../model/model.ts';
import { findingText, hypothesisTitles, untestedText } from './findings.ts';
import { noPaint, type Paint, type Tone } from './paint.ts';
import { probeTitle } from './probe-words.ts';
import { remediesOf } from './remedies.ts';
import { composeRow, type Span, span } from './row.ts';
import { subjectName, verdictText } from './verdict.ts';

/** As a whole, and where there is little room. */
export const questions: Readonly<Record<QuestionId, { readonly whole: string; readonly short: string }>> = {
  moving: { whole: 'Is anything of it moving?', short: 'moving?' },
  paused: { whole: 'Is it paused?', short: 'paused?' },
  waiting: { whole: 'Does it wait for somebody here?', short: 'waits?' },
  memory: { whole: 'Is memory short, or does something leak?', short: 'memory?' },
  disk: { whole: 'Does a disk stall or fail?', short: 'disk?' },
  volume: { whole: 'Does LVM, LUKS, md, ZFS or btrfs stall?', short: 'volume?' },
  space: { whole: 'Is something full?', short: 'space?' },
  network: { whole: 'Does it wait for a cache or a builder?', short: 'network?' },
  build: { whole: 'Is a build stuck by itself?', short: 'build?' },
  evaluation: { whole: 'Does the evaluation loop or leak?', short: 'evaluation?' },
  store: { whole: 'Is the store damaged?', short: 'store?' },
  evaluate: { whole: 'Does it fail in an evaluation under limits?', short: 'evaluate?' },
  minimal: { whole: 'Does it fail without any import, too?', short: 'minimal?' },
  bisect: { whole: 'Is it one import of the configuration?', short: 'bisect?' },
};

/** What of a Model the words need. */
export type DecisionSight = Pick<
  Model,
  'decision' | 'findings' | 'hypotheses' | 'builds' | 'clients' | 'timeMs' | 'monotonicMs'
>;

export interface DecisionOptions {
  readonly columns: number;
  /** Default true. */
  readonly unicode?: boolean;
}

/** What answers it, a clause; empty: nothing beyond the answer. */
export function basisText(step: DecisionStep, sight: DecisionSight, unicode = true): string {
  const { basis, hypotheses, answer } = step;
  const [finding] = step.findings;
  switch (basis.kind) {
    case 'nothing-runs':
      return 'nothing of Nix runs here';
    case 'progress': {
      const { moving, of, standing } = basis;
      const share = moving === of ? 'all of' : moving === 0 ? 'none of' : `${moving} of`;
      // Whoever was watched for a moment has not stood still in it.
      const soFar = step.next?.kind === 'time';
      if (standing === null && of === 1) return soFar ? 'it seems to get on' : 'it gets on';
      if (standing === null) return `${share} ${of} ${soFar ? 'seem to ' : ''}get on`;
      const text = verdictText(standing, sight, { columns: 60, unicode });
      return `${of === 1 ? '' : `${share} ${of} get on; `}${subjectName(standing, sight)} ${text}`;
    }
    case 'findings': {
      const found = sight.findings.find(({ id }) => id === finding);
      return found === undefined ? '' : findingText(found, sight, { unicode });
    }
    case 'verdict': {
      const { verdict } = basis;
      return `${subjectName(verdict, sight)} ${verdictText(verdict, sight, { columns: 80, unicode })}`;
    }
    case 'grounds':
      return answer === 'open' ? openText(basis.untested, hypotheses, sight) : '';
    case 'evaluation': {
      const { end, sec, error } = basis.run;
      const took = lengthText(sec * 1000);
      if (end === 'done') return `it ends after ${took}`;
      if (end === 'failed') return error ?? `it fails after ${took}`;
      if (end === 'recursion' || end === 'stack') return error ?? `it recurses without end, after ${took}`;
      return `it meets its limit of ${end} after ${took}`;
    }
    case 'bisection':
      return basis.failsBare
        ? 'the cause is not an import: Nix, nixpkgs or the machine'
        : basis.modules.length === 0
          ? 'none was found'
          : listText(basis.modules, 3);
  }
}

/** Where nothing of Nix runs and nothing was found, the questions of a rebuild that hangs are nobody's. */
export function isAsked({ decision, findings }: Pick<DecisionSight, 'decision' | 'findings'>): boolean {
  const nothingRuns = decision.steps[0]?.basis.kind === 'nothing-runs';
  return decision.steps.length > 0 && !(nothingRuns && findings.length === 0);
}

/** Where a question asks for several things, which of them is open: the others are answered. */
function openText(
  untested: readonly Untested[],
  asked: DecisionStep['hypotheses'],
  sight: Pick<DecisionSight, 'hypotheses'>,
): string {
  if (asked.length <= 1) return untested.map(untestedText).join(', ');
  return untested
    .map((why) => {
      const open = sight.hypotheses.filter(
        ({ id, ground }) =>
          asked.includes(id) &&
          ground.untested !== null &&
          untestedText(ground.untested) === untestedText(why),
      );
      const titles = open.map(({ id }) => withinSentence(hypothesisTitles[id]));
      return titles.length === 0 || titles.length === asked.length
        ? untestedText(why)
        : `${untestedText(why)} (${listText(titles, 2)})`;
    })
    .join('; ');
}

/** `a build leaks memory`; `LVM` and `OOM` stay as they are. */
function withinSentence(title: string): string {
  return /^[A-Z][a-z ]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/** `probe smart: ask the disk about itself (SMART): sda`, `End this build; …`. */
export function nextText(next: DecisionNext, { findings }: Pick<DecisionSight, 'findings'>): string {
  switch (next.kind) {
    case 'probe': {
      const name = `probe ${next.probe}: ${probeTitle(next.probe, next.subject)}`;
      return next.running ? `${name} (runs)` : name;
    }
    case 'remedy': {
      const finding = findings.find(({ id }) => id === next.finding);
      const [first] = finding === undefined ? [] : remediesOf(finding.found);
      return first?.title ?? 'nothing to mend';
    }
    case 'privilege':
      return `look with ${next.privilege}`;
    case 'log':
      return 'follow its log: nixpulse watch -- CMD, or json-log-path';
    case 'time':
      return 'look for longer';
    case 'wait':
      return 'wait';
  }
}

const answerTones: Readonly<Record<DecisionStep['answer'], Tone | undefined>> = {
  yes: 'warning',
  no: 'muted',
  open: undefined,
};

const answerColumns = 6;
/** Narrower than this a question is one word. */
const roomyColumns = 96;

/** A row a question, one more for what comes next; none is wider than `columns` once it is composed. */
export function decisionRows(
  sight: DecisionSight,
  { columns, unicode = true }: DecisionOptions,
): readonly (readonly Span[])[] {
  const { steps, at } = sight.decision;
  const form = columns < roomyColumns ? 'short' : 'whole';
  const width = Math.max(...Object.values(questions).map((one) => one[form].length)) + 2;
  const marks = unicode ? { row: '├─ ', here: '├▶ ', last: '└─ ', lastHere: '└▶ ', bar: '│  ' } : ascii;
  const rows: (readonly Span[])[] = [];
  for (const [place, step] of steps.entries()) {
    const isHere = step.id === at;
    const isLast = place === steps.length - 1;
    const mark = isLast ? (isHere ? marks.lastHere : marks.last) : isHere ? marks.here : marks.row;
    const question: Span = {
      text: questions[step.id][form],
      width,
      ...(isHere ? { tone: 'title' as const } : step.answer === 'no' ? { tone: 'muted' as const } : {}),
    };
    const tone = step.id === 'moving' && step.answer === 'yes' ? 'ok' : answerTones[step.answer];
    const answer: Span = { text: step.answer === 'yes' ? 'YES' : step.answer, width: answerColumns, tone };
    const room = Math.max(0, columns - textColumns(mark) - width - answerColumns);
    const clause = shorten(printable(basisText(step, sight, unicode), unicode), room, unicode);
    rows.push([span(mark, 'muted'), question, answer, span(clause, isHere ? undefined : 'muted')]);
    if (!isHere || step.next === null) continue;
    const before = `${isLast ? '   ' : marks.bar}${marks.last}`;
    rows.push([span(before, 'muted'), span('next: ', 'accent'), span(nextText(step.next, sight))]);
  }
  return rows;
}

const ascii = { row: '|- ', here: '|> ', last: '`- ', lastHere: '`> ', bar: '|  ' };

/** The same as lines. */
export function decisionLines(
  sight: DecisionSight,
  { columns, unicode = true, paint = noPaint }: DecisionOptions & { readonly paint?: Paint },
): readonly string[] {
  return decisionRows(sight, { columns, unicode }).map((spans) =>
    composeRow(spans, columns, { paint, unicode }).trimEnd(),
  );
}

/**
 * Where it stands, in one line: `build? YES firefox-130.0 is stuck, 12 min; next: …`; empty: all is answered. Where that
 * is too long, without what answers it: what comes next is said nowhere else.
 */
export function standingText(
  sight: DecisionSight,
  { columns = Number.POSITIVE_INFINITY, unicode = true }: Partial<DecisionOptions> = {},
): string {
  const { steps, at }: DecisionPath = sight.decision;
  const step = steps.find(({ id }) => id === at);
  if (step === undefined) return '';
  const clause = basisText(step, sight, unicode);
  const answer = `${questions[step.id].short} ${step.answer === 'yes' ? 'YES' : step.answer}`;
  const next = step.next === null ? '' : `; next: ${nextText(step.next, sight)}`;
  const whole = printable(`${answer}${clause === '' ? '' : ` ${clause}`}${next}`, unicode);
  return next !== '' && textColumns(whole) > columns ? `${answer}${next}` : whole;
}
