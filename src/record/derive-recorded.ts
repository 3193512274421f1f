/** What recorded Samples lead to: a file may hold anything that is well-formed. */
import { type DerivedSample, deriveSample } from '../diagnose/derive-sample.ts';
import type { DiagnoseOptions } from '../diagnose/diagnose.ts';
import { readLogs } from '../logs/read-logs.ts';
import { followStreams, type Streams } from '../logs/streams.ts';
import { readGuards } from '../model/guard/read-status.ts';
import { mergeTrackPoints, type TrackPoint, trackPointOf } from '../model/past/track.ts';
import type { LogsRaw } from '../model/rebuild/followed.ts';
import type { Reading, Sample } from '../model/sample.ts';
import { readCaches } from './read-caches.ts';
import { readHealth, readNotices, readPart } from './read-health.ts';
import { withReadPlaces } from './read-places.ts';
import { readProbes } from './read-probes.ts';

/**
 * Of a Sample that nothing can be derived from only the times count; of one whose streams are none, or its health, what
 * the kernel said, what guards said of themselves, what probes brought, or its caches, all but those.
 * `known`: of streams, where that is not what is in `before`.
 */
export function deriveRecorded(
  sample: Sample,
  before: DerivedSample | null,
  known?: Streams,
  options?: DiagnoseOptions,
): DerivedSample {
  const {
    logs,
    health: _,
    notices: __,
    probes: ___,
    storage: ____,
    guards: _____,
    caches: ______,
    ...others
  } = sample;
  const read = recordedLogs(sample);
  const health = readPart(sample.health, readHealth);
  const notices = readPart(sample.notices, readNotices);
  const probes = readPart(sample.probes, readProbes);
  const guards = readPart(sample.guards, readGuards);
  const caches = readPart(sample.caches, readCaches);
  const storage = withReadPlaces(sample.storage);
  const rest: Sample = {
    ...others,
    ...(storage && { storage }),
    ...(health && { health }),
    ...(notices && { notices }),
    ...(guards && { guards }),
    ...(probes && { probes }),
    ...(caches && { caches }),
  };
  const { version, timeMs, monotonicMs } = sample;
  return (
    attempt(() => deriveSample(read === null ? rest : { ...rest, logs: read }, before, known, options)) ??
    attempt(() => deriveSample(rest, before, known, options)) ??
    deriveSample({ version, timeMs, monotonicMs }, null)
  );
}

/** The same without all the rest: what a Sample's streams lead to. */
export function followRecorded(before: Streams, sample: Sample): Streams {
  const read = recordedLogs(sample);
  return (read?.ok ? attempt(() => followStreams(before, read.value, sample.timeMs)) : null) ?? before;
}

/** Null: none, or nothing that can be read. */
export function recordedLogs({ logs }: Sample): Reading<LogsRaw> | null {
  const read = readPart(logs, (value) => readLogs(value) ?? undefined);
  return read?.ok ? read : null;
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** Of a chunk without a summary: one that is being written, or whose end is lost. Null of none. */
export function sumUp(samples: readonly Sample[]): TrackPoint | null {
  const points: TrackPoint[] = [];
  let before: DerivedSample | null = null;
  for (const sample of samples) {
    before = deriveRecorded(sample, before);
    points.push(trackPointOf(before.model));
  }
  return mergeTrackPoints(points);
}
