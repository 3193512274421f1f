/** Items of `check deploy` in words. */
import { lengthText } from '../base/duration.ts';
import type { DeployFound } from '../model/advice/checked-deploy.ts';
import type { WordsOf } from './check-item-words.ts';

export const deployWords: WordsOf<DeployFound> = {
  ssh: {
    title: 'target answers',
    text: ({ host, sec, said }) =>
      said === null ? `${host} answers${sec === null ? '' : ` in ${lengthText(sec * 1000)}`}` : said,
    remedies: ({ host }) => [
      {
        kind: 'command',
        command: `ssh -v ${host} true`,
        root: false,
        title: 'see how far ssh comes',
        risk: null,
      },
    ],
  },
};
