/** What stands there when a watched command has ended: what was built, fetched and activated, and what failed and why. */
import { bytesText } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { plural } from '../base/plural.ts';
import { oneLine, printable, truncate, withoutEscapes } from '../base/text.ts';
import { totalsOf } from '../logs/totals.ts';
import { nameOfDerivation } from '../model/nix-store/store-path.ts';
import type { RootCause } from '../model/rebuild/cause.ts';
import type { Message, Rebuild, Step } from '../model/rebuild/rebuild.ts';
import { placeName, rootCauseText } from './causes.ts';
import { noPaint, type Paint, type Tone } from './paint.ts';
import { stepText } from './wait-words.ts';
import { commandText } from './watched-command.ts';
import { wrapped } from './wrap.ts';

export interface RebuildSummary {
  /** Null: it was not ours (a stream, a file). */
  readonly command: readonly string[] | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly lengthMs: number | null;
  /** Resident memory of its builds together; null: not known. */
  readonly peakBytes: number | null;
  /** Of single builds, by derivation. */
  readonly peaks: ReadonlyMap<string, number>;
  readonly rebuilds: readonly SummarizedRebuild[];
}
export interface SummarizedRebuild {
  /** Whose it is, where there are several: of a file of many clients. */
  readonly title: string;
  readonly rebuild: Rebuild;
  readonly failures: readonly RootCause[];
}

export interface SummaryStyle {
  readonly columns: number;
  readonly paint?: Paint;
  readonly unicode?: boolean;
}

const labelColumns = 11;
const mostLongest = 5;
const mostWarnings = 5;
const mostCaches = 3;
const mostFailures = 8;
const mostLines = 10;
const mostUnbuilt = 6;
/** Shorter builds are no reason why it took long. */
const leastLongMs = 2000;

/** Lines without their ends; the first says how it ended. */
export function summaryLines(summary: RebuildSummary, style: SummaryStyle): readonly string[] {
  const page = createPage(style);
  headline(page, summary);
  const several = summary.rebuilds.length > 1;
  for (const { title, rebuild, failures } of summary.rebuilds) {
    if (several) page.headline('title', title, '');
    body(page, rebuild);
    memory(page, summary, rebuild);
    longest(page, rebuild);
    for (const failure of failures.slice(0, mostFailures)) failed(page, rebuild, failure);
    if (failures.length > mostFailures) page.row('', `${failures.length - mostFailures} more failures`);
    if (failures.length === 0 && !succeeded(summary)) lastWords(page, rebuild);
  }
  return page.lines;
}

/** No code is known of a stream: then what it said counts. */
export function succeeded({ exitCode, signal, rebuilds }: RebuildSummary): boolean {
  if (signal !== null) return false;
  return exitCode === null ? rebuilds.every(({ failures }) => failures.length === 0) : exitCode === 0;
}

interface Page {
  readonly lines: string[];
  /** Below the label where it needs more than one line; nothing where the text is empty. */
  row(label: string, text: string, tone?: Tone): void;
  /** As it is, cut. */
  quote(text: string): void;
  /** In one line whatever its length: to be copied. */
  whole(text: string): void;
  headline(tone: Tone, verdict: string, text: string): void;
}

function createPage({ columns, paint = noPaint, unicode = true }: SummaryStyle): Page {
  const width = Math.max(40, columns);
  const lines: string[] = [];
  return {
    lines,
    row(label, text, tone) {
      if (text === '') return;
      for (const [i, part] of wrapped(printable(text, unicode), width - labelColumns).entries()) {
        const name = (i === 0 ? ` ${label}` : '').padEnd(labelColumns);
        lines.push(paint('muted', name) + (tone === undefined ? part : paint(tone, part)));
      }
    },
    quote(text) {
      const bar = unicode ? '│ ' : '| ';
      const line = truncate(printable(withoutEscapes(text), unicode), width - labelColumns - 2, unicode);
      lines.push(`${' '.repeat(labelColumns)}${paint('muted', bar)}${line}`.trimEnd());
    },
    whole: (text) => void lines.push(`${' '.repeat(labelColumns)}${printable(text, unicode)}`),
    headline(tone, verdict, text) {
      // Wrapped with the verdict, which is painted afterwards.
      const [first = '', ...rest] = wrapped(printable(`${verdict} ${text}`.trim(), unicode), width - 2);
      const painted = first.startsWith(verdict) ? paint(tone, verdict) + first.slice(verdict.length) : first;
      lines.push(painted, ...rest.map((part) => `  ${part}`));
    },
  };
}

