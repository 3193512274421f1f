/**
 * What a score card is made of, kept from Model to Model: peaks, and means by time. Pure: the same live and over a
 * recording.
 */
import { type IdentityKey, identityKey } from '../base/identity.ts';
import type { Model } from '../model/model.ts';
import type { Part } from '../model/source-table.ts';
import { ownPart, type ScoreScope } from './own.ts';
import { type DiskSpells, nextSpells, type SlowDisk, slowestDisk } from './slowest-disk.ts';

interface Peak<Value> {
  readonly value: Value;
  /** Unix ms. */
  readonly atMs: number;
}

export interface ScoreFold {
  /** Of the first Model and the last, Unix ms. */
  readonly startedMs: number;
  readonly lastMs: number;
  readonly memory: Peak<{ readonly usedBytes: number; readonly totalBytes: number }> | null;
  /** Of the rebuild itself. */
  readonly own: Peak<{ readonly bytes: number; readonly build: string | null }> | null;
  readonly disk: Peak<SlowDisk> | null;
  /** Percent of all CPUs times seconds, and the seconds. */
  readonly cpu: { readonly percentSec: number; readonly sec: number };
  /** How long all of it usually takes; null: most of it was never built. */
  readonly usualSec: number | null;
  /** Of its builds, as they are now; null: processes were not read. */
  readonly zombies: number | null;
  /** Builds that were its own. */
  readonly builds: ReadonlySet<IdentityKey>;
  readonly spells: DiskSpells;
  /** When each was read last, monotonic ms. */
  readonly readAtMs: Readonly<Partial<Record<Part, number>>>;
}

/** Of what is left to build, so much must have been built before, for a time that is usual. */
const leastKnown = 0.5;
/** What was not looked at for longer was nobody's mean: a recording has gaps. */
const longestGapMs = 120_000;

export function nextScore(before: ScoreFold | null, model: Model, scope: ScoreScope): ScoreFold {
  const { timeMs } = model;
  const own = ownPart(model, scope);
  const builds = withBuilds(before?.builds ?? new Set(), own.builds.map(identityKey));
  const disks = stepOf('disks', before, model);
  const known = before?.spells ?? new Map();
  const spells = disks === null ? known : nextSpells(known, model, disks.fromMs, disks.toMs);
  const slow = disks === null ? null : slowestDisk(model, spells);
  const startedMs = before?.startedMs ?? timeMs;
  return {
    startedMs,
    lastMs: timeMs,
    memory: memoryPeak(before?.memory ?? null, model),
    own: ownPeak(before?.own ?? null, own, timeMs),
    disk:
      slow !== null && slow.awaitMs > (before?.disk?.value.awaitMs ?? -1)
        ? { value: slow, atMs: timeMs }
        : (before?.disk ?? null),
    cpu: nextCpu(before, model),
    usualSec: before?.usualSec ?? usualSec(model, scope, startedMs),
    zombies: model.readAtMs.forest === undefined ? null : zombiesOf(model, builds),
    builds,
    spells,
    readAtMs: model.readAtMs,
  };
}

/** Between two readings of one source; null: it was not read anew, or for the first time. */
function stepOf(part: Part, before: ScoreFold | null, { readAtMs }: Model) {
  const fromMs = before?.readAtMs[part];
  const toMs = readAtMs[part];
  if (fromMs === undefined || toMs === undefined || toMs <= fromMs || toMs - fromMs > longestGapMs)
    return null;
  return { fromMs, toMs };
}

function memoryPeak(before: ScoreFold['memory'], { memory, timeMs }: Model): ScoreFold['memory'] {
  const { usedBytes, totalBytes } = memory;
  if (usedBytes === null || totalBytes === null || totalBytes <= 0) return before;
  if (before !== null && usedBytes / totalBytes <= before.value.usedBytes / before.value.totalBytes)
    return before;
  return { value: { usedBytes, totalBytes }, atMs: timeMs };
}

function ownPeak(
  before: ScoreFold['own'],
  { builds, residentBytes: bytes }: ReturnType<typeof ownPart>,
  atMs: number,
): ScoreFold['own'] {
  if (bytes === null || bytes <= (before?.value.bytes ?? -1)) return before;
  const heaviest = builds.reduce<(typeof builds)[number] | null>(
    (most, one) => ((one.residentBytes ?? 0) > (most?.residentBytes ?? 0) ? one : most),
    null,
  );
  return { value: { bytes, build: heaviest?.name ?? null }, atMs };
}

function nextCpu(before: ScoreFold | null, model: Model): ScoreFold['cpu'] {
  const { percentSec, sec } = before?.cpu ?? { percentSec: 0, sec: 0 };
  const step = stepOf('cpu', before, model);
  const { userPercent, systemPercent } = model.cpu;
  if (step === null || userPercent === null || systemPercent === null) return { percentSec, sec };
  const seconds = (step.toMs - step.fromMs) / 1000;
  return { percentSec: percentSec + (userPercent + systemPercent) * seconds, sec: sec + seconds };
}

function usualSec({ rebuilds, timeMs }: Model, scope: ScoreScope, startedMs: number): number | null {
  const estimates = rebuilds
    .filter(({ origin }) => scope === null || origin.kind === scope.origin)
    .flatMap(({ estimate }) => (estimate === null || estimate.known < leastKnown ? [] : [estimate.highSec]));
  return estimates.length === 0 ? null : (timeMs - startedMs) / 1000 + Math.max(...estimates);
}

function withBuilds(before: ReadonlySet<IdentityKey>, now: readonly IdentityKey[]): ReadonlySet<IdentityKey> {
  return now.every((key) => before.has(key)) ? before : new Set([...before, ...now]);
}

function zombiesOf({ builds }: Model, own: ReadonlySet<IdentityKey>): number {
  return builds.filter((build) => own.has(identityKey(build))).reduce((all, { states }) => all + states.Z, 0);
}
