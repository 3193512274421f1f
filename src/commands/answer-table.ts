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
    title: 'Quit: resume what is paused, end what is under way',
    modes: ['quit'],
    footer: 'Quit',
    step: () => ({ type: 'quit', paused: 'resume' }),
  },
  {
    ...shared,
    id: 'yes-quit-paused',
    keys: ['l'],
    title: 'Quit and leave paused what is paused',
    modes: ['quit'],
    footer: 'Leave paused',
    blocked: ({ act }) => (act.pausedByUs === 0 ? 'nothing is paused' : undefined),
    step: () => ({ type: 'quit', paused: 'leave' }),
  },
];
