/** Which modes a key works in that works in nearly all. */
import type { KeyMode } from './command.ts';

export const withoutQuestions: readonly KeyMode[] = [
  'normal',
  'search',
  'filter',
  'sort',
  'details',
  'help',
  'help-filter',
  'jump',
  'choose',
];
export const everywhere: readonly KeyMode[] = [
  ...withoutQuestions,
  'confirm',
  'confirm-typed',
  'quit-question',
  'offer',
];
