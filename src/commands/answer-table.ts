/** Answers to questions, which are asked over everything else. */
import type { Command } from './command.ts';

const shared = { group: 'While typing', hazard: 'none' } as const;

export const answerCommands: readonly Command[] = [
  {
    ...shared,
    id: 'yes',
    keys: ['y'],
    title: 'Yes: do what the question says (any other key: no)',
    modes: ['confirm'],
    footer: 'Yes',
    footerWhile: 'works',
    blocked: ({ act }) => act.question?.tooLate ?? undefined,
    step: () => ({ type: 'perform' }),
  },
  {
    ...shared,
    id: 'yes-typed',
    keys: ['enter'],
    title: 'Do what the question says, once its word is typed',
    modes: ['confirm-typed'],
    footer: 'Do it',
    blocked: ({ act }) => (act.question?.exact === true ? undefined : 'type the word first'),
    step: () => ({ type: 'perform' }),
  },
  {
    ...shared,
    id: 'yes-resume',
    keys: ['y'],
    title: 'Resume what was left paused (any other key: leave it)',
    modes: ['offer'],
    footer: 'Resume',
    step: () => ({ type: 'perform' }),
  },
  {
    ...shared,
    id: 'yes-quit',
    keys: ['y'],
    title: 'Quit: undo what is paused or lowered, end what is under way',
    modes: ['quit'],
    footer: 'Quit',
    step: () => ({ type: 'quit', changed: 'undo' }),
  },
  {
    ...shared,
    id: 'yes-quit-paused',
    keys: ['l'],
    title: 'Quit and leave paused, lowered or limited what is',
    modes: ['quit'],
    footer: 'Leave it',
    footerWhile: 'works',
    blocked: ({ act }) =>
      act.pausedByUs + act.loweredByUs === 0 ? 'nothing is paused or lowered' : undefined,
    step: () => ({ type: 'quit', changed: 'leave' }),
  },
];
