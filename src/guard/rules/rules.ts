/** All rules of the guard, what is most urgent first. */
import type { GuardRule } from '../rule.ts';
import { memoryRule } from './memory.ts';

export const guardRules: readonly GuardRule[] = [memoryRule];
