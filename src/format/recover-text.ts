/** What `recover` prints: the procedures with what fits, a step with what it would do, and what became of all. */
import { plural } from '../base/plural.ts';
import { printable } from '../base/text.ts';
import { noPaint, type Paint, type Tone } from './paint.ts';
import { commandRows, flow, type Sheet, writeRow } from './remedy-rows.ts';
import { span } from './row.ts';

export interface RecoverStyle {
  readonly columns: number;
  readonly color?: Paint;
  /** Default true. */
  readonly unicode?: boolean;
}

export interface ListedProcedure {
  readonly id: string;
  readonly title: string;
  readonly when: string;
  /** Null: nothing says that it fits. */
  readonly fits: string | null;
  /** Steps that are done of an unfinished run; null: there is none. */
  readonly underWay: { readonly done: number; readonly steps: number } | null;
}

export interface ShownStep {
  readonly title: string;
  readonly why: string;
  readonly needs: readonly string[];
  readonly plan:
    | (Shown & { readonly state: 'needless'; readonly why: string })
    | (Shown & { readonly state: 'impossible'; readonly why: string; readonly way?: string })
    | (Shown & { readonly state: 'todo' });
}

interface Shown {
  readonly lines?: readonly string[];
  /** To be copied: never broken into rows. */
  readonly code?: readonly string[];
}

const indent = '    ';
const states: Readonly<Record<string, readonly [string, Tone]>> = {
  needless: ['nothing to do', 'ok'],
  done: ['done', 'ok'],
  declined: ['left out', 'muted'],
  impossible: ['NOT POSSIBLE', 'danger'],
  denied: ['NOT PERMITTED', 'danger'],
  failed: ['FAILED', 'danger'],
  interrupted: ['interrupted', 'warning'],
};

export function procedureList(procedures: readonly ListedProcedure[], style: RecoverStyle): string {
  const sheet = sheetOf(style);
  const rows = procedures.flatMap(({ id, title, when, fits, underWay }) => [
    writeRow(sheet, span(`  ${id.padEnd(16)}`, 'accent'), span(title, 'title')),
    ...flow(sheet, span(`${' '.repeat(18)}`), `when ${when}`, 'muted'),
    ...(fits === null ? [] : flow(sheet, span(`${' '.repeat(18)}fits: `, 'warning'), printable(fits))),
    ...(underWay === null
      ? []
      : flow(
          sheet,
          span(' '.repeat(18)),
          `begun before: ${underWay.done} of ${plural(underWay.steps, 'step')} done`,
          'warning',
        )),
  ]);
  return [
    ...rows,
    '',
    ...flow(
      sheet,
      span(''),
      'Each asks before every step. What it would do: nixpulse recover NAME --dry-run',
    ),
    ...flow(sheet, span(''), 'The next rebuild gently: nixpulse watch --safe -- CMD'),
  ].join('\n');
}

/** `2/5 Copy the database aside`, and below it what it would do. */
export function stepText(
  step: ShownStep,
  { number, of, words = false }: { readonly number: number; readonly of: number; readonly words?: boolean },
  style: RecoverStyle,
): string {
  const sheet = sheetOf(style);
  const { title, why, needs, plan } = step;
  const takes =
    needs.length === 0 ? '' : `; takes ${needs.map((need) => needWords[need] ?? need).join(', ')}`;
  return [
    writeRow(sheet, span(`${number}/${of} `, 'accent'), span(title, 'title')),
    ...(plan.state === 'todo' || words ? flow(sheet, span(indent), `${why}${takes}`, 'muted') : []),
    ...planRows(plan, words, sheet),
  ].join('\n');
}

const needWords: Readonly<Record<string, string>> = {
  root: 'root',
  systemd: 'systemd',
  network: 'the network',
  minutes: 'minutes to hours',
};

function planRows(plan: ShownStep['plan'], words: boolean, sheet: Sheet): readonly string[] {
  if (plan.state === 'todo') return shownRows(plan, sheet);
  if (!words) return [];
  const [label, tone] = states[plan.state] ?? [plan.state, 'muted'];
  const way = plan.state === 'impossible' && plan.way !== undefined ? [plan.way] : [];
  return [
    ...flow(sheet, span(`${indent}${label}: `, tone), printable(plan.why)),
    ...shownRows({ ...plan, lines: [...(plan.lines ?? []), ...way] }, sheet),
  ];
}

function shownRows({ lines = [], code = [] }: Shown, sheet: Sheet): readonly string[] {
  const before = span(`${indent}  `);
  return [
    ...lines.flatMap((line) => flow(sheet, before, printable(line))),
    ...code.flatMap((line) => commandRows(sheet, before, printable(line))),
  ];
}

export function stepEndText(
  {
    state,
    summary,
    details,
    code,
  }: {
    readonly state: string;
    readonly summary: string;
    readonly details: readonly string[];
    readonly code?: readonly string[];
  },
  style: RecoverStyle,
): string {
  const sheet = sheetOf(style);
  const [label, tone] = states[state] ?? [state, 'muted'];
  return [
    ...flow(sheet, span(`${indent}${label}: `, tone), printable(summary)),
    ...shownRows({ lines: details, ...(code && { code }) }, sheet),
  ].join('\n');
}

function sheetOf({ columns, color = noPaint, unicode = true }: RecoverStyle): Sheet {
  return { width: Math.max(40, columns), style: { paint: color, unicode } };
}
