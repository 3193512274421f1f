/** Lower, limit and restore against a real Nix. */
import { describe } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { lowerCases } from './cases/lower.ts';
import { inTurn } from './in-turn.ts';

const lab = bringUpLab();

describe.skipIf(lab.missing !== null)('builds of a real Nix, lowered', { timeout: 90_000 }, () => {
  inTurn();
  lowerCases(lab);
});
