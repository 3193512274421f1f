/** How long a cache takes to answer. */
import type { Peer } from './rebuild.ts';

/** Median of the last answers, as exact as a tick; null before the first one. */
export function answerSec({ answersMs }: Pick<Peer, 'answersMs'>): number | null {
  if (answersMs.length === 0) return null;
  const sorted = answersMs.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] as number) / 1000;
}
