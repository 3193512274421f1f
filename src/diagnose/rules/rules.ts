/** Every rule, a row each, in the order of the hypotheses. */
import type { Rule } from '../rule.ts';
import { buildRule } from './build.ts';
import { buildLeakRule } from './build-leak.ts';
import { builderRule } from './builder.ts';
import { cacheRule } from './cache.ts';
import { diskRule } from './disk.ts';
import { elsewhereRule } from './elsewhere.ts';
import { evaluationRule } from './evaluation.ts';
import { leftOverRule } from './left-over.ts';
import { lockRule } from './lock.ts';
import { memoryLimitRule } from './memory-limit.ts';
import { oomKillerRule } from './oom-killer.ts';
import { pausedRule } from './paused.ts';
import { postBuildHookRule } from './post-build-hook.ts';
import { processLimitRule } from './process-limit.ts';
import { spaceRule } from './space.ts';
import { storeRule } from './store.ts';
import { switchRule } from './switch.ts';
import { volumeRule } from './volume.ts';

export const rules: readonly Rule[] = [
  buildRule,
  evaluationRule,
  buildLeakRule,
  elsewhereRule,
  memoryLimitRule,
  oomKillerRule,
  spaceRule,
  diskRule,
  volumeRule,
  lockRule,
  cacheRule,
  builderRule,
  postBuildHookRule,
  switchRule,
  leftOverRule,
  processLimitRule,
  pausedRule,
  storeRule,
];
