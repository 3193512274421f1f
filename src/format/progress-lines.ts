/** A rebuild in plain lines, for a log: what changed since the last look, at most one line of progress. */
import { formatBytes } from '../base/bytes.ts';
import { printable, withoutEscapes } from '../base/text.ts';
import { totalsOf } from '../logs/totals.ts';
import { nameOfDerivation, nameOfPath } from '../model/nix-store/store-path.ts';
import type { LogEvent } from '../model/rebuild/log-event.ts';
import type { Build, Rebuild, Transfer } from '../model/rebuild/rebuild.ts';
import { rootCauseText } from './causes.ts';
import { noPaint, type Paint } from './paint.ts';
import { isWarning, type SummarizedRebuild } from './rebuild-summary.ts';
import { stepText } from './wait-words.ts';

/** What was said. */
export interface Said {
  readonly progress: string;
  readonly failures: ReadonlySet<string>;
  /** By rebuild, how many of its steps. */
  readonly steps: ReadonlyMap<Rebuild['key'], number>;
}
export const nothingSaid: Said = { progress: '', failures: new Set(), steps: new Map() };

export interface LineStyle {
  readonly paint?: Paint;
  readonly unicode?: boolean;
}

const mostLines = 10;

/** `nowMs`: Unix ms of the look. */
export function progressLines(
  rebuilds: readonly SummarizedRebuild[],
  nowMs: number,
  before: Said,
  { paint = noPaint, unicode = true }: LineStyle = {},
): { readonly said: Said; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const failures = new Set(before.failures);
  const steps = new Map(before.steps);
  for (const { rebuild, failures: found } of rebuilds) {
    for (const step of rebuild.steps.slice(steps.get(rebuild.key) ?? 0)) {
      lines.push(printable(`${stepText(step)}${step.step === 'done' ? '' : '...'}`, unicode));
    }
    steps.set(rebuild.key, rebuild.steps.length);
    for (const failure of found) {
      const key = `${rebuild.key} ${failure.drvs[0] ?? failure.text}`;
      const cause = rootCauseText(failure);
      // Of a failure that was only counted the words come a moment later.
      if (failures.has(key) || (cause === '' && rebuild.ended === null)) continue;
      failures.add(key);
      const name = failure.drvs[0] === undefined ? '' : `${nameOfDerivation(failure.drvs[0])}: `;
      lines.push(`${paint('danger', 'failed:')} ${printable(name + (cause || 'nobody says why'), unicode)}`);
      for (const line of failure.lines.slice(-mostLines))
        lines.push(`  ${unicode ? '│' : '|'} ${printable(withoutEscapes(line), unicode)}`.trimEnd());
    }
  }
  const progress = rebuilds
    .filter(({ rebuild }) => rebuild.ended === null)
    .map(({ rebuild }) => printable(progressText(rebuild, nowMs), unicode))
    .filter((text) => text !== '')
    .join('; ');
  if (progress !== '' && progress !== before.progress) lines.push(progress);
  return { said: { progress, failures, steps }, lines };
}

/** What others than Nix say, and its warnings: as they come, for a log that is all there is. */
export function toldLines(events: readonly LogEvent[], unicode = true): readonly string[] {
  const lines = events.flatMap((event): readonly string[] => {
    if (event.kind === 'output') return event.lines;
    if (event.kind !== 'message' || !isWarning(event)) return [];
    return `${event.severity === 'warning' ? 'warning: ' : ''}${event.text}`.split('\n');
  });
  return lines
    .map((line) => printable(withoutEscapes(line), unicode).trimEnd())
    .filter((line) => line !== '' && !ofRebuildNg.test(line));
}

/** `-v` is for Nix; nixos-rebuild-ng takes it for itself, too. Some of its lines span two. */
const ofRebuildNg = /^debug: nixos_rebuild\.|^, (?:stdout|stderr)=/;

/** `[3/57 built, 2 running, 1 failed] firefox-130.0: buildPhase 4 min`; '' before anything is known. */
export function progressText(rebuild: Rebuild, nowMs: number): string {
  const totals = totalsOf(rebuild);
  const { evaluation } = rebuild;
  const subject = subjectOf(rebuild, nowMs);
  if (totals.builds + totals.pathsToFetch + totals.fetchedPaths + totals.fetching === 0) {
    const files = evaluation.files < 100 ? '' : `: ${Math.floor(evaluation.files / 100) * 100} files`;
    return evaluation.files === 0 ? subject : `evaluating${files}`;
  }
  const counts = [
    ...(totals.builds === 0 ? [] : [`${totals.done + totals.elsewhere}/${totals.builds} built`]),
    ...(totals.running === 0 ? [] : [`${totals.running} running`]),
    ...(totals.failed === 0 ? [] : [`${totals.failed} failed`]),
    ...fetches(totals.fetchedPaths, totals.fetchedPaths + totals.fetching + totals.pathsToFetch),
  ];
  return `[${counts.join(', ')}]${subject === '' ? '' : ` ${subject}`}`;
}

function fetches(done: number, all: number): readonly string[] {
  return all === 0 ? [] : [`${done}/${all} fetched`];
}

/** What it takes longest for at the moment. */
function subjectOf({ running, transfers, waits }: Rebuild, nowMs: number): string {
  const [build] = [...running.values()].sort((a, b) => (a.startedMs ?? nowMs) - (b.startedMs ?? nowMs));
  if (build !== undefined) return buildText(build, nowMs);
  const [transfer] = [...transfers.values()]
    .filter(({ lookup, path }) => !lookup && path !== null)
    .sort((a, b) => a.startedMs - b.startedMs);
  if (transfer !== undefined) return transferText(transfer);
  const [wait] = waits.values();
  return wait === undefined
    ? ''
    : `waiting${wait.drv === null ? '' : ` to build ${nameOfDerivation(wait.drv)}`}`;
}

/** In whole minutes, so that a build alone makes one line a minute. */
function buildText({ name, host, phases, startedMs }: Build, nowMs: number): string {
  const minutes = startedMs === null ? 0 : Math.floor((nowMs - startedMs) / 60_000);
  const phase = phases.at(-1)?.name;
  const about = [
    ...(phase === undefined ? [] : [phase]),
    ...(host === null ? [] : [`on ${host}`]),
    ...(minutes === 0 ? [] : [`${minutes} min`]),
  ].join(' ');
  return about === '' ? name : `${name}: ${about}`;
}

function transferText({ path, direction, bytes, expectedBytes }: Transfer): string {
  const verb = direction === 'send' ? 'sending' : 'fetching';
  const share = expectedBytes === null || expectedBytes === 0 ? '' : ` of ${formatBytes(expectedBytes)}`;
  // In steps of a tenth: not a line a second for one download.
  const tenth =
    expectedBytes === null || expectedBytes === 0 ? null : Math.floor((bytes / expectedBytes) * 10);
  return `${verb} ${nameOfPath(path ?? '')}${tenth === null ? '' : ` ${tenth * 10}%${share}`}`;
}
