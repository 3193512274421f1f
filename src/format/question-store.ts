/** What a question says before the store, its generations or its daemon are changed. */

import { bytesText } from '../base/bytes.ts';
import { plural } from '../base/plural.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { Model } from '../model/model.ts';
import { garbageWarning, repairWarning } from '../model/nix-store/store-check.ts';
import { nameOfPath } from '../model/nix-store/store-path.ts';
import { type Piece, type QuestionFacts, warning } from './question-piece.ts';
import { causeText } from './shortages.ts';

type Of<Type extends Intent['type']> = Extract<Intent, { readonly type: Type }>;

export function restartCosts(model: Model): Piece[] {
  return [
    { rank: 1, text: 'nix-daemon.service, by systemctl' },
    ...(model.builds.length === 0
      ? []
      : [
          {
            rank: 1,
            text: `${plural(model.builds.length, 'running build')} should go on in their workers`,
            tone: 'warning' as const,
          },
        ]),
  ];
}

export function restartUnitCosts({ unit }: Of<'restart-unit'>, model: Model): Piece[] {
  return /^nix-daemon\.(?:service|socket)$/.test(unit)
    ? restartCosts(model)
    : [{ rank: 1, text: 'by systemctl' }];
}

export function rollbackCosts(intent: Of<'rollback'>, facts: QuestionFacts): Piece[] {
  return [
    { rank: 2, text: facts.generation ?? '' },
    {
      rank: 1,
      text:
        intent.profile.kind !== 'system'
          ? 'takes effect at once'
          : intent.mode === 'boot'
            ? 'with the next boot'
            : 'activates it now: services restart',
      tone: 'warning',
    },
  ];
}

export function verifyCosts(intent: Of<'verify'>, model: Model): Piece[] {
  return [
    {
      rank: 2,
      text:
        intent.allowOldVerify === true
          ? 'with nix-store --verify: removes rows of vanished paths from the database'
          : 'reads every path at idle priority, changes nothing',
      ...(intent.allowOldVerify === true ? { tone: 'warning' as const } : {}),
    },
    warning(1, verifyWarning(model)),
  ];
}

/** Why this is a bad moment to read the whole store; null while the disks have time. */
function verifyWarning({ pressure, shortages }: Model): string | null {
  const io = shortages.find(({ resource }) => resource === 'io');
  if (io === undefined && pressure.io.level === 'ok') return null;
  const why = io === undefined ? pressure.io.level : `${io.level}: ${causeText(io.cause)}`;
  return `I/O is short already (${why}): reading the whole store makes it worse, even at idle priority`;
}

export function repairCosts(intent: Of<'repair'>): Piece[] {
  return [
    { rank: 1, text: intent.paths.slice(0, 2).map(nameOfPath).join(', ') },
    warning(2, repairWarning, 'programs that use them may fail meanwhile'),
  ];
}

export function garbageCosts(intent: Of<'collect-garbage'>, facts: QuestionFacts): Piece[] {
  return [
    {
      rank: 1,
      text: facts.garbageBytes == null ? '' : `about ${bytesText(facts.garbageBytes)}`,
    },
    warning(
      1,
      intent.olderThanDays === null ? null : 'generations of all profiles go: there is no way back to them',
      'no way back to them',
    ),
    warning(2, garbageWarning(facts.model)),
  ];
}
