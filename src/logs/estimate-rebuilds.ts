/** The estimates of all rebuilds of a Model, made anew every few seconds. */
import type { Model } from '../model/model.ts';
import type { Estimate, FollowedRebuild } from '../model/rebuild/followed.ts';
import { estimateRebuild } from './estimate.ts';
import type { Streams } from './streams.ts';

/** By the clock of the Samples, and on a grid: a replay that jumps here makes the same ones. */
const everyMs = 3_000;

/** With what each rebuild will still take; the same Model where none has changed. `lastMs`: of the Sample before. */
export function estimateRebuilds(model: Model, streams: Streams, lastMs: number | null): Model {
  const isDue = lastMs === null || Math.floor(lastMs / everyMs) !== Math.floor(model.timeMs / everyMs);
  if (!isDue || model.rebuilds.length === 0) return model;
  let changed = false;
  const rebuilds = model.rebuilds.map((one) => {
    const now = one.over
      ? null
      : estimateRebuild(one, { ...streams, hasPlan: hasPlan(one, streams) }, model.timeMs);
    if (isSameEstimate(one.estimate, now)) return one;
    changed = true;
    return { ...one, estimate: now };
  });
  return changed ? { ...model, rebuilds } : model;
}

/** Its client has printed what it will build: `nix build` does so since Nix 2.10. */
function hasPlan({ id, rebuild }: FollowedRebuild, { byId }: Streams): boolean {
  const stream = byId.get(id.slice(0, -rebuild.key.length - 1));
  return (stream?.state.memories.get(rebuild.key)?.planList ?? null) !== null;
}

function isSameEstimate(a: Estimate | null, b: Estimate | null): boolean {
  if (a === null || b === null) return a === b;
  return a.lowSec === b.lowSec && a.highSec === b.highSec && a.known === b.known;
}
