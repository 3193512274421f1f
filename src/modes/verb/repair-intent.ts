/** What `verify --repair` repairs, the paths that the verification just found, and what is left of them. */

import type { Intent } from '../../model/intents/intent.ts';
import { damagedPaths } from '../../model/nix-store/store-check.ts';
import { readLastVerification } from '../../nix-store/last-verification.ts';
import type { ActionDeps } from '../../perform/action-deps.ts';

/** Null where nothing is known to be damaged. */
export async function repairIntent({ ports, stateDirectory }: ActionDeps): Promise<Intent | null> {
  const last = await readLastVerification(ports, stateDirectory);
  const paths = last.ok && last.value !== null ? damagedPaths(last.value) : [];
  return paths.length === 0 ? null : { type: 'repair', paths };
}

/** How many paths the last verification calls bad, what was repaired since left out. */
export async function damageLeft({ ports, stateDirectory }: ActionDeps): Promise<number> {
  const last = await readLastVerification(ports, stateDirectory);
  if (!last.ok || last.value === null) return 0;
  return damagedPaths(last.value).length + last.value.unreadable.length;
}
