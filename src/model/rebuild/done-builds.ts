/** Which builds are done since the last look, with a time that counts: the history is made of them. */
import type { Model } from '../model.ts';
import { type BuildDuration, durationHost, durationName } from './durations.ts';
import type { FollowedRebuild } from './followed.ts';
import type { Build } from './rebuild.ts';

/**
 * What a file of many clients holds when it is first read is older than that: what has begun until the reading has
 * caught up has no known begin.
 */
const catchingUpMs = 15_000;

/** What the process table told of builds, by derivation. */
export interface SeenBuilds {
  /** They stood still for a while, because somebody stopped their processes. */
  readonly paused: ReadonlySet<string>;
  /** When their processes were there no more, Unix ms; null: they are there. */
  readonly goneMs: ReadonlyMap<string, number | null>;
}

export function doneBuilds(
  before: readonly FollowedRebuild[],
  { rebuilds, derivations, events }: Pick<Model, 'rebuilds' | 'derivations' | 'events'>,
  seen: SeenBuilds,
): readonly BuildDuration[] {
  const known = new Map(before.map((one) => [one.id, one]));
  const done: BuildDuration[] = [];
  for (const one of rebuilds) {
    const { origin, rebuild } = one;
    const last = known.get(one.id)?.rebuild;
    if (last === undefined || last.finished === rebuild.finished) continue;
    const countsFromMs = rebuild.startedMs + (origin.kind === 'file' ? catchingUpMs : 0);
    for (const build of rebuild.finished.values()) {
      if (build === last.finished.get(build.drv) || !last.running.has(build.drv)) continue;
      const { drv, host, state, startedMs } = build;
      const endedMs = build.endIsLate ? (seen.goneMs.get(drv) ?? null) : build.endedMs;
      if (state !== 'done' || startedMs === null || endedMs === null || endedMs < startedMs) continue;
      if (startedMs < countsFromMs || seen.paused.has(drv) || timeJumped(build, events)) continue;
      const seconds = Math.round((endedMs - startedMs) / 1000);
      done.push({
        host: durationHost(host),
        name: durationName(drv, derivations.get(drv)),
        endedMs,
        seconds,
      });
    }
  }
  return done;
}

/** The machine slept, or its clock was set. */
function timeJumped({ startedMs }: Build, events: Model['events']): boolean {
  return events.some(
    ({ kind, timeMs }) => (kind === 'suspend' || kind === 'clock-jump') && timeMs >= (startedMs ?? 0),
  );
}
