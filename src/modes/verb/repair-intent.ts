/** What `verify --repair` repairs: the paths that the verification just found. */

import type { Intent } from '../../model/intents/intent.ts';
import { damagedPaths } from '../../model/nix-store/store-check.ts';
import { readLastVerification } from '../../nix-store/last-verification.ts';
import type { Means } from '../../perform/carry-out.ts';

/** Null where nothing is known to be damaged. */
export async function repairIntent({ ports, stateDirectory }: Means): Promise<Intent | null> {
  const last = await readLastVerification(ports, stateDirectory);
  const paths = last.ok && last.value !== null ? damagedPaths(last.value) : [];
  return paths.length === 0 ? null : { type: 'repair', paths };
}
