/**
 * How whoever watches for long goes on under strain: details rest, sources that cost much are read less often,
 * and garbage is collected only while all is well.
 */
import { nextStrain, noStrain, type Strain } from '../model/health/strain.ts';
import type { Model } from '../model/model.ts';
import type { Clock } from '../platform/ports.ts';
import type { Loop } from './loop.ts';

export interface LoadSheddingOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly loop: Pick<Loop, 'slowDown'>;
  /** Switched on while details are to rest. */
  readonly thrift?: { on: boolean };
  /** Collects the heap's garbage. */
  readonly collect?: () => void;
}

export interface LoadShedding {
  /** With each tick. */
  tick(model: Model, latenessMs: number): Strain;
}

/**
 * What is not there cannot be swapped out, so the heap is kept small while all is well; never under strain, for the
 * collector touches all of it (docs/decisions/0011). The garbage of so long is a few MB.
 */
const collectEveryMs = 30_000;

export function createLoadShedding(options: LoadSheddingOptions): LoadShedding {
  const { clock, loop, thrift, collect } = options;
  let strain = noStrain;
  let collectedMs = clock.monotonic();
  return {
    tick(model, latenessMs) {
      strain = nextStrain(strain, model, latenessMs);
      if (thrift !== undefined) thrift.on = strain.thrifty;
      for (const source of ['buildTree', 'iostat'] as const) loop.slowDown(source, strain.factor);
      const nowMs = clock.monotonic();
      if (!strain.thrifty && nowMs - collectedMs >= collectEveryMs) {
        collectedMs = nowMs;
        collect?.();
      }
      return strain;
    },
  };
}
