/**
 * How whoever watches for long goes on while overloaded: details rest, sources that cost much are read less often,
 * and garbage is collected only while all is well.
 */
import { nextOverload, noOverload, type Overload } from '../model/health/overload.ts';
import type { Model } from '../model/model.ts';
import type { Clock } from '../platform/ports.ts';
import type { Loop } from './loop.ts';

export interface LoadSheddingOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly loop: Pick<Loop, 'slowDown'>;
  /** Switched on while details are to rest. */
  readonly lowDetail?: { on: boolean };
  /** Collects the heap's garbage. */
  readonly collect?: () => void;
}

export interface LoadShedding {
  /** With each tick. */
  tick(model: Model, latenessMs: number): Overload;
}

/**
 * What is not there cannot be swapped out, so the heap is kept small while all is well; never while overloaded, for the
 * collector touches all of it (docs/decisions/0011). The garbage of so long is a few MB.
 */
const collectEveryMs = 30_000;

export function createLoadShedding(options: LoadSheddingOptions): LoadShedding {
  const { clock, loop, lowDetail, collect } = options;
  let overload = noOverload;
  let collectedMs = clock.monotonic();
  return {
    tick(model, latenessMs) {
      overload = nextOverload(overload, model, latenessMs);
      if (lowDetail !== undefined) lowDetail.on = overload.lowDetail;
      for (const source of ['buildTree', 'iostat'] as const) loop.slowDown(source, overload.factor);
      const nowMs = clock.monotonic();
      if (!overload.lowDetail && nowMs - collectedMs >= collectEveryMs) {
        collectedMs = nowMs;
        collect?.();
      }
      return overload;
    },
  };
}
