/** How whoever samples for long goes on under strain: details rest, garbage is collected only while all is well. */

import { nextStrain, noStrain, type Strain } from '../model/health/strain.ts';
import type { Model } from '../model/model.ts';
import type { Clock } from '../platform/ports.ts';
import { createHousekeeping } from './housekeeping.ts';
import type { Loop } from './loop.ts';

export interface EnduranceOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Switched on while details are to rest. */
  readonly thrift?: { on: boolean };
  /** Collects the heap's garbage. */
  readonly collect?: () => void;
}

export interface Endurance {
  /** With each tick: what costs much is left out while it is hard to go on at all. */
  bear(loop: Pick<Loop, 'slowDown'>, model: Model, latenessMs: number): Strain;
}

export function createEndurance({ clock, thrift, collect }: EnduranceOptions): Endurance {
  const housekeeping = collect && createHousekeeping(clock, collect);
  let strain = noStrain;
  return {
    bear(loop, model, latenessMs) {
      strain = nextStrain(strain, model, latenessMs);
      if (thrift !== undefined) thrift.on = strain.thrifty;
      for (const source of ['buildTree', 'iostat'] as const) loop.slowDown(source, strain.factor);
      housekeeping?.tick(!strain.thrifty);
      return strain;
    },
  };
}
