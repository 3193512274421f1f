/** The items of `check rebuild`, in the order in which a rebuild meets them. */
import type { CheckItem } from '../model/advice/check.ts';
import type { RebuildFacts } from '../model/advice/rebuild-facts.ts';
import { bootItems } from './rebuild/boot.ts';
import { evaluationItem } from './rebuild/evaluation.ts';
import { featuresItem } from './rebuild/features.ts';
import { memoryItem } from './rebuild/memory.ts';
import { builderItems, cacheItems } from './rebuild/peers.ts';
import { runningItems } from './rebuild/running.ts';
import { spaceItems } from './rebuild/space.ts';
import { stateItems } from './rebuild/state.ts';

export function rebuildItems(facts: RebuildFacts): readonly CheckItem[] {
  return [
    evaluationItem(facts),
    ...stateItems(facts),
    ...spaceItems(facts),
    memoryItem(facts),
    ...cacheItems(facts),
    ...builderItems(facts),
    featuresItem(facts),
    ...bootItems(facts),
    ...runningItems(facts),
  ];
}
