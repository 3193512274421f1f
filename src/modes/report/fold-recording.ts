/** A recording, or a stretch of it, folded into an incident. */
import type { TimeSpan } from '../../base/time-span.ts';
import type { DiagnoseOptions } from '../../diagnose/diagnose.ts';
import { createIncidentFold, type IncidentFold } from '../../incident/fold.ts';
import type { Incident } from '../../model/incident/incident.ts';
import type { KeptEntry } from '../../model/intents/outcome.ts';
import type { Recording } from '../../record/recording.ts';
import type { ScoreLimits } from '../../score/limits.ts';
import { modelsOf } from '../replay/moments.ts';
import { spanOf } from '../replay/playlist.ts';
import { type AskedSpan, reportSpan } from './span.ts';

/** Samples between two rests. */
const mostAtOnce = 100;

export interface FoldRecordingOptions {
  readonly asked: AskedSpan;
  readonly scoreLimits?: ScoreLimits;
  readonly diagnose?: DiagnoseOptions;
  /** Lets signals have their turn. */
  readonly rest?: () => Promise<void>;
  /** Of the journal of actions, where it is at hand: what commands did is in no recording. */
  readonly entries?: readonly KeptEntry[];
}

/** Null where nothing of it can be read. */
export async function incidentIn(
  recording: Pick<Recording, 'chunks' | 'events'>,
  { asked, diagnose, rest, entries = [], scoreLimits }: FoldRecordingOptions,
): Promise<Incident | null> {
  const span = reportSpan(spanOf(recording.chunks), recording.events, asked);
  const fold = createIncidentFold({ fromMs: span.fromMs, ...(scoreLimits && { scoreLimits }) });
  tellEvents(fold, recording, span);
  tellEntries(fold, recording, entries, span);
  let count = 0;
  for await (const model of modelsOf(recording, span.fromMs, diagnose)) {
    // A clock that is set back later on does not bring the end back.
    if (model.timeMs > span.toMs) break;
    fold.add(model);
    count += 1;
    if (count % mostAtOnce === 0) await rest?.();
  }
  return fold.incident({ chosenBy: span.chosenBy });
}

export function tellEvents(
  fold: IncidentFold,
  { events }: Pick<Recording, 'events'>,
  { fromMs, toMs }: TimeSpan,
): void {
  for (const event of events) if (event.timeMs >= fromMs && event.timeMs <= toMs) fold.tell(event);
}

/** But for those that the recording has. */
function tellEntries(
  fold: IncidentFold,
  { events }: Pick<Recording, 'events'>,
  entries: readonly KeptEntry[],
  { fromMs, toMs }: TimeSpan,
): void {
  const known = new Set(events.flatMap((event) => (event.kind === 'action' ? [event.entry.time] : [])));
  for (const entry of entries) {
    const timeMs = Date.parse(entry.time) + (entry.durationMs ?? 0);
    if (timeMs >= fromMs && timeMs <= toMs && !known.has(entry.time))
      fold.tell({ kind: 'action', timeMs, entry });
  }
}
