/** The program against a real Nix: one file, so that the cases run one after the other. */
import { describe } from 'vitest';
import { bringUpLab, newest } from '../support/lab.ts';
import { clientCases } from './cases/clients.ts';
import { directCases } from './cases/direct.ts';
import { escapeCases } from './cases/escape.ts';
import { findingCases } from './cases/findings.ts';
import { growthCases } from './cases/growth.ts';
import { parallelCases } from './cases/parallel.ts';
import { stateCases } from './cases/states.ts';
import { unprivilegedCases } from './cases/unprivileged.ts';
import { verdictCases } from './cases/verdicts.ts';
import { inTurn } from './in-turn.ts';

const lab = bringUpLab();

describe.skipIf(lab.missing !== null)('on a real Nix', { timeout: 90_000 }, () => {
  inTurn();
  parallelCases(lab);
  // The same under every Nix.
  if (!newest) growthCases(lab);
  if (!newest) verdictCases(lab);
  if (!newest) findingCases(lab);
  escapeCases(lab);
  directCases(lab);
  clientCases(lab);
  stateCases(lab);
  unprivilegedCases(lab);
});
