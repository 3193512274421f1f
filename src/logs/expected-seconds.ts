/** How long builds are expected to take, from how long those of their name took. */
import type { DerivationRaw } from '../model/rebuild/derivation.ts';
import { type Durations, quantile, type Runs, runsOfBuild } from '../model/rebuild/durations.ts';
import type { RemainingWork } from './remaining-work.ts';

/** A single run says little of the next: its range is this much below and above. */
const spreadOfOne = 0.35;
/** Of whole seconds, seen at ticks. */
const roundingSec = 0.5;

export interface ExpectedBuilds {
  /** Of each node its runs; null without a history. */
  readonly runs: readonly (Runs | null)[];
  /** How many nodes have some. */
  readonly known: number;
  /** Medians of those, the shortest first: what is taken of a build that nobody knows. Empty where there is none. */
  readonly medians: ArrayLike<number>;
}

export function expectedBuilds(
  { drvs, running }: RemainingWork,
  history: { readonly derivations: ReadonlyMap<string, DerivationRaw>; readonly durations: Durations },
): ExpectedBuilds {
  const runs = drvs.map((drv, node) =>
    runsOfBuild(history, drv, node < running.length ? running[node]?.host : undefined),
  );
  let known = 0;
  for (const one of runs) if (one !== null) known += 1;
  if (known === runs.length) return { runs, known, medians: [] };
  return {
    runs,
    known,
    medians: Float64Array.from(runs.flatMap((one) => one?.usual.medianSec ?? [])).sort(),
  };
}

/** Seconds that each node still takes, at a share (0.5: as likely more as less) of what was seen. */
export function secondsLeft(
  { running, drvs }: RemainingWork,
  { runs, medians }: ExpectedBuilds,
  share: number,
  nowMs: number,
): Float64Array {
  const unknown = medians.length === 0 ? 0 : quantile(medians, share);
  const seconds = new Float64Array(drvs.length);
  for (let node = 0; node < drvs.length; node++) {
    const startedMs = node < running.length ? (running[node]?.startedMs ?? null) : null;
    const elapsed = startedMs === null ? 0 : Math.max(0, (nowMs - startedMs) / 1000);
    seconds[node] = left(runs[node] ?? null, share, unknown, elapsed);
  }
  return seconds;
}

function left(runs: Runs | null, share: number, unknownSec: number, elapsedSec: number): number {
  if (elapsedSec === 0) return runs === null ? unknownSec : at(runs.sorted, share);
  const longest = runs === null ? unknownSec : at(runs.sorted, 1);
  // Longer than ever: as much again as it has gone beyond, up to half of the whole.
  if (elapsedSec >= longest) return share * Math.min(elapsedSec / 2, 10 + 2 * (elapsedSec - longest));
  if (runs === null) return Math.max(0, unknownSec - elapsedSec);
  const longer = runs.sorted.filter((one) => one > elapsedSec);
  if (longer.length === 0) return Math.max(0, longest - elapsedSec) * share;
  return Math.max(0, at(longer, share) - elapsedSec);
}

function at(sorted: readonly number[], share: number): number {
  const value = quantile(sorted, share);
  const few = spreadOfOne / Math.sqrt(sorted.length);
  const aside = 2 * (share - 0.5);
  return Math.max(0, value * (1 + few * aside) + roundingSec * aside);
}
