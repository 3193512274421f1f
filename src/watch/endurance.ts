/** How whoever samples for long goes on while overloaded: details are left out, garbage is collected only while all is well. */

import { nextOverload, noOverload, type Overload } from '../model/health/overload.ts';
import type { Model } from '../model/model.ts';
import type { Clock } from '../platform/ports.ts';
import { createHousekeeping } from './housekeeping.ts';
import type { Loop } from './loop.ts';

export interface EnduranceOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Switched on while details are to be left out. */
  readonly lowDetail?: { on: boolean };
  /** Collects the heap's garbage. */
  readonly collect?: () => void;
}

export interface Endurance {
  /** With each tick: what costs much is left out while it is hard to go on at all. */
  bear(loop: Pick<Loop, 'slowDown'>, model: Model, latenessMs: number): Overload;
}

export function createEndurance({ clock, lowDetail, collect }: EnduranceOptions): Endurance {
  const housekeeping = collect && createHousekeeping(clock, collect);
  let overload = noOverload;
  return {
    bear(loop, model, latenessMs) {
      overload = nextOverload(overload, model, latenessMs);
      if (lowDetail !== undefined) lowDetail.on = overload.lowDetail;
      for (const source of ['buildTree', 'iostat'] as const) loop.slowDown(source, overload.factor);
      housekeeping?.tick(!overload.lowDetail);
      return overload;
    },
  };
}
