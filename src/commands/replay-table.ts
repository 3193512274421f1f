/** Keys of a recording: through its time, and back to the live dashboard. */
import { jumpExamples } from '../model/past/jump-time.ts';
import type { KeyMode } from '../model/ui/modes.ts';
import type { Command, Situation } from './command.ts';

const lists: readonly KeyMode[] = ['normal', 'details', 'log', 'why', 'remedies', 'guard', 'peer'];

const shared = { group: 'Replay', modes: lists, when: 'replay', hazard: 'none' } as const;

/** The reason is shown beside what is typed. */
function noTime({ replay }: Situation): string | undefined {
  const typed = replay?.typed ?? null;
  return typed?.ok === false ? (typed.problem.cause ?? typed.problem.kind) : undefined;
}

export const replayCommands: readonly Command[] = [
  {
    id: 'go-back',
    keys: ['b'],
    title: 'Back in time',
    group: 'Replay',
    modes: lists,
    when: 'live',
    hazard: 'none',
    footer: 'Back in time',
    blocked: ({ noRecording }) => noRecording ?? undefined,
    step: () => ({ type: 'go-back' }),
  },
  {
    ...shared,
    id: 'play',
    keys: ['space'],
    title: 'Play or pause; at the end: from the start',
    footer: 'Play',
    step: () => ({ type: 'replay', order: { kind: 'play' } }),
  },
  {
    ...shared,
    id: 'next-sample',
    keys: ['t'],
    title: 'Next sample',
    footer: 'Next',
    step: () => ({ type: 'replay', order: { kind: 'sample', by: 1 } }),
  },
  {
    ...shared,
    id: 'previous-sample',
    keys: ['T'],
    title: 'Previous sample',
    footer: 'Previous',
    step: () => ({ type: 'replay', order: { kind: 'sample', by: -1 } }),
  },
  {
    ...shared,
    id: 'jump',
    keys: ['j'],
    title: 'Jump to a time: +10m, 03:28, 2026-11-20T03:28, start, end',
    footer: 'Jump',
    step: () => ({ type: 'open', mode: 'jump' }),
  },
  {
    ...shared,
    id: 'jump-back',
    keys: ['J'],
    title: 'Jump back by a time: 90s, 10m, 1h30m',
    step: () => ({ type: 'open', mode: 'jump-back' }),
  },
  {
    ...shared,
    id: 'slower',
    keys: ['<'],
    title: 'Play slower (down to 1/4)',
    footer: 'Slower',
    step: () => ({ type: 'replay', order: { kind: 'speed', by: -1 } }),
  },
  {
    ...shared,
    id: 'faster',
    keys: ['>'],
    title: 'Play faster (up to 64x)',
    footer: 'Faster',
    step: () => ({ type: 'replay', order: { kind: 'speed', by: 1 } }),
  },
  {
    ...shared,
    id: 'next-event',
    keys: ['e'],
    title: 'Next event: critical, OOM, stall, end, action, gap, note',
    footer: 'Event',
    step: () => ({ type: 'replay', order: { kind: 'event', by: 1 } }),
  },
  {
    ...shared,
    id: 'previous-event',
    keys: ['E'],
    title: 'Previous event',
    footer: 'Event before',
    step: () => ({ type: 'replay', order: { kind: 'event', by: -1 } }),
  },
  {
    ...shared,
    id: 'return',
    keys: ['b'],
    title: 'Back to the live dashboard (Esc too)',
    footer: 'Live',
    blocked: ({ replay }) =>
      replay?.canReturn === true ? undefined : 'it was not opened from a live dashboard',
    step: () => ({ type: 'return' }),
  },
  {
    id: 'jump-to',
    keys: ['enter'],
    title: 'Go to the time that was typed',
    group: 'While typing',
    modes: ['jump'],
    hazard: 'none',
    footer: 'Go there',
    blocked: noTime,
    step({ replay }) {
      const typed = replay?.typed ?? null;
      if (typed?.ok !== true) return { type: 'notify', text: `a time is ${jumpExamples}` };
      return { type: 'replay', order: { kind: 'time', at: typed.value } };
    },
  },
];
