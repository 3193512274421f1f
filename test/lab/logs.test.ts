/** What a real Nix says of a rebuild, read: by itself, and by the watcher beside the process table. */
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { bringUpLab, stopAllBuilds } from '../support/lab.ts';
import { buildCases } from './logs/builds.ts';
import { cacheCases } from './logs/caches.ts';
import { estimateCases } from './logs/estimates.ts';
import { failureCases } from './logs/failures.ts';
import { killCases } from './logs/kills.ts';
import { limitCases } from './logs/limits.ts';
import { remoteCases } from './logs/remote.ts';
import { waitCases } from './logs/waits.ts';
import { takeTurn } from './turn.ts';

const lab = bringUpLab();

describe.skipIf(lab.missing !== null)('the log of a real Nix', { timeout: 90_000 }, () => {
  let endTurn = (): void => {};
  beforeAll(async () => {
    endTurn = await takeTurn();
  }, 600_000);
  afterEach(stopAllBuilds, 60_000);
  afterAll(async () => {
    await stopAllBuilds();
    endTurn();
  }, 60_000);
  buildCases(lab);
  estimateCases(lab);
  failureCases(lab);
  limitCases(lab);
  killCases(lab);
  waitCases(lab);
  cacheCases(lab);
  remoteCases(lab);
});
