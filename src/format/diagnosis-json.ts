/** What `nixpulse diagnose --json` prints: the document of the Model, with what the diagnosis stands on. */
import type { Model } from '../model/model.ts';
import { findingText } from './findings.ts';
import { type Fields, snapshotDocument } from './json.ts';
import { probeResultText } from './probe-words.ts';

export interface DiagnosisSight {
  /** Unix ms of the first look that counts. */
  readonly fromMs: number;
  /** What was recorded of it; null: it is live alone. */
  readonly recorded: string | null;
  readonly live: boolean;
}

/** Names are those of the snapshot's document; `seen`, `worst`, `at`, and `value` in `probes`, are its own. */
export function diagnosisDocument(model: Model, { fromMs, recorded, live }: DiagnosisSight): Fields {
  const worst = model.findings.find(({ level }) => level !== 'ok');
  return {
    ...snapshotDocument(model),
    seen: { from: iso(fromMs), sec: Math.max(0, model.timeMs - fromMs) / 1000, recorded, live },
    worst:
      worst === undefined ? null : { finding: worst.id, level: worst.level, text: findingText(worst, model) },
    at: model.decision.at,
    probes: model.probes.results.map((result) => ({
      ...{ id: result.id, subject: result.subject, ok: result.ok, text: probeResultText(result) },
      ...{ started: iso(result.startedMs), ended: iso(result.endedMs) },
      // Plain data, as probes bring it.
      ...(result.ok
        ? { value: result.value as unknown as Fields, problem: null }
        : { value: null, problem: { ...result.problem, cause: result.problem.cause ?? null } }),
    })),
  };
}

function iso(ms: number): string | null {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
}
