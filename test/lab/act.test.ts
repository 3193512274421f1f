/** The actions against a real Nix: one file, so that the cases run one after the other. */
import { describe } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { cancelCases } from './cases/cancel.ts';
import { killCases } from './cases/kill.ts';
import { pauseCases } from './cases/pause.ts';
import { reuseCases } from './cases/reuse.ts';
import { inTurn } from './in-turn.ts';

const lab = bringUpLab();

describe.skipIf(lab.missing !== null)('actions on a real Nix', { timeout: 90_000 }, () => {
  inTurn();
  killCases(lab);
  pauseCases(lab);
  cancelCases(lab);
  reuseCases();
});
