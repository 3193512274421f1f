/** All rules of the guard, what is most urgent first. */
import type { GuardRule } from '../rule.ts';
import { buildTimeRule } from './build-time.ts';
import { ioRule } from './io.ts';
import { leakRule } from './leak.ts';
import { memoryRule } from './memory.ts';
import { memoryDeltaRule } from './memory-delta.ts';
import { rebuildTimeRule } from './rebuild-time.ts';
import { spaceRule } from './space.ts';
import { stuckRule } from './stuck.ts';
import { unitRule } from './unit.ts';

/** In the order of the table of rules. */
export const guardRules: readonly GuardRule[] = [
  memoryRule,
  leakRule,
  ioRule,
  stuckRule,
  rebuildTimeRule,
  buildTimeRule,
  spaceRule,
  memoryDeltaRule,
  unitRule,
];
