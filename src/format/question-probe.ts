/** What a question says before a probe runs: what it takes, needs and touches. */
import { criticalFor } from '../model/diagnosis/probe-critical.ts';
import { probeRow } from '../model/diagnosis/probe-table.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { Model } from '../model/model.ts';
import { criticalText } from './probe-words.ts';
import { type Piece, warning } from './question-piece.ts';

type ProbeIntent = Extract<Intent, { readonly type: 'probe' }>;

export function probeCosts({ probe }: ProbeIntent, { shortages }: Model): Piece[] {
  const { costs, needs, touches, heavy } = probeRow(probe);
  const critical = heavy ? criticalFor(shortages) : null;
  return [
    { rank: 1, text: costs },
    warning(2, touches === null ? null : `changes ${touches}`),
    warning(1, critical === null ? null : criticalText(critical)),
    { rank: 3, text: needs === null ? '' : `needs ${needs}` },
  ];
}
