/** What a question says before clients are cancelled. */

import { plural } from '../base/plural.ts';
import { clientOf, type Intent } from '../model/intents/intent.ts';
import type { Client, Model } from '../model/model.ts';
import { lostPiece, memoryPiece, type Piece, there } from './question-piece.ts';

export function cancelCosts(intent: Extract<Intent, { type: 'cancel' }>, model: Model): Piece[] {
  const clients = intent.everything
    ? model.clients
    : intent.clients.flatMap((target) => clientOf(target, model) ?? []);
  const orphans = intent.everything ? [] : there(intent.orphans, model);
  const builds = intent.everything
    ? model.builds
    : [...model.builds.filter(({ clientPid }) => clients.some(({ pid }) => pid === clientPid)), ...orphans];
  const [only] = clients;
  return [
    ...(intent.everything || clients.length > 1 ? [{ rank: 1, text: plural(clients.length, 'client') }] : []),
    ...(clients.length === 1 && only !== undefined && !intent.everything ? clientPieces(only) : []),
    { rank: 1, text: builds.length === 0 ? '' : `${plural(builds.length, 'build')} end`, tone: 'warning' },
    memoryPiece([...clients, ...builds]),
    lostPiece(builds),
  ];
}

function clientPieces({ user, tty, phase, pid }: Client): Piece[] {
  const who = [user === null ? '' : `of ${user}`, tty === null ? '' : `on ${tty}`].filter(
    (one) => one !== '',
  );
  return [
    { rank: 3, text: who.join(' ') },
    { rank: 5, text: `pid ${pid}` },
    { rank: 4, text: phase ?? '' },
  ];
}
