/** What a question says before a probe runs: what it takes, needs and touches. */
import { bytesText, formatRate } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { criticalFor } from '../model/diagnosis/probe-critical.ts';
import { probeRow } from '../model/diagnosis/probe-table.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { Model } from '../model/model.ts';
import { criticalText } from './probe-words.ts';
import { type Piece, warning } from './question-piece.ts';

type ProbeIntent = Extract<Intent, { readonly type: 'probe' }>;

export function probeCosts({ probe, subject }: ProbeIntent, { shortages, probes }: Model): Piece[] {
  const { costs, needs, touches, heavy } = probeRow(probe);
  const critical = heavy ? criticalFor(shortages) : null;
  return [
    { rank: 1, text: (probe === 'bad-blocks' ? readingTime(subject, probes) : null) ?? costs },
    warning(2, touches === null ? null : `changes ${touches}`),
    warning(1, critical === null ? null : criticalText(critical)),
    { rank: 3, text: needs === null ? '' : `needs ${needs}` },
  ];
}

/** `about 3 h: reads 931 GB at 90 MB/s`, once its speed was measured; null before. */
function readingTime(device: string | null, probes: Model['probes']): string | null {
  for (const result of probes.results.toReversed()) {
    if (result.id !== 'read-speed' || !result.ok) continue;
    const measured = result.value.layers.find((layer) => layer.device === device);
    const { bytesPerSec = 0, sizeBytes = 0 } = measured ?? {};
    if (bytesPerSec <= 0 || sizeBytes <= 0) continue;
    const took = lengthText((sizeBytes / bytesPerSec) * 1000);
    return `about ${took}: reads ${bytesText(sizeBytes)} at ${formatRate(bytesPerSec)}, at idle priority`;
  }
  return null;
}