function headline(page: Page, summary: RebuildSummary): void {
  const { command, exitCode, signal, lengthMs } = summary;
  const name = command === null ? '' : commandText({ words: command });
  const say = (tone: Tone, verdict: string) =>
    page.headline(tone, name === '' ? verdict : `${verdict}:`, name);
  const time = lengthMs === null ? '' : lengthText(lengthMs);
  const after = time === '' ? '' : ` after ${time}`;
  if (succeeded(summary)) say('ok', time === '' ? 'done' : `done in ${time}`);
  else if (signal !== null) say('danger', `ended by ${signal}${after}`);
  else if (exitCode === 130) say('warning', `interrupted${after}`);
  else if (exitCode === null) say('danger', `failed${after}`);
  else say('danger', `failed, exit code ${exitCode}${codeNote(summary)},${after}`);
}

/** switch-to-configuration has codes of its own; what Nix says of a build's failure has the same numbers. */
function codeNote({ exitCode, rebuilds }: RebuildSummary): string {
  const activates = rebuilds.some(({ rebuild }) => rebuild.steps.some(({ step }) => step !== 'building'));
  if (!activates || rebuilds.some(({ rebuild }) => rebuild.failed.size > 0)) return '';
  if (exitCode === 100) return ' (it takes effect with the next boot)';
  return exitCode === 4 ? ' (some units failed)' : '';
}

function body(page: Page, rebuild: Rebuild): void {
  const totals = totalsOf(rebuild);
  const { evaluation } = rebuild;
  if (evaluation.files > 0) {
    const { startedMs, lastMs } = evaluation;
    const ms = startedMs === null || lastMs === null ? 0 : lastMs - startedMs;
    page.row('evaluated', `${plural(evaluation.files, 'file')}${ms < 1000 ? '' : ` in ${lengthText(ms)}`}`);
  }
  const built = [
    `${totals.done} of ${totals.builds}`,
    ...counted(totals.elsewhere, 'by another client'),
    ...counted(totals.failed, 'failed'),
    ...counted(totals.ended, 'stopped'),
    ...counted(totals.dependents, 'not built because of it'),
    ...counted(totals.waiting, 'not begun'),
  ];
  page.row('built', totals.builds === 0 ? '' : built.join(', '));
  page.row('fetched', fetched(rebuild, totals.fetchedPaths, totals.fetchedBytes));
  page.row('retried', retries(rebuild));
  page.row('copied', totals.sentPaths === 0 ? '' : sent(rebuild, totals.sentPaths));
  page.row('steps', stepsText(rebuild));
  const warnings = [...new Set(rebuild.messages.filter(isWarning).map(({ text }) => text))];
  for (const text of warnings.slice(-mostWarnings))
    page.row('warning', oneLine(withoutEscapes(text)), 'warning');
}

/** The caller of nix-build knows its roots; what is tried again is counted by cache. */
const ordinary = /you did not specify '--add-root'|; retrying in \d+ ms/;

/** What a person should see: of Nix, and of the configuration (`lib.warn` is a trace). */
export function isWarning({ severity, text }: Pick<Message, 'severity' | 'text'>): boolean {
  if (severity === 'warning') return !ordinary.test(text);
  return severity === 'note' && /^(?:trace|evaluation warning):/.test(text);
}

