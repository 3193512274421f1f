/** The estimates of all rebuilds of a Model, made anew every few seconds. */
import type { Model } from '../model/model.ts';
import type { Estimate, FollowedRebuild } from '../model/rebuild/followed.ts';
import type { Rebuild } from '../model/rebuild/rebuild.ts';
import { endedUnsaid } from './ended-unsaid.ts';
import { estimateRebuild, type Known } from './estimate.ts';
import type { Streams } from './streams.ts';

/** By the clock of the Samples, and on a grid: a replay that jumps here makes the same ones. */
const everyMs = { small: 1_000, large: 3_000 } as const;
/** So many builds that are left take half a millisecond. */
const mostSmall = 500;

/** With what each rebuild will still take, and how many of its builds have ended without a word of it; the same Model where none has changed. `lastMs`: of the Sample before. */
export function estimateRebuilds(model: Model, streams: Streams, lastMs: number | null): Model {
  const isDue = ({ planned, running }: Rebuild) => {
    const ms = planned.size + running.size > mostSmall ? everyMs.large : everyMs.small;
    return lastMs === null || Math.floor(lastMs / ms) !== Math.floor(model.timeMs / ms);
  };
  let changed = false;
  const rebuilds = model.rebuilds.map((one) => {
    if (!isDue(one.rebuild)) return one;
    const known = one.over ? null : knownOf(one, model, streams);
    const estimate = known && estimateRebuild(one, known, model.timeMs);
    const endedUnsaid = known?.ended?.size ?? 0;
    if (isSameEstimate(one.estimate, estimate) && one.endedUnsaid === endedUnsaid) return one;
    changed = true;
    return { ...one, estimate, endedUnsaid };
  });
  return changed ? { ...model, rebuilds } : model;
}

function knownOf(
  { id, stream, rebuild }: FollowedRebuild,
  { builds, timeMs }: Model,
  streams: Streams,
): Known {
  const memory = streams.byId.get(stream)?.state.memories.get(rebuild.key);
  const alive = new Set(builds.flatMap(({ log }) => (log?.rebuild === id ? log.drv : [])));
  const { derivations, durations, maxJobs } = streams;
  return {
    ...{ derivations, durations, maxJobs },
    // Its client has printed what it will build: `nix build` does so since Nix 2.10.
    hasPlan: (memory?.planList ?? null) !== null,
    ended: endedUnsaid(rebuild, memory, alive, timeMs),
  };
}

function isSameEstimate(a: Estimate | null, b: Estimate | null): boolean {
  if (a === null || b === null) return a === b;
  return a.lowSec === b.lowSec && a.highSec === b.highSec && a.known === b.known;
}
