/** Keys of the charts: the cursor, how far back they look, and the way to what was recorded then. */
import type { Command, Situation } from './command.ts';

const shared = { group: 'History', modes: ['normal'], views: ['history'], hazard: 'none' } as const;

const nothingThen = 'nothing was recorded then';

export const historyCommands: readonly Command[] = [
  {
    ...shared,
    id: 'earlier',
    keys: ['left'],
    title: 'Read an earlier time (PgUp: a tenth, Home: the oldest)',
    footer: 'Read',
    step: () => ({ type: 'cursor', by: -1 }),
  },
  {
    ...shared,
    id: 'later',
    keys: ['right'],
    title: 'Read a later time (PgDn: a tenth, End and Esc: now)',
    blocked: ({ charts }) => (charts.cursor ? undefined : 'this is the newest'),
    step: () => ({ type: 'cursor', by: 1 }),
  },
  {
    ...shared,
    id: 'longer-range',
    keys: ['-'],
    title: 'Longer time in the charts: 5 min, 1 h, 24 h',
    footer: 'Longer',
    blocked: ({ charts }) => (charts.longest ? 'this is the longest' : undefined),
    step: () => ({ type: 'range', by: 1 }),
  },
  {
    ...shared,
    id: 'shorter-range',
    keys: ['+'],
    title: 'Shorter time in the charts',
    footer: 'Shorter',
    blocked: ({ charts }) => (charts.shortest ? 'this is the shortest' : undefined),
    step: () => ({ type: 'range', by: -1 }),
  },
  {
    ...shared,
    id: 'replay-at',
    keys: ['enter'],
    title: 'Replay what was recorded at the cursor',
    footer: 'Replay',
    blocked: ({ replay, noRecording, charts }) =>
      (replay === null ? noRecording : null) ?? (charts.at === null ? nothingThen : undefined),
    step: replayStep,
  },
];

function replayStep({ replay, charts: { at } }: Situation): ReturnType<Command['step']> {
  if (at === null) return { type: 'notify', text: nothingThen };
  return replay === null ? { type: 'go-back', at } : { type: 'replay', order: { kind: 'time', at } };
}
