/** An item of a check in words, and its ways out: a row a kind. */
import { type Problem, problemText } from '../base/problem.ts';
import type { CheckFound, CheckItem, ItemId } from '../model/advice/check.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';
import type { ItemWords } from './check-item-words.ts';
import { deployWords } from './check-words-deploy.ts';
import { quickWords } from './check-words-quick.ts';
import { rebuildWords } from './check-words-rebuild.ts';

const rows = { ...rebuildWords, ...deployWords, ...quickWords } as {
  readonly [Kind in ItemId]: ItemWords<Extract<CheckFound, { kind: Kind }>>;
};

/** `space in the store`. */
export function itemTitle(id: ItemId): string {
  return rows[id].title;
}

/** One clause: what was seen, with its numbers. */
export function itemText({ id, found }: CheckItem): string {
  if (found.kind === 'unseen') return unseenText(found.problem, itemTitle(id));
  if (found.kind === 'left-out') return 'left out';
  return (rows[found.kind] as ItemWords<typeof found>).text(found);
}

/** The words of what refused, and who it is unless the title says so; the kind alone where there are none. */
function unseenText(problem: Problem, title: string): string {
  const { where, cause } = problem;
  if (cause === undefined) return problemText(problem);
  return title.split(' ').includes(where) ? cause : `${where}: ${cause}`;
}

/** The gentlest first; empty where nothing is to be done. */
export function itemRemedies({ state, found }: CheckItem): readonly Remedy[] {
  if (state === 'ok' || found.kind === 'unseen' || found.kind === 'left-out') return [];
  return (rows[found.kind] as ItemWords<typeof found>).remedies(found);
}
