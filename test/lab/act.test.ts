/** The actions against a real Nix: one file, so that the cases run one after the other. */
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { bringUpLab, stopAllBuilds } from '../support/lab.ts';
import { cancelCases } from './cases/cancel.ts';
import { killCases } from './cases/kill.ts';
import { pauseCases } from './cases/pause.ts';
import { reuseCases } from './cases/reuse.ts';
import { takeTurn } from './turn.ts';

const lab = bringUpLab();

describe.skipIf(lab.missing !== null)('actions on a real Nix', { timeout: 90_000 }, () => {
  let endTurn = (): void => {};
  beforeAll(async () => {
    endTurn = await takeTurn();
  }, 600_000);
  afterEach(stopAllBuilds, 60_000);
  afterAll(async () => {
    await stopAllBuilds();
    endTurn();
  }, 60_000);
  killCases(lab);
  pauseCases(lab);
  cancelCases(lab);
  reuseCases();
});
