/** How many builds run at once: from what was seen and what nix.conf says. */
import type { Build, Rebuild } from '../model/rebuild/rebuild.ts';

/** `most`: where all slots are used; `least`: where no more than were seen are. */
export interface BuildSlots {
  readonly most: number;
  readonly least: number;
}

/** Of the builds that ended last: enough to have seen all slots in use. */
const lookedAt = 200;

/** `maxJobs` null: not known; then no more than was seen, at least one (Nix's own default). */
export function buildSlots(
  { running, finished, failed }: Pick<Rebuild, 'running' | 'finished' | 'failed'>,
  maxJobs: number | null,
): BuildSlots {
  const over = [...[...finished.values()].slice(-lookedAt), ...failed.values()];
  const builds = [...over.filter(({ endIsLate }) => !endIsLate), ...running.values()];
  const here = atOnce(builds.filter(({ host }) => host === null));
  const elsewhere = atOnce(builds.filter(({ host }) => host !== null));
  return {
    most: Math.max(1, Math.max(here, maxJobs ?? 0) + elsewhere),
    least: Math.max(1, here + elsewhere),
  };
}

/** The most that ran at the same time. */
function atOnce(builds: readonly Pick<Build, 'startedMs' | 'endedMs'>[]): number {
  const changes: { readonly ms: number; readonly by: 1 | -1 }[] = [];
  for (const { startedMs, endedMs } of builds) {
    if (startedMs === null || startedMs === endedMs) continue;
    changes.push({ ms: startedMs, by: 1 });
    if (endedMs !== null) changes.push({ ms: endedMs, by: -1 });
  }
  // One that begins in the tick in which another ended took its slot.
  changes.sort((a, b) => a.ms - b.ms || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
