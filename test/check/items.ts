/** Items of a rebuild's check, by their kind. */
import { expect } from 'vitest';
import { rebuildItems } from '../../src/check/rebuild.ts';
import { itemRemedies, itemText } from '../../src/format/check-words.ts';
import type { CheckItem, ItemId } from '../../src/model/advice/check.ts';
import type { RebuildFacts } from '../../src/model/advice/rebuild-facts.ts';
import { soundFacts } from '../support/rebuild-facts.ts';

export function items(over: Partial<RebuildFacts>, id: ItemId): readonly CheckItem[] {
  return rebuildItems(soundFacts(over)).filter((item) => item.id === id);
}

/** The one item of its kind: its state, and its words. */
export function told(over: Partial<RebuildFacts>, id: ItemId) {
  const found = items(over, id);
  expect(found).toHaveLength(1);
  const [item] = found;
  if (item === undefined) throw new Error(id);
  return { state: item.state, text: itemText(item), remedies: itemRemedies(item).length };
}

/** Nothing else is said that a sound machine does not say. */
export function onlyOthers(over: Partial<RebuildFacts>, ...ids: readonly ItemId[]) {
  const bad = rebuildItems(soundFacts(over)).filter(({ state }) => state !== 'ok');
  expect([...new Set(bad.map(({ id }) => id))]).toEqual(ids);
}
