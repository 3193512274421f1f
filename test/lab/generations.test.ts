/** Generations and rollback on a real Nix: apart from the builds, for they have a profile of their own. */
import { describe } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { rollbackCases } from './cases/rollback.ts';
import { inTurn } from './in-turn.ts';

const lab = bringUpLab();

describe.skipIf(lab.missing !== null)('generations on a real Nix', { timeout: 60_000 }, () => {
  inTurn();
  rollbackCases(lab);
});
