/** All Models of a recording, in order of time, without a screen. */
import type { Model } from '../../model/model.ts';
import type { Recording } from '../../record/recording.ts';
import { deriveBack, follow, type Link, lookBackMs } from './chain.ts';
import { createReel } from './reel.ts';

/** `fromMs`: the Model nearest to that time is the first, Unix ms; null: from the start. */
export async function* modelsOf(
  recording: Pick<Recording, 'chunks'>,
  fromMs: number | null = null,
): AsyncGenerator<Model, void, void> {
  const reel = createReel(recording);
  const first = fromMs === null ? await reel.first() : await reel.at(fromMs, 'nearest');
  if (first === null) return;
  const back = await deriveBack(reel, first, fromMs === null ? 0 : lookBackMs, 1);
  let link: Link | undefined = back?.links.at(-1);
  while (link !== undefined) {
    yield link.derived.model;
    const next = await reel.beside(link.place, 1);
    if (next === null) return;
    link = follow(link, next, next.run === link.place.run ? {} : await reel.facts(next));
  }
}
