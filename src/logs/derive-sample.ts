/** A Sample with all that is in it, the events of streams too, becomes a Model: what everybody calls, live or replayed. */
import { type Derived, derive } from '../model/derive.ts';
import type { Sample } from '../model/sample.ts';
import { estimateRebuilds } from './estimate-rebuilds.ts';
import { type Explained, explainFailures, nothingExplained } from './explain-failures.ts';
import { followStreams, noStreams, type Streams } from './streams.ts';

export interface DerivedWithStreams extends Derived {
  readonly streams: Streams;
  readonly explained: Explained;
}

/** Pure: the same Samples give the same Model. `known`: of the streams, where that is not what is in `before`. */
export function deriveSample(
  sample: Sample,
  before: DerivedWithStreams | null,
  known: Streams = before?.streams ?? noStreams,
): DerivedWithStreams {
  const { logs } = sample;
  const streams = logs?.ok ? followStreams(known, logs.value, sample.timeMs) : known;
  const derived = derive(sample, before, streams);
  const last = before?.model ?? null;
  const { model, explained } = explainFailures(derived.model, last, before?.explained ?? nothingExplained);
  return { ...derived, model: estimateRebuilds(model, streams, last?.timeMs ?? null), explained, streams };
}
