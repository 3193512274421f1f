/** Real streams, as far as they had come at some moment: what a Model has of them, folded and joined as in the program. */
import { estimateRebuilds } from '../../src/logs/estimate-rebuilds.ts';
import { explainFailures, nothingExplained } from '../../src/logs/explain-failures.ts';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import { followStreams, noStreams } from '../../src/logs/streams.ts';
import type { Model } from '../../src/model/model.ts';
import type { DurationsRaw } from '../../src/model/rebuild/durations.ts';
import type { StreamOrigin } from '../../src/model/rebuild/followed.ts';
import { joinBuilds, joinClients } from '../../src/model/rebuild/join-processes.ts';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';
import { eventsOf, logBytes } from './logs.ts';

/** The whole stream in one tick. */
export function rebuildOfLog(name: string, timeMs = 1000): Rebuild {
  const [rebuild] = foldLog(newLogState('one'), eventsOf(logBytes(name)), timeMs).rebuilds;
  if (rebuild === undefined) throw new Error(`no rebuild in ${name}`);
  return rebuild;
}

export interface StreamSoFar {
  readonly events: readonly LogEvent[];
  readonly origin: StreamOrigin;
  /** How long ago it began; its events came evenly since then. */
  readonly lengthSec: number;
  /** Nothing came for so long. */
  readonly quietSec?: number;
  /** What is known of earlier builds. */
  readonly durations?: readonly DurationsRaw[];
}

/** The events of a stream up to the first one that says it: `upTo` null, all. */
export function eventsUpTo(name: string, upTo: ((event: LogEvent) => boolean) | null): readonly LogEvent[] {
  const events = eventsOf(logBytes(name));
  if (upTo === null) return events;
  const at = events.findIndex(upTo);
  if (at < 0) throw new Error(`${name} does not get there`);
  return events.slice(0, at + 1);
}

const ticks = 60;

/** The model, with the rebuilds of these streams joined to its clients and builds. */
export function following(base: Model, ...streams: readonly StreamSoFar[]): Model {
  let followed = noStreams;
  for (const [index, { events, origin, lengthSec, quietSec = 0, durations = [] }] of streams.entries()) {
    const lastMs = base.timeMs - quietSec * 1000;
    const firstMs = base.timeMs - lengthSec * 1000;
    for (let tick = 0; tick < ticks; tick += 1) {
      const at = (share: number) => Math.round((events.length * share) / ticks);
      const timeMs = Math.round(firstMs + ((lastMs - firstMs) * tick) / (ticks - 1));
      const now = events.slice(at(tick), at(tick + 1));
      if (now.length === 0) continue;
      const raw = { id: `stream ${index}`, origin, writers: 'one' as const, events: now };
      followed = followStreams(followed, { streams: [raw], durations }, timeMs);
    }
  }
  const rebuilds = joinClients(followed.rebuilds, base, 'now', []);
  const builds = joinBuilds(base.builds, rebuilds, [], base.builds, followed);
  const { derivations, durations } = followed;
  const model = { ...base, rebuilds, builds, derivations, durations };
  return estimateRebuilds(explainFailures(model, null, nothingExplained).model, followed, null);
}
