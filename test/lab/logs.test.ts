/** What a real Nix says of a rebuild, read: by itself, and by the watcher beside the process table. */
import { describe } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { inTurn } from './in-turn.ts';
import { buildCases } from './logs/builds.ts';
import { cacheCases } from './logs/caches.ts';
import { estimateCases } from './logs/estimates.ts';
import { failureCases } from './logs/failures.ts';
import { killCases } from './logs/kills.ts';
import { limitCases } from './logs/limits.ts';
import { remoteCases } from './logs/remote.ts';
import { waitCases } from './logs/waits.ts';

const lab = bringUpLab();

describe.skipIf(lab.missing !== null)('the log of a real Nix', { timeout: 90_000 }, () => {
  inTurn();
  buildCases(lab);
  estimateCases(lab);
  failureCases(lab);
  limitCases(lab);
  killCases(lab);
  waitCases(lab);
  cacheCases(lab);
  remoteCases(lab);
});
