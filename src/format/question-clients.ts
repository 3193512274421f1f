/** What a question says before clients are cancelled. */

import { plural } from '../base/plural.ts';
import { commandTitle } from '../model/forest/client-command.ts';
import { isActivating } from '../model/forest/derive-activation.ts';
import { clientOf, type Intent } from '../model/intents/intent.ts';
import type { Client, Model } from '../model/model.ts';
import { activationPieces } from './question-activation.ts';
import { lostPiece, memoryPiece, type Piece, there, warning } from './question-piece.ts';

export function cancelCosts(intent: Extract<Intent, { type: 'cancel' }>, model: Model): Piece[] {
  const spared = intent.everything ? model.clients.filter(isActivating) : [];
  const isSpared = (pid: number | null) => spared.some((client) => client.pid === pid);
  const clients = intent.everything
    ? model.clients.filter(({ pid }) => !isSpared(pid))
    : intent.clients.flatMap((target) => clientOf(target, model) ?? []);
  const orphans = intent.everything ? [] : there(intent.orphans, model);
  const builds = intent.everything
    ? model.builds.filter(({ clientPid }) => !isSpared(clientPid))
    : [...model.builds.filter(({ clientPid }) => clients.some(({ pid }) => pid === clientPid)), ...orphans];
  const [only] = clients;
  return [
    // The title counts those that were chosen.
    ...(intent.everything || (clients.length > 1 && clients.length < intent.clients.length)
      ? [{ rank: 1, text: plural(clients.length, 'client') }]
      : []),
    ...(clients.length === 1 && only !== undefined && !intent.everything ? clientPieces(only) : []),
    ...spared.map(({ command }) => warning(1, `${commandTitle(command)} goes on: it activates`)),
    ...clients.flatMap(activationPieces),
    {
      rank: 1,
      text: builds.length === 0 ? '' : plural(builds.length, 'build ends', 'builds end'),
      tone: 'warning',
    },
    clients.some(isActivating) ? { rank: 4, text: '' } : memoryPiece([...clients, ...builds]),
    lostPiece(builds),
  ];
}

function clientPieces(client: Client): Piece[] {
  // What stopping an activation leaves needs the room.
  if (isActivating(client)) return [];
  const { user, tty, phase, pid } = client;
  const who = [user === null ? '' : `of ${user}`, tty === null ? '' : `on ${tty}`].filter(
    (one) => one !== '',
  );
  return [
    { rank: 3, text: who.join(' ') },
    { rank: 5, text: `pid ${pid}` },
    { rank: 4, text: phase ?? '' },
  ];
}
