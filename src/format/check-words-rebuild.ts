/** Items of `check rebuild` in words. */
import { bytesText } from '../base/bytes.ts';
import type { RebuildFound } from '../model/advice/checked-rebuild.ts';
import type { WordsOf } from './check-item-words.ts';

export const rebuildWords: WordsOf<RebuildFound> = {
  'store-space': {
    title: 'space in the store',
    text: ({ mountPoint, freeBytes, neededBytes }) =>
      `${bytesText(freeBytes)} free on ${mountPoint}${neededBytes === null ? '' : `, ${bytesText(neededBytes)} to come`}`,
    remedies: () => [
      {
        kind: 'command',
        command: 'nix-collect-garbage --delete-older-than 30d',
        root: true,
        title: 'free what nothing needs, and generations older than 30 days',
        risk: 'no way back to those generations',
      },
    ],
  },
};
