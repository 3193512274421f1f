/** Items of `diagnose --quick` in words. */
import { listText, plural } from '../base/plural.ts';
import { shellWord } from '../base/shell-word.ts';
import { shorten } from '../base/shorten.ts';
import { oneLine } from '../base/text.ts';
import type { QuickFound } from '../model/advice/checked-quick.ts';
import type { WordsOf } from './check-item-words.ts';

const mostNamed = 3;
const lineColumns = 100;

export const quickWords: WordsOf<QuickFound> = {
  'failed-units': {
    title: 'units of systemd',
    text: ({ units }) =>
      units.length === 0 ? 'none has failed' : `failed: ${listText([...units], mostNamed)}`,
    remedies: ({ units }) => [
      {
        kind: 'command',
        command: `systemctl status ${units.slice(0, mostNamed).map(shellWord).join(' ')}`,
        root: false,
        title: 'see what they ended with',
        risk: null,
      },
    ],
  },
  unit: {
    title: 'unit',
    text: ({ unit, active, asks, silent }) => {
      const answer = silent === null ? `${asks} answers` : `${asks} does not answer: ${silent}`;
      const is = active === null ? [] : [`is ${active}`];
      return `${unit} ${[...is, ...(asks === null ? [] : [answer])].join(', ')}`;
    },
    remedies: ({ unit }) => [
      {
        kind: 'command',
        command: `systemctl restart ${shellWord(unit)}`,
        root: true,
        title: 'start it anew',
        risk: 'what it is in the midst of',
      },
    ],
  },
  'journal-errors': {
    title: 'errors in the journal',
    text: ({ minutes, count, more, by }) => {
      if (count === 0) return `none in ${minutes} minutes`;
      const named = by
        .slice(0, mostNamed)
        .map((one) => `${one.who}${one.count > 1 ? ` (${one.count})` : ''}: ${one.last}`);
      const all = `${more ? 'more than ' : ''}${plural(count, 'error')} in ${minutes} minutes`;
      return `${all}; ${named.map((one) => shorten(oneLine(one), lineColumns)).join('; ')}`;
    },
    remedies: ({ minutes }) => [
      {
        kind: 'command',
        command: `journalctl -p err --since -${minutes}min`,
        root: false,
        title: 'read them all',
        risk: null,
      },
    ],
  },
};
