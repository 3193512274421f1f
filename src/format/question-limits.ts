/** What a question says before builds are lowered, limited or put back. */
import { bytesText } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { ownCgroup } from '../model/forest/build-cgroup.ts';
import type { Intent } from '../model/intents/intent.ts';
import { loweredMarkOf } from '../model/intents/lowered-mark.ts';
import type { Build } from '../model/model.ts';
import { memoryPiece, type Piece, processesPiece, type QuestionFacts, there } from './question-piece.ts';

type Of<Type extends Intent['type']> = Extract<Intent, { readonly type: Type }>;

export function lowerCosts(builds: readonly Build[]): Piece[] {
  return [
    processesPiece(builds),
    { rank: 1, text: 'CPU and disk only where nobody else wants them', short: 'last at CPU and disk' },
    { rank: 2, text: 'takes longer; r puts it back', short: 'r: back' },
  ];
}

/** Whether it is of the daemon with all of its builds is not known before it is tried: said where it looks so. */
export function limitCosts(intent: Of<'limit'>, { model }: QuestionFacts): Piece[] {
  const builds = there(intent.targets, model);
  const shared = builds.filter(({ cgroup, uid }) => cgroup === null || ownCgroup(cgroup, uid) === null);
  const held = builds.flatMap(({ residentBytes }) => residentBytes ?? []);
  const high = intent.memoryHighBytes ?? null;
  const over = high !== null && held.some((bytes) => bytes > high);
  return [
    memoryPiece(builds),
    {
      rank: 1,
      text: over ? 'holds more: slow until it has given that back' : '',
      short: over ? 'holds more' : '',
      tone: 'warning',
    },
    {
      rank: 1,
      text: shared.length > 0 ? 'in no cgroup of its own: nix-daemon.service with everything it runs' : '',
      short: shared.length > 0 ? 'all of nix-daemon.service' : '',
      tone: 'warning',
    },
  ];
}

export function restoreCosts(intent: Of<'restore'>, { model, lowered = [] }: QuestionFacts): Piece[] {
  const since = intent.targets.flatMap(({ root }) => loweredMarkOf(root, lowered)?.atMs ?? []);
  const ago = since.length === 0 ? '' : lengthText(Math.max(0, model.timeMs - Math.min(...since)));
  return [{ rank: 1, text: ago === '' ? '' : `changed ${ago} ago` }];
}

/** `4.0 GB of memory`, `4.0 GB of memory and I/O weight 1`; empty: what is usual. */
export function limitTitle({ memoryHighBytes, ioWeight }: Of<'limit'>): string {
  return [
    memoryHighBytes === undefined ? '' : `${bytesText(memoryHighBytes)} of memory`,
    ioWeight === undefined ? '' : `I/O weight ${ioWeight}`,
  ]
    .filter((text) => text !== '')
    .join(' and ');
}
