/** Items of `check rebuild` in words. */
import type { RebuildFound } from '../model/advice/checked-rebuild.ts';
import type { WordsOf } from './check-item-words.ts';
import { evaluationWords } from './check-words/evaluation.ts';
import { machineWords } from './check-words/machine.ts';
import { peerWords } from './check-words/peers.ts';
import { spaceWords } from './check-words/space.ts';

export const rebuildWords: WordsOf<RebuildFound> = {
  ...evaluationWords,
  ...spaceWords,
  ...machineWords,
  ...peerWords,
};
