/**
 * A Sample with all that is in it, the events of streams too, becomes a Model with its verdicts and findings: what
 * everybody calls, live or replayed.
 */
import { type DerivedWithStreams, deriveWithStreams } from '../logs/derive-with-streams.ts';
import type { Streams } from '../logs/streams.ts';
import { appendEvents } from '../model/machine/derive-events.ts';
import type { Model } from '../model/model.ts';
import type { Sample } from '../model/sample.ts';
import { decide } from './decision-path.ts';
import { type DiagnoseOptions, type Diagnosis, diagnose, noDiagnosis } from './diagnose.ts';
import { findingEvents } from './finding-events.ts';
import { type Findings, findAll, noFindings } from './findings.ts';

export interface DerivedSample extends DerivedWithStreams {
  readonly diagnosis: Diagnosis;
  readonly found: Findings;
}

/** Pure: the same Samples give the same Model. `following`: of the streams, where that is not what is in `before`. */
export function deriveSample(
  sample: Sample,
  before: DerivedSample | null,
  following?: Streams,
  options: DiagnoseOptions = {},
): DerivedSample {
  const derived = deriveWithStreams(sample, before, following);
  const { model } = derived;
  if (before !== null && tellsNothing(sample) && sameLevels(model.shortages, before.model.shortages)) {
    const { diagnosis, found } = before;
    return { ...derived, diagnosis, found };
  }
  const diagnosis = diagnose(model, before?.diagnosis ?? noDiagnosis, options);
  const judged = { ...model, verdicts: diagnosis.verdicts };
  const found = findAll(judged, before?.found ?? noFindings, options);
  const { findings, hypotheses } = found;
  const told = { ...judged, findings, hypotheses };
  const last = before?.model;
  const decision = last !== undefined && asBefore(told, last) ? last.decision : decide(told, last?.decision);
  const events = appendEvents(told.events, findingEvents(told, before?.found.findings ?? []));
  return { ...derived, model: { ...told, decision, events }, diagnosis, found };
}

/** Read between two looks at the rest, which is what verdicts and rules are about. */
const betweenLooks: ReadonlySet<string> = new Set<keyof Sample>([
  ...(['version', 'timeMs', 'monotonicMs'] as const),
  ...(['pressure', 'cpu'] as const),
]);

function tellsNothing(sample: Sample): boolean {
  return Object.keys(sample).every((part) => betweenLooks.has(part));
}

/** Of pressure they ask what is short and since when, not by how much. */
function sameLevels(now: Model['shortages'], before: Model['shortages']): boolean {
  return (
    now.length === before.length &&
    now.every((one, at) => {
      const other = before[at];
      return (
        one.resource === other?.resource &&
        one.levelSinceMs === other.levelSinceMs &&
        one.cause.kind === other.cause.kind
      );
    })
  );
}

/** All that the path is made of; which disk a test would look at changes with the rest. */
function asBefore(now: Model, before: Model): boolean {
  return (
    now.verdicts === before.verdicts &&
    now.findings === before.findings &&
    now.hypotheses === before.hypotheses &&
    now.probes === before.probes
  );
}
