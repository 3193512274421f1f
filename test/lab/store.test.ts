/** Verify, repair and garbage on a real Nix. */
import { afterAll, beforeAll, describe } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { sharedStoreCases } from './cases/shared-store.ts';
import { storeCases } from './cases/store.ts';
import { takeTurn } from './turn.ts';

const lab = bringUpLab();

describe.skipIf(lab.missing !== null)('the store of a real Nix', { timeout: 90_000 }, () => {
  let endTurn = (): void => {};
  beforeAll(async () => {
    endTurn = await takeTurn();
  }, 600_000);
  afterAll(() => endTurn());
  storeCases(lab);
  sharedStoreCases(lab);
});
