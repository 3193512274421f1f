/** The forest of this very moment as a graph. */
import { type Forest, growForest } from '../model/forest/forest.ts';
import type { ActionContext } from './action.ts';

/** Null where there is none to read. */
export function forestNow({ readForest }: Pick<ActionContext, 'readForest'>): Forest | null {
  const raw = readForest();
  return raw === null ? null : growForest(raw);
}
