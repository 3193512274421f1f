/** What a question says of an activation: what has been written by now, and what stopping it midway leaves. */

import { listText } from '../base/plural.ts';
import { isActivating } from '../model/forest/derive-activation.ts';
import type { Activation, Client } from '../model/model.ts';
import { type Piece, warning } from './question-piece.ts';

export function activationPieces(client: Client): Piece[] {
  const { activation } = client;
  if (activation === null || !isActivating(client)) return [];
  const { profile, bootloader, unit } = activation;
  const those = (state: boolean | null) =>
    [profile === state ? 'profile' : '', bootloader === state ? 'bootloader' : ''].filter(
      (one) => one !== '',
    );
  const written = those(true);
  const unknown = those(null);
  const [text, short] = leaving(activation);
  return [
    { rank: 0, text: `stopping now ${text}`, short, tone: 'danger' },
    written.length === 0
      ? warning(1, null)
      : warning(1, `${listText(written)} written`, `${written.join(', ')} written`),
    warning(1, unknown.length === 0 ? null : `${listText(unknown)} perhaps written`),
    { rank: 4, text: unit === null ? '' : `in the unit ${unit}`, short: '' },
  ];
}

/** What stopping it leaves; in full and in short. */
function leaving({ action, stage }: Activation): readonly [string, string] {
  if (action === 'boot') return ['may leave a bootloader that does not boot', 'may leave no bootloader'];
  switch (stage) {
    case 'script':
      return ['leaves a half-activated configuration', 'leaves it half-done'];
    case 'units':
      return ['leaves units stopped, or old ones running', 'leaves units stopped'];
    case null:
      return ['may leave a half-activated configuration', 'may leave it half-done'];
  }
}
