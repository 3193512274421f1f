/** What caches and builders answered when a probe asked them, as long as it is of now. */
import type { FindingDraft } from '../model/diagnosis/finding.ts';
import type { ProbeValues } from '../model/diagnosis/probe-values.ts';
import type { Evidence } from '../model/diagnosis/verdict.ts';
import { contra, pro } from './judgement.ts';
import type { Scene } from './rule.ts';

export interface Asked {
  readonly findings: readonly FindingDraft[];
  /** Of those that are well. */
  readonly evidence: readonly Evidence[];
}

export function askedCaches(scene: Scene): Asked {
  const findings: FindingDraft[] = [];
  const evidence: Evidence[] = [];
  for (const { subject, sinceMs, value } of recent('cache', scene)) {
    const fault = faultOfCache(value);
    const { httpStatus, keys, said, sec } = value;
    if (fault === null) {
      evidence.push(contra('probe.cache', sec, 's'));
      continue;
    }
    findings.push({
      subject: { kind: 'cache', cache: subject },
      level: 'warning',
      state: 'confirmed',
      found: { kind: 'cache-asked', cache: subject, fault, httpStatus, keys, said },
      evidence: [pro('probe.cache.said', said ?? fault, 'text')],
      sinceMs,
    });
  }
  return { findings, evidence };
}

export function askedBuilders(scene: Scene): Asked {
  const findings: FindingDraft[] = [];
  const evidence: Evidence[] = [];
  for (const { subject, sinceMs, value } of recent('builder', scene)) {
    const { reachable, trusted, said, sec } = value;
    if (reachable && trusted !== false) {
      evidence.push(contra('probe.builder', sec, 's'));
      continue;
    }
    const fault = reachable ? 'untrusted' : 'unreachable';
    findings.push({
      subject: { kind: 'builder', host: subject },
      level: 'warning',
      // Root connects, with keys that we may not have; who is not trusted may sign.
      state: 'likely',
      found: { kind: 'builder-asked', host: subject, fault, said },
      evidence: [pro('probe.builder.said', said ?? fault, 'text')],
      sinceMs,
    });
  }
  return { findings, evidence };
}

type Fault = Extract<FindingDraft['found'], { kind: 'cache-asked' }>['fault'];

function faultOfCache({ reachable, httpStatus, said, trusted }: ProbeValues['cache']): Fault | null {
  if (!reachable) return 'unreachable';
  if (httpStatus !== null && httpStatus !== 200) return 'status';
  if (said !== null) return 'none';
  return trusted === false ? 'untrusted' : null;
}

interface Answer<Id extends 'cache' | 'builder'> {
  readonly subject: string;
  /** Monotonic. */
  readonly sinceMs: number;
  readonly value: ProbeValues[Id];
}

function recent<Id extends 'cache' | 'builder'>(
  id: Id,
  { model, thresholds }: Pick<Scene, 'model' | 'thresholds'>,
): readonly Answer<Id>[] {
  const { probes, timeMs, monotonicMs } = model;
  return probes.results.flatMap((one) => {
    const { subject, endedMs } = one;
    const ageMs = Math.max(0, timeMs - endedMs);
    if (one.id !== id || !one.ok || subject === null || ageMs >= thresholds.askedSec * 1000) return [];
    return [{ subject, sinceMs: monotonicMs - ageMs, value: one.value as ProbeValues[Id] }];
  });
}
