/** The score card of a rebuild for people: a line a criterion with its figure, its limit and its word, then what the guard did. */
import { formatBytes } from '../base/bytes.ts';
import { clockText, dateText } from '../base/clock-time.ts';
import { lengthText } from '../base/duration.ts';
import { listText } from '../base/plural.ts';
import { oneLine, printable, textColumns, truncate } from '../base/text.ts';
import { commandTitle } from '../model/forest/client-command.ts';
import type { GuardAct } from '../model/guard/guard.ts';
import type {
  ScoreBaseline,
  ScoreCard,
  ScoreId,
  ScoreItem,
  ScoreNote,
  ScoreState,
} from '../model/rebuild/score-card.ts';
import { guardActText } from './guard-act.ts';
import { noPaint, type Paint, type Tone } from './paint.ts';
import { wrapped } from './wrap.ts';

export interface ScoreStyle {
  readonly columns: number;
  readonly paint?: Paint;
  readonly unicode?: boolean;
}

const titles: Readonly<Record<ScoreId, string>> = {
  time: 'time',
  memory: 'memory',
  await: 'disk await',
  cpu: 'CPU',
  zombies: 'zombies',
  generation: 'generation',
  store: 'store',
};

const words: Readonly<Record<ScoreState, readonly [string, Tone]>> = {
  pass: ['pass', 'ok'],
  fail: ['FAIL', 'danger'],
  unknown: ['unknown', 'muted'],
  'left-out': ['', 'muted'],
};

/** As the summary of a rebuild has them. */
const labelColumns = 11;
const widths = { state: 8, title: 11, value: 11, limit: 11 } as const;
const valueColumn = 1 + widths.state + widths.title;
const mostActs = 6;

/** Lines without their ends. */
export function scoreLines(
  card: ScoreCard,
  { columns, paint = noPaint, unicode = true }: ScoreStyle,
): readonly string[] {
  const width = Math.max(40, columns);
  const items = card.items.filter(({ state }) => state !== 'left-out');
  const said = (label: string, text: string, tone?: Tone): readonly string[] =>
    wrapped(printable(text, unicode), width - labelColumns).map((part, i) => {
      const head = (i === 0 ? ` ${label}` : '').padEnd(labelColumns);
      return paint('muted', head) + (tone === undefined ? part : paint(tone, part));
    });
  const failed = items.some(({ state }) => state === 'fail');
  return [
    ...said('score', scoreText(card), failed ? 'danger' : undefined),
    ...items.flatMap((item) => itemLines(item, width, paint, unicode)),
    ...(card.baseline === null ? [] : said('before', baselineText(card.baseline))),
    ...guardLines(card).flatMap((line, i) => said(i === 0 ? 'guard' : '', line)),
  ];
}

