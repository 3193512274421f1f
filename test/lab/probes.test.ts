/** Probes on a real Nix. */
import { describe } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { probeCases } from './cases/probes.ts';
import { inTurn } from './in-turn.ts';

const lab = bringUpLab();

describe.skipIf(lab.missing !== null)('probes on a real Nix', { timeout: 90_000 }, () => {
  inTurn();
  probeCases(lab);
});
