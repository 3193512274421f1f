/** One line for a tmux status bar or a prompt: what is short, the heaviest build, how many. */

import { formatBytes, formatSignedBytes } from '../base/bytes.ts';
import { formatPercent } from '../base/number.ts';
import { plural } from '../base/plural.ts';
import { printable, truncate } from '../base/text.ts';
import { totalsOf } from '../logs/totals.ts';
import type { Finding } from '../model/diagnosis/finding.ts';
import type { Verdict } from '../model/diagnosis/verdict.ts';
import { heaviestBuild } from '../model/intents/heaviest-build.ts';
import type { Model, Shortage } from '../model/model.ts';
import { foundText } from './findings.ts';
import { guardWord, mainGuard } from './guard-words.ts';
import { noPaint, type Paint, type Tone, tmuxPaint } from './paint.ts';
import { doneOf, rebuildPhase } from './rebuild-words.ts';
import { causeText } from './shortages.ts';
import { unsaidFindings } from './unsaid.ts';
import { longestStuck, sinceText, subjectName } from './verdict.ts';
import { buildName, buildsProblem, levelTone, mainClient, unknownWord, urgentShortages } from './words.ts';

export interface StatusOptions {
  /** Colours as tmux writes them: `#[fg=red]`. */
  readonly tmux?: boolean;
  /** Default true. */
  readonly unicode?: boolean;
}

/** Growth below this is noise. */
const growthShownBytesPerMin = 64 * 1024 ** 2;

/** `mem critical 63% · firefox-130.0 11.2G +840M/min · 5 builds`; behind what is short the worst finding; last a guard. */
export function formatStatus(model: Model, options: StatusOptions = {}): string {
  const { tmux = false, unicode = true } = options;
  const paint: Paint = tmux ? tmuxPaint : noPaint;
  const write = (text: string, tone?: Parameters<Paint>[0]) => {
    const safe = printable(text, unicode);
    if (tone !== undefined) return paint(tone, safe);
    return tmux ? safe.replaceAll('#', '##') : safe;
  };
  const parts: string[] = [];
  for (const shortage of urgentShortages(model).slice(0, 2)) {
    parts.push(write(shortageWords(shortage), levelTone(shortage.level)));
  }
  const stuck = longestStuck(model);
  if (stuck !== null) parts.push(write(stuckWords(stuck, model, unicode), 'danger'));
  const found = unsaid(model, stuck);
  if (found !== undefined) parts.push(write(findingWords(found, unicode), levelTone(found.level)));
  if (parts.length === 0) parts.push(unseen(model) ? write(memoryWords(model)) : write('ok', 'ok'));
  // Where nothing is known of them, or all run elsewhere, the first.
  const heaviest = heaviestBuild(model)?.build ?? model.builds[0];
  if (heaviest !== undefined) {
    const growth = heaviest.residentGrowthBytesPerMin;
    const grows =
      growth !== null && growth >= growthShownBytesPerMin ? ` ${formatSignedBytes(growth)}/min` : '';
    const name = truncate(printable(buildName(heaviest), unicode), 40, unicode);
    parts.push(write(`${name} ${formatBytes(heaviest.residentBytes)}${grows}`));
  }
  parts.push(write(work(model)));
  for (const { text, tone } of rebuildWords(model)) parts.push(write(text, tone));
  const guard = mainGuard(model.guards, model.timeMs);
  if (guard !== null) {
    const { text, tone } = guardWord(guard, model.timeMs);
    parts.push(write(truncate(printable(text, unicode), 40, unicode), tone));
  }
  return parts.join(unicode ? ' · ' : ' | ');
}

/** `STUCK firefox-130.0 12 min`. */
function stuckWords(verdict: Verdict, model: Model, unicode: boolean): string {
  const name = truncate(printable(subjectName(verdict, model), unicode), 40, unicode);
  return `STUCK ${name} ${sinceText(verdict, model)}`;
}

/** The worst that neither a shortage nor a stuck build says already. */
function unsaid(model: Model, stuck: Verdict | null): Finding | undefined {
  return unsaidFindings(model).find(({ hypothesis }) => hypothesis !== 'build' || stuck === null);
}

const findingColumns = 60;

function findingWords({ found, state }: Finding, unicode: boolean): string {
  const sure = state === 'confirmed' ? '' : `${state}: `;
  return truncate(printable(`${sure}${foundText(found)}`, unicode), findingColumns, unicode);
}

function shortageWords(shortage: Shortage): string {
  const { resource, level, cause } = shortage;
  if (resource === 'space' || cause.kind !== 'pressure') return `${resource} ${level} ${causeText(cause)}`;
  return `${resource === 'memory' ? 'mem' : resource} ${level} ${formatPercent(cause.percent)}`;
}

/** Without pressure `ok` would be a guess. */
function unseen({ pressure }: Model): boolean {
  return pressure.memory.problem !== null && pressure.io.problem !== null;
}

function memoryWords({ memory: { availableBytes } }: Model): string {
  return availableBytes === null ? 'pressure unknown' : `${formatBytes(availableBytes)} free`;
}

function work(model: Model): string {
  if (model.builds.length > 0) return plural(model.builds.length, 'build');
  const client = mainClient(model);
  if (buildsProblem(model) !== null) return 'builds unknown';
  return client === null ? 'no build' : `${client.tool} ${client.phase ?? unknownWord}`;
}

/** Of the rebuild that builds most: `34/57 built`, `1 failed`; what it does, where no client says it; else none. */
function rebuildWords({
  rebuilds,
  clients,
}: Model): readonly { readonly text: string; readonly tone?: Tone }[] {
  const [largest] = rebuilds
    .filter(({ over }) => !over)
    .map(({ rebuild }) => ({ rebuild, totals: totalsOf(rebuild) }))
    .sort((a, b) => b.totals.builds - a.totals.builds);
  if (largest === undefined) return [];
  const { rebuild, totals } = largest;
  const phase = rebuildPhase(rebuild, totals);
  const far =
    totals.builds > 0 ? `${doneOf(totals)}/${totals.builds} built` : clients.length > 0 ? '' : (phase ?? '');
  return [
    ...(far === '' ? [] : [{ text: far }]),
    ...(totals.failed > 0 ? [{ text: `${totals.failed} failed`, tone: 'danger' as const }] : []),
  ];
}
