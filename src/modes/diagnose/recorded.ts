/** A moment of a recording with all that the half hour before it tells. */
import type { DiagnoseOptions } from '../../diagnose/diagnose.ts';
import type { Recording } from '../../record/recording.ts';
import { type Moment, momentsFrom } from '../replay/moments.ts';
import { createRecordedSamples, isBefore } from '../replay/recorded-samples.ts';

/** The longest of what a verdict waits for, but for what sleeps until a time. */
export const lookBackMs = 30 * 60_000;
/** Samples between two rests. */
const mostAtOnce = 100;

export interface Folded {
  readonly moment: Moment;
  /** Unix ms of the first Sample that it knows of. */
  readonly fromMs: number;
}

/** `atMs`: Unix ms; the nearest Sample counts. Null where nothing can be read. `rest`: lets signals have their turn. */
export async function foldRecording(
  recording: Pick<Recording, 'chunks'>,
  atMs: number | 'end',
  options: { readonly diagnose?: DiagnoseOptions; readonly rest?: () => Promise<void> } = {},
): Promise<Folded | null> {
  const samples = createRecordedSamples(recording);
  const wanted = await samples.find(atMs);
  if (wanted === null) return null;
  const from = await samples.back(wanted, lookBackMs);
  let last: Moment | null = null;
  let count = 0;
  for await (const moment of momentsFrom(samples, from, options.diagnose)) {
    last = moment;
    if (!isBefore(moment.position, wanted)) break;
    count += 1;
    if (count % mostAtOnce === 0) await options.rest?.();
  }
  return last && { moment: last, fromMs: from.sample.timeMs };
}
