/** Why a rebuild failed, for tests that know names and no hashes. */
import { rootCauses } from '../../../src/logs/root-causes.ts';
import { nameOfDerivation } from '../../../src/model/nix-store/store-path.ts';
import type { Cause, Evidence } from '../../../src/model/rebuild/cause.ts';
import type { Rebuild } from '../../../src/model/rebuild/rebuild.ts';

/** By the name of the first derivation. */
export function causesByName(rebuild: Rebuild, evidence: Evidence = {}): Record<string, Cause> {
  return Object.fromEntries(
    rootCauses(rebuild, evidence).map(({ cause, drvs: [drv] }) => [
      drv === undefined ? 'nobody' : nameOfDerivation(drv),
      cause,
    ]),
  );
}
