/** A moment of a recording with all that the time before it tells. */
import type { DiagnoseOptions } from '../../diagnose/diagnose.ts';
import type { Recording } from '../../record/recording.ts';
import { type Moment, momentsFrom } from '../replay/moments.ts';
import { createRecordedSamples, isBefore } from '../replay/recorded-samples.ts';
import { createMemory } from '../replay/remembered.ts';

/** The longest of what a verdict waits for, but for what sleeps until a time. */
export const lookBackMs = 30 * 60_000;
/** Samples between two rests. */
const mostAtOnce = 100;

export interface Folded {
  readonly moment: Moment;
  /** Unix ms of the first Sample that it knows of. */
  readonly fromMs: number;
}

/** So much later than the others' a chunk may end that one writer has not written yet. */
const writesWithinMs = 30_000;

/**
 * Of several that record side by side, as two dashboards do, the one that has watched for longest: whose chunk ends last
 * is chance, and only one writer's Samples follow on each other.
 */
export function longestWatch(chunks: Recording['chunks']): Recording['chunks'] {
  const newestMs = Math.max(...chunks.map(({ point }) => point.toMs));
  const writers = [...Map.groupBy(chunks, ({ writer }) => writer).values()];
  const beganMs = (own: Recording['chunks']) => own[0]?.point.fromMs ?? newestMs;
  const [longest = chunks] = writers
    .filter((own) => newestMs - (own.at(-1)?.point.toMs ?? 0) <= writesWithinMs)
    .sort((a, b) => beganMs(a) - beganMs(b));
  return longest;
}

/**
 * `atMs`: Unix ms; the nearest Sample counts. Null where nothing can be read. `rest`: lets signals have their turn.
 * `remember`: what was before the half hour, too, as far as rules tell of it.
 */
export async function foldRecording(
  recording: Pick<Recording, 'chunks'>,
  atMs: number | 'end',
  options: {
    readonly diagnose?: DiagnoseOptions;
    readonly rest?: () => Promise<void>;
    readonly remember?: boolean;
    /** Each, in order. */
    readonly onMoment?: (moment: Moment) => void;
  } = {},
): Promise<Folded | null> {
  const { diagnose, rest, remember = false, onMoment } = options;
  const samples = createRecordedSamples(recording);
  const wanted = await samples.find(atMs);
  if (wanted === null) return null;
  const from = await samples.back(wanted, lookBackMs);
  let fromMs = from.sample.timeMs;
  const onBegin = (timeMs: number) => {
    fromMs = Math.min(fromMs, timeMs);
  };
  const remembered = remember ? await createMemory(samples, diagnose).before(from, { rest, onBegin }) : null;
  let last: Moment | null = null;
  let count = 0;
  for await (const moment of momentsFrom(samples, from, diagnose, remembered)) {
    last = moment;
    onMoment?.(moment);
    if (!isBefore(moment.position, wanted)) break;
    count += 1;
    if (count % mostAtOnce === 0) await rest?.();
  }
  return last && { moment: last, fromMs };
}
