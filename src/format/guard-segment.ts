/** That a guard is armed, at the top of the screen: seen at all times. */
import { printable, truncate } from '../base/text.ts';
import type { Model } from '../model/model.ts';
import { guardWord, mainGuard } from './guard-words.ts';
import { type Segment, segment } from './row.ts';

const mostColumns = 40;

type Guards = Pick<Model, 'guards' | 'timeMs'>;

/** Nothing where there is none. */
export function guardSegment({ guards, timeMs }: Guards): Segment {
  const guard = mainGuard(guards, timeMs);
  if (guard === null) return segment(1.5, '');
  const { text, short, tone } = guardWord(guard, timeMs);
  return segment(1.5, truncate(printable(text), mostColumns), tone, short);
}

/** Where pressure has no row above it: in as few words as there are. */
export function briefGuardSegment({ guards, timeMs }: Guards): Segment {
  const guard = mainGuard(guards, timeMs);
  if (guard === null) return segment(0.7, '');
  const { short, tone } = guardWord(guard, timeMs);
  return segment(0.7, short, tone);
}
