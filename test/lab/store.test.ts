/** Verify, repair and garbage on a real Nix. */
import { describe } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { sharedStoreCases } from './cases/shared-store.ts';
import { storeCases } from './cases/store.ts';
import { inTurn } from './in-turn.ts';

const lab = bringUpLab();

describe.skipIf(lab.missing !== null)('the store of a real Nix', { timeout: 90_000 }, () => {
  inTurn();
  storeCases(lab);
  sharedStoreCases(lab);
});
