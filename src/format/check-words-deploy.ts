/** Items of `check deploy` in words. */
import type { DeployFound } from '../model/advice/checked-deploy.ts';
import type { WordsOf } from './check-item-words.ts';
import { loginWords } from './check-words/login.ts';
import { sourceWords } from './check-words/source.ts';
import { targetWords } from './check-words/target.ts';
import { diskWords } from './check-words/target-disks.ts';

export const deployWords: WordsOf<DeployFound> = {
  ...sourceWords,
  ...targetWords,
  ...diskWords,
  ...loginWords,
};
