/** What is remembered of a watched rebuild for its summary: the newest Model and the peaks. */
import type { RebuildSummary, SummarizedRebuild } from '../../format/rebuild-summary.ts';
import { rebuildTitle } from '../../format/rebuild-words.ts';
import type { Model } from '../../model/model.ts';
import type { FollowedRebuild } from '../../model/rebuild/followed.ts';
import type { Watched, WatchedEnd } from './watched.ts';

export interface Outcome {
  looked(model: Model): void;
  readonly model: Model | null;
  /** Of the command; null: it is not ours. */
  readonly pid: number | null;
  readonly rebuilds: readonly FollowedRebuild[];
  readonly failures: readonly SummarizedRebuild[];
  summary(end: WatchedEnd, endedMs: number): RebuildSummary;
}

/** `also`: told of every look after it. */
export function createOutcome(
  { origin, command, pid }: Watched,
  also: readonly ((model: Model) => void)[] = [],
): Outcome {
  let model: Model | null = null;
  let peakBytes: number | null = null;
  const builds = new Map<string, number>();
  const rebuilds = () => (model?.rebuilds ?? []).filter((one) => one.origin.kind === origin);

  return {
    pid,
    looked(now) {
      model = now;
      const ours = new Set(rebuilds().map(({ id }) => id));
      let bytes = 0;
      for (const { log, residentBytes } of now.builds) {
        if (log === null || !ours.has(log.rebuild) || residentBytes === null) continue;
        bytes += residentBytes;
        if (residentBytes > (builds.get(log.drv) ?? 0)) builds.set(log.drv, residentBytes);
      }
      if (bytes > (peakBytes ?? 0)) peakBytes = bytes;
      for (const looked of also) looked(now);
    },
    get model() {
      return model;
    },
    get rebuilds() {
      return rebuilds();
    },
    get failures() {
      return rebuilds().map(withFailures);
    },
    summary: ({ exitCode, signal }, endedMs) => ({
      command: command === null || origin !== 'command' ? null : command.words,
      exitCode,
      signal,
      lengthMs: command === null ? null : endedMs - command.startedMs,
      peakBytes,
      peaks: builds,
      rebuilds: rebuilds().map(withFailures),
    }),
  };
}

function withFailures(one: FollowedRebuild): SummarizedRebuild {
  return { title: rebuildTitle(one), rebuild: one.rebuild, failures: one.failures };
}
