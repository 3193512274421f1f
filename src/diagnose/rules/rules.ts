/** Every rule, a row each, in the order of the hypotheses. */
import type { Rule } from '../rule.ts';
import { buildRule } from './build.ts';
import { diskRule } from './disk.ts';
import { lockRule } from './lock.ts';
import { spaceRule } from './space.ts';
import { storeRule } from './store.ts';
import { volumeRule } from './volume.ts';

export const rules: readonly Rule[] = [buildRule, spaceRule, diskRule, volumeRule, lockRule, storeRule];
