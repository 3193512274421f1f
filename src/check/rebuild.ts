/** The items of `check rebuild`, in the order in which a rebuild meets them. */
import type { CheckItem } from '../model/advice/check.ts';
import type { RebuildFacts } from '../model/advice/rebuild-facts.ts';
import { storeSpace } from './rebuild/space.ts';
import { unseen } from './unseen.ts';

export function rebuildItems({ store }: RebuildFacts): readonly CheckItem[] {
  return [
    store.ok ? storeSpace({ ...store.value, neededBytes: null }) : unseen('store-space', null, store.problem),
  ];
}
