/** What nixpulse sees while it gathers, and what it makes of that: findings, verdicts, a snapshot. */
import { fail, ok } from '../../base/problem.ts';
import type { SourceRow } from '../../bundle/source.ts';
import { keyLabel } from '../../commands/key-label.ts';
import { commands } from '../../commands/table.ts';
import { diagnosisDocument } from '../../format/diagnosis-json.ts';
import { formatDiagnosis } from '../../format/diagnosis-text.ts';
import type { Sample } from '../../model/sample.ts';
import { lookNow } from '../diagnose/look-now.ts';
import type { Seen } from '../diagnose/seen.ts';
import type { Given } from '../mode.ts';
import { followLogs, judgedBy, sourcesOf } from '../wiring.ts';

export interface Looking {
  readonly row: SourceRow;
  /** Samples so far, once it is over. */
  readonly looked: Promise<readonly Sample[]>;
  /** What was seen; null while nothing is. */
  readonly seen: () => Seen | null;
  close(): void;
}

const columns = 110;
const timeMs = 30_000;

export function createLooking(given: Given): Looking {
  const samples: Sample[] = [];
  const { promise: looked, resolve: over } = Promise.withResolvers<readonly Sample[]>();
  let seen: Seen | null = null;
  let close = () => {};

  async function look(): Promise<void> {
    const sources = await sourcesOf(given);
    followLogs(given, sources.logs, false);
    close = () => {
      for (const source of sources.sources) source.close();
    };
    const judged = { ...given, diagnose: await judgedBy(given) };
    const done = await lookNow(judged, sources, null, (sample) => void samples.push(sample));
    seen = done.seen;
  }

  return {
    looked,
    seen: () => seen,
    close: () => close(),
    row: {
      id: 'diagnosis',
      what: 'what nixpulse finds now: verdicts, findings, evidence, and all figures',
      from: 'nixpulse diagnose',
      stage: 'own',
      timeMs,
      mostBytes: 16 << 20,
      needs: 'read-all-processes',
      redaction: 'text',
      async gather({ emit, ended }) {
        // Whoever waits for the Samples has those that there are.
        ended.addEventListener('abort', () => over(samples), { once: true });
        try {
          await look();
        } finally {
          over(samples);
        }
        if (seen === null) return fail('gone', 'diagnosis', 'it was not looked at to the end');
        const { model, ...sight } = seen;
        emit({
          name: 'nixpulse/diagnosis.txt',
          body: `${formatDiagnosis(model, { ...sight, columns, keyOf })}\n`,
        });
        const document = JSON.stringify(diagnosisDocument(model, sight));
        emit({ name: 'nixpulse/diagnosis.json', body: document, redaction: 'json' });
        return ok(undefined);
      },
    },
  };
}

function keyOf(id: string): string | null {
  const key = commands.find((command) => command.id === id)?.keys[0];
  return key === undefined ? null : keyLabel(key);
}
