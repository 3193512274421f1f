/** Keys of the guard: its page, and to hold it. */

import { guardToHold, standingOf } from '../model/guard/guard-seen.ts';
import { needsRoot } from '../model/intents/actor.ts';
import type { KeyMode } from '../model/ui/modes.ts';
import type { Command, Situation } from './command.ts';

const pages: readonly KeyMode[] = ['normal', 'details', 'log', 'why', 'remedies', 'peer'];
const hourMs = 60 * 60_000;

function noHold(situation: Situation): string | undefined {
  const guard = guardToHold(situation.act.model.guards);
  if (guard === null) return 'no guard is armed here';
  if (guard.directory === null) return 'it guards the command of this nixpulse, and ends with it';
  const { privileged, uid } = situation.act.actor;
  return privileged || guard.uid === uid ? undefined : needsRoot;
}

export const guardCommands: readonly Command[] = [
  {
    id: 'guard',
    keys: ['a'],
    title: 'Guard: what it does by itself, how near it is to it',
    group: 'Guard',
    modes: pages,
    hazard: 'none',
    step: () => ({ type: 'open', mode: 'guard' }),
  },
  {
    id: 'close-guard',
    keys: ['a'],
    title: 'Close the page of the guard',
    group: 'Guard',
    modes: ['guard'],
    hazard: 'none',
    step: () => ({ type: 'leave' }),
  },
  {
    id: 'hold-guard',
    keys: ['H'],
    title: 'Hold the guard for an hour; again: end the hold',
    group: 'Guard',
    modes: [...pages, 'guard'],
    when: 'live',
    hazard: 'confirm',
    footer: 'Hold',
    footerViews: [],
    footerModes: ['guard'],
    footerWhile: 'works',
    blocked: noHold,
    step: (situation) => {
      const guard = guardToHold(situation.act.model.guards);
      if (guard === null || guard.directory === null)
        return { type: 'notify', text: 'no guard is armed here' };
      const { pid, startTime, directory } = guard;
      const held = standingOf(guard, situation.act.model.timeMs) === 'held';
      const intent = {
        type: 'hold-guard',
        guard: { pid, startTime },
        directory,
        holdMs: held ? 0 : hourMs,
      } as const;
      return { type: 'ask', intent, word: null };
    },
  },
];
