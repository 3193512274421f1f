/** Every rule, a row each, in the order of the hypotheses. */
import type { Rule } from '../rule.ts';
import { buildRule } from './build.ts';
import { builderRule } from './builder.ts';
import { cacheRule } from './cache.ts';
import { lockRule } from './lock.ts';
import { postBuildHookRule } from './post-build-hook.ts';
import { spaceRule } from './space.ts';

export const rules: readonly Rule[] = [
  buildRule,
  spaceRule,
  lockRule,
  cacheRule,
  builderRule,
  postBuildHookRule,
];
