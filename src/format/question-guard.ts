/** What a question says before a guard is held, or is to go on. */
import { minuteText } from '../base/clock-time.ts';
import { sameProcess } from '../base/identity.ts';
import { plural } from '../base/plural.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { Model } from '../model/model.ts';
import { guardSummary } from './guard-words.ts';
import type { Piece } from './question-piece.ts';

export function holdCosts(
  { guard: identity, holdMs }: Extract<Intent, { type: 'hold-guard' }>,
  { guards, builds, timeMs }: Model,
): Piece[] {
  const guard = guards.find((one) => sameProcess(one, identity));
  if (guard === undefined) return [];
  if (holdMs === 0) {
    return [
      { rank: 1, text: guard.dryRun ? 'it only says what it would do' : 'it acts by itself again' },
      { rank: 2, text: `now: ${guardSummary(guard, timeMs)}` },
    ];
  }
  const paused = builds.filter(({ pausedFrom }) => pausedFrom?.pid === guard.pid).length;
  const until = minuteText(timeMs + holdMs);
  return [
    {
      rank: 1,
      text: `it does nothing until ${until}, whatever happens`,
      short: `it does nothing until ${until}`,
      tone: 'warning',
    },
    {
      rank: 2,
      text:
        paused === 0
          ? ''
          : `${plural(paused, 'build')} that it paused ${paused === 1 ? 'goes' : 'go'} on once it is calm`,
    },
    { rank: 3, text: guard.dryRun ? 'it only says what it would do' : '' },
  ];
}
