/** A Sample with the events of streams becomes a Model without verdicts; diagnose/derive-sample.ts adds those. */
import { type Derived, derive } from '../model/derive.ts';
import type { Sample } from '../model/sample.ts';
import { enterEvidence } from './entered-evidence.ts';
import { estimateRebuilds } from './estimate-rebuilds.ts';
import { type Explained, explainFailures, nothingExplained } from './explain-failures.ts';
import { followStreams, noStreams, type Streams } from './streams.ts';

export interface DerivedWithStreams extends Derived {
  readonly streams: Streams;
  readonly explained: Explained;
}

/** Pure: the same Samples give the same Model. `following`: of the streams, where that is not what is in `before`. */
export function deriveWithStreams(
  sample: Sample,
  before: DerivedWithStreams | null,
  following: Streams = before?.streams ?? noStreams,
): DerivedWithStreams {
  const { logs } = sample;
  const streams = logs?.ok ? followStreams(following, logs.value, sample.timeMs) : following;
  const entered = before === null && logs?.ok ? enterEvidence(logs.value.evidence) : null;
  const derived = derive(
    sample,
    before,
    entered === null ? streams : withCommands(streams, entered.commands),
  );
  const last = before?.model ?? null;
  const known = before?.explained ?? entered?.explained ?? nothingExplained;
  const { model, explained } = explainFailures(derived.model, last, known);
  return { ...derived, model: estimateRebuilds(model, streams, last?.timeMs ?? null), explained, streams };
}

/** Of clients that are not in the process table any more. */
function withCommands(streams: Streams, commands: ReadonlyMap<string, string>): Streams {
  if (commands.size === 0) return streams;
  const rebuilds = streams.rebuilds.map((one) => ({ ...one, command: commands.get(one.id) ?? one.command }));
  return { ...streams, rebuilds };
}
