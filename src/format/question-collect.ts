/** What a question says before a bundle is gathered. */
import type { Intent } from '../model/intents/intent.ts';
import type { Piece } from './question-piece.ts';

export function collectCosts({ directory }: Extract<Intent, { readonly type: 'collect' }>): Piece[] {
  return [
    { rank: 1, text: `into ${directory}, or memory while that disk hangs`, short: `into ${directory}` },
    { rank: 2, text: 'a minute at most, secrets taken out' },
    { rank: 3, text: 'starts programs, changes nothing' },
  ];
}