/** `5 passed, 1 failed, 1 unknown`. */
export function scoreText({ items }: Pick<ScoreCard, 'items'>): string {
  const of = (state: ScoreState) => items.filter((one) => one.state === state).length;
  const counts = [
    [of('pass'), 'passed'],
    [of('fail'), 'failed'],
    [of('unknown'), 'unknown'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

/** The note stands behind the limit where there is room, else below the figure. */
function itemLines(item: ScoreItem, width: number, paint: Paint, unicode: boolean): readonly string[] {
  const [word, tone] = words[item.state];
  const note = printable(noteText(item), unicode);
  const value = column(printable(valueText(item), unicode), widths.value);
  const most = printable(limitText(item), unicode);
  const limit = note === '' ? most : column(most, widths.limit);
  const head = ` ${paint(tone, word)}${' '.repeat(widths.state - word.length)}${titles[item.id].padEnd(widths.title)}`;
  const figures = `${item.state === 'fail' ? paint(tone, value) : value}${paint('muted', limit)}`;
  const used = valueColumn + textColumns(value) + textColumns(limit);
  if (note === '') return [`${head}${figures}`.trimEnd()];
  if (used + textColumns(note) <= width) return [`${head}${figures}${note}`];
  const rest = wrapped(note, width - valueColumn).map((part) => `${' '.repeat(valueColumn)}${part}`);
  return [`${head}${figures}`.trimEnd(), ...rest];
}

/** What is longer keeps a blank behind it. */
function column(text: string, width: number): string {
  return text.padEnd(Math.max(width, textColumns(text) + 1));
}

/** `12 min`, `62%`, `312 ms`, `none`, `43`; a dash for what has no figure. */
export function valueText({ id, state, value, unit }: ScoreItem): string {
  if (id === 'store') return { pass: 'sound', fail: 'damaged', unknown: '–', 'left-out': '–' }[state];
  if (value === null) return '–';
  if (id === 'time') return lengthText(value * 1000);
  if (id === 'zombies') return value === 0 ? 'none' : `${value}`;
  if (id === 'generation') return `${value}`;
  // What is just beyond its limit must not read as if it were there.
  return unit === 'percent' ? `${shown(value)}%` : `${shown(value)} ${unit}`;
}

function shown(value: number): string {
  return value < 100 && value % 1 !== 0 ? value.toFixed(1) : `${Math.round(value)}`;
}

/** `max 10 min`. */
export function limitText({ id, limit, unit }: ScoreItem): string {
  if (id === 'zombies') return 'none left';
  if (id === 'generation') return 'bootable';
  if (id === 'store') return 'verified';
  if (limit === null) return '';
  if (unit === 's') return `max ${lengthText(limit * 1000)}`;
  return unit === 'percent' ? `max ${limit}%` : `max ${limit} ms`;
}

/** Empty where there is nothing to add. */
export function noteText({ note, atMs }: Pick<ScoreItem, 'note' | 'atMs'>): string {
  return note === null ? '' : noteWords(note, atMs === null ? '' : `, ${clockText(atMs)}`);
}

function noteWords(note: ScoreNote, at: string): string {
  switch (note.kind) {
    case 'not-done':
      return 'it is not done';
    case 'usual-time':
      return 'its usual time';
    case 'memory':
      return `of ${formatBytes(note.totalBytes)}${at}`;
    case 'disk':
      return note.stalled ? `${note.device} stood still${at}` : `${note.device}${at}`;
    case 'mean':
      return `mean of ${lengthText(note.overSec * 1000)}`;
    case 'generation':
      if (note.why !== null) return oneLine(note.why);
      if (note.flaws.length > 0) return note.flaws.join(', ');
      return note.made ? 'made by it' : 'as before';
    case 'verified':
      return verifiedText(note);
  }
}

function verifiedText({ atMs, damaged }: Extract<ScoreNote, { kind: 'verified' }>): string {
  if (damaged > 0) return `${damaged} ${damaged === 1 ? 'path' : 'paths'}: nixpulse verify --repair`;
  const last = atMs === null ? 'never verified' : `verified ${dateText(atMs)}`;
  return `${last}: nixpulse verify`;
}

/** `28.1 of 31.2 GB free, sda 2 ms, memory full 0%, I/O full 1%, load 3.1 of 16`. */
export function baselineText(baseline: ScoreBaseline): string {
  const { availableBytes, totalBytes, memoryFullPercent, ioFullPercent, awaitMs, device, load1, cpus } =
    baseline;
  const parts = [
    ...(availableBytes === null
      ? []
      : [
          `${formatBytes(availableBytes)}${totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`} available`,
        ]),
    ...(memoryFullPercent === null ? [] : [`memory full ${shown(memoryFullPercent)}%`]),
    ...(ioFullPercent === null ? [] : [`I/O full ${shown(ioFullPercent)}%`]),
    ...(awaitMs === null || device === null ? [] : [`${device} await ${Math.round(awaitMs)} ms`]),
    ...(load1 === null ? [] : [`load ${load1.toFixed(1)}${cpus === null ? '' : ` of ${cpus}`}`]),
  ];
  return parts.length === 0 ? 'nothing is known' : parts.join(', ');
}

/** Of one command everybody knows which: `cancelled nix build .#big: …`, without its options. */
export function ownActText(act: GuardAct): string {
  const names = act.names.map((name) => (name.includes(' ') ? commandTitle(name) : name));
  return guardActText({ ...act, names });
}

/** What it did, the last of it; what ended the rebuild is said elsewhere as well, and stands here all the same. */
function guardLines({ acts }: ScoreCard): readonly string[] {
  const lines = acts.slice(-mostActs).map((act) => `${clockText(act.atMs)} ${ownActText(act)}`);
  const more = acts.length - lines.length;
  return more > 0 ? [`${more} earlier acts`, ...lines] : lines;
}

/** One line for stderr, cut: which limit, when, and who was in it. Null: none was reached. */
export function breakerText({ breaker }: Pick<ScoreCard, 'breaker'>): string | null {
  if (breaker === null) return null;
  const act = { ...breaker, evidence: [], dryRun: false, status: 'done', summary: null } as const;
  const within = breaker.within.length === 0 ? '' : `, with ${listText(breaker.within, 3)}`;
  return truncate(oneLine(`limit reached at ${clockText(breaker.atMs)}: ${ownActText(act)}${within}`), 400);
}
