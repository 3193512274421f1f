/** The headless modes: two looks at the machine, or more, and the Model they make. */
import { type DerivedSample, deriveSample } from '../diagnose/derive-sample.ts';
import type { DiagnoseOptions } from '../diagnose/diagnose.ts';
import type { Streams } from '../logs/streams.ts';
import type { Model } from '../model/model.ts';
import { withNewest } from '../model/newest-parts.ts';
import type { Sample } from '../model/sample.ts';
import type { Clock } from '../platform/ports.ts';
import type { Source } from '../samplers/source.ts';
import { createLoop } from './loop.ts';

/** Longest wait for facts beyond the interval. */
const factsMs = 500;
/** Build users, then builders' facts, then names of locks and directories. */
const warmUpLooks = 3;

export interface SnapshotOptions {
  readonly sources: readonly Source[];
  readonly clock: Clock;
  /** Between the two looks that rates are made of. */
  readonly intervalMs: number;
  /** Default: the usual thresholds. */
  readonly diagnose?: DiagnoseOptions;
  readonly derive?: (sample: Sample, before: DerivedSample | null, following?: Streams) => DerivedSample;
  /** Resolves when the facts that the first look asked for are back; the second look brings them. */
  readonly settled?: () => Promise<void>;
}

/** Closes the sources. What has not come back by then is missing from the model, never waited for. */
export async function takeModel(options: SnapshotOptions): Promise<Model> {
  try {
    return await lookTwice(options);
  } finally {
    for (const source of options.sources) source.close();
  }
}

/** The same with the sources left open, for whoever acts on what was seen. */
export async function lookTwice(options: SnapshotOptions): Promise<Model> {
  const looker = createLooker(options);
  await looker.begin();
  return looker.next();
}

export interface Looker {
  /** The first look that counts, once the facts are there. `before`: what is known of the time before it. */
  begin(
    before?: (first: Sample) => { readonly derived: DerivedSample; readonly following: Streams } | null,
  ): Promise<Model>;
  /** One more, an interval later. */
  next(): Promise<Model>;
}

export function createLooker(options: SnapshotOptions): Looker {
  const { sources, clock, intervalMs, diagnose, settled } = options;
  const usual: NonNullable<SnapshotOptions['derive']> = (sample, before, following) =>
    deriveSample(sample, before, following, diagnose);
  const { derive = usual } = options;
  const loop = createLoop({ sources, clock, onSample: () => {} });
  const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  let derived: DerivedSample | null = null;

  function told(next: DerivedSample): Model {
    derived = next;
    for (const source of sources) source.looked?.(next.model);
    return next.model;
  }

  return {
    async begin(before) {
      // What a look finds decides what the next one asks for; rates need a first look that knows the builds.
      let looked: Partial<Sample> = {};
      for (let round = 0; settled && round < warmUpLooks; round++) {
        // Host and storage are given once, when they arrive: the look that counts keeps what these found.
        looked = withNewest(looked, loop.sampleNow());
        const back = await Promise.race([settled().then(() => true), wait(factsMs)]);
        if (!back) break;
      }
      const first = withNewest(looked, loop.sampleNow());
      const known = before?.(first) ?? null;
      return told(derive(first, known?.derived ?? null, known?.following));
    },
    async next() {
      await wait(intervalMs);
      if (settled) await Promise.race([settled(), wait(factsMs)]);
      return told(derive(loop.sampleNow(), derived));
    },
  };
}