function counted(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${what}`];
}

function fetched({ peers }: Rebuild, paths: number, bytes: number): string {
  if (paths === 0 && bytes === 0) return '';
  const from = [...peers]
    .filter(([, { fetchedPaths }]) => fetchedPaths > 0)
    .sort(([, a], [, b]) => b.fetchedBytes - a.fetchedBytes || b.fetchedPaths - a.fetchedPaths)
    .map(([name]) => placeName(name));
  const places = from.length === 0 ? '' : ` from ${shortList(from, mostCaches)}`;
  const size = bytes === 0 ? '' : `, ${bytesText(bytes)}`;
  return `${plural(paths, 'path')}${size}${places}`;
}

/** `cache.nixos.org 3 times`. */
function retries({ peers }: Rebuild): string {
  const tried = [...peers].filter(([, peer]) => peer.retries > 0);
  return shortList(
    tried.map(([name, peer]) => `${placeName(name)} ${plural(peer.retries, 'time')}`),
    mostCaches,
  );
}

function sent({ peers }: Rebuild, paths: number): string {
  const to = [...peers].filter(([, { sentPaths }]) => sentPaths > 0).map(([name]) => placeName(name));
  return `${plural(paths, 'path')}${to.length === 0 ? '' : ` to ${shortList(to, mostCaches)}`}`;
}

function shortList(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ');
}

/** One after the other, each with how long it took; the parts of one step are one. */
function stepsText({ steps, ended, updatedMs }: Rebuild): string {
  const joined: { first: Step; untilMs: number; names: string[] }[] = [];
  for (const [i, step] of steps.entries()) {
    const untilMs = steps[i + 1]?.sinceMs ?? ended?.atMs ?? updatedMs;
    const last = joined.at(-1);
    if (last?.first.step === step.step) {
      last.untilMs = untilMs;
      last.names.push(...step.names);
    } else joined.push({ first: step, untilMs, names: [...step.names] });
  }
  return joined
    .filter(({ first }) => first.step !== 'done')
    .map(({ first, untilMs, names }) => {
      const ms = untilMs - first.sinceMs;
      const time = ms < 1000 ? '' : ` ${lengthText(ms)}`;
      return `${stepText({ step: first.step, names: first.step === 'activating' ? [] : names })}${time}`;
    })
    .join(', ');
}

function memory(page: Page, { peakBytes, peaks }: RebuildSummary, rebuild: Rebuild): void {
  if (peakBytes === null) return;
  const own = [...peaks].filter(([drv]) => knows(rebuild, drv)).sort(([, a], [, b]) => b - a);
  const [largest] = own;
  const most =
    largest === undefined || own.length < 2
      ? ''
      : `, the most of one: ${nameOfDerivation(largest[0])} ${bytesText(largest[1])}`;
  page.row('memory', `${bytesText(peakBytes)} at its peak${most}`);
}

function knows({ finished, failed, running }: Rebuild, drv: string): boolean {
  return finished.has(drv) || failed.has(drv) || running.has(drv);
}

function longest(page: Page, { finished }: Rebuild): void {
  const times = [...finished.values()]
    .flatMap(({ name, state, startedMs, endedMs, host }) => {
      if (state !== 'done' || startedMs === null || endedMs === null) return [];
      return [{ name: host === null ? name : `${name} on ${placeName(host)}`, ms: endedMs - startedMs }];
    })
    .filter(({ ms }) => ms >= leastLongMs)
    .sort((a, b) => b.ms - a.ms)
    .slice(0, mostLongest);
  page.row('longest', times.map(({ name, ms }) => `${name} ${lengthText(ms)}`).join(', '));
}

function failed(page: Page, rebuild: Rebuild, failure: RootCause): void {
  const { drvs, dependents, lines } = failure;
  const [first] = drvs;
  const build = first === undefined ? undefined : rebuild.failed.get(first);
  const phase = build?.phases.at(-1)?.name;
  const about = [
    ...(phase === undefined ? [] : [`in ${phase}`]),
    ...(build?.host == null ? [] : [`on ${placeName(build.host)}`]),
    ...(build?.startedMs == null || build.endedMs === null
      ? []
      : [`after ${lengthText(build.endedMs - build.startedMs)}`]),
  ].join(' ');
  const names = shortList(drvs.map(nameOfDerivation), mostUnbuilt);
  const who = names === '' ? '' : `${names}${about === '' ? '' : ` ${about}`}: `;
  page.row('failed', `${who}${rootCauseText(failure)}`, 'danger');
  for (const line of lastLines(lines)) page.quote(line);
  const unbuilt = shortList(dependents.map(nameOfDerivation), mostUnbuilt);
  page.row('', unbuilt === '' ? '' : `not built because of it: ${unbuilt}`);
  if (first !== undefined && build !== undefined) page.whole(`nix log ${first}`);
}

function lastLines(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => withoutEscapes(line).trim() !== '').slice(-mostLines);
}

/** Of what failed without a word that we understand. */
function lastWords(page: Page, { output, messages }: Rebuild): void {
  const said = messages
    .filter(({ severity }) => severity === 'error')
    .flatMap(({ text }) => text.split('\n'));
  for (const line of lastLines(output.length > 0 ? output : said)) page.quote(line);
}
