/** A lock that somebody holds, and others wait for. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Partner, Verdict } from '../../model/diagnosis/verdict.ts';
import type { Model } from '../../model/model.ts';
import { type Rule, refuted, type Scene } from '../rule.ts';

type Lock = Extract<Partner, { readonly kind: 'lock' }>;

export const lockRule: Rule = {
  id: 'lock',
  probes: [],
  look({ model, nowMs, thresholds }) {
    const waiting = new Map<string, { readonly lock: Lock; readonly verdicts: Verdict[] }>();
    for (const verdict of model.verdicts) {
      const { reason } = verdict;
      if (reason.kind !== 'wait' || reason.partner.kind !== 'lock') continue;
      const lock = reason.partner;
      const key = lock.path ?? `${lock.holderPid}`;
      const group = waiting.get(key) ?? { lock, verdicts: [] };
      group.verdicts.push(verdict);
      waiting.set(key, group);
    }
    const findings = [...waiting.values()]
      .filter(({ verdicts }) => verdicts.some(({ sinceMs }) => nowMs - sinceMs >= thresholds.pauseSec * 1000))
      .map(({ lock, verdicts }) => held(lock, verdicts, { model, nowMs, thresholds }));
    return { findings, ground: refuted() };
  },
};

function held(
  lock: Lock,
  verdicts: readonly Verdict[],
  { model, nowMs, thresholds }: Pick<Scene, 'model' | 'nowMs' | 'thresholds'>,
): FindingDraft {
  const { path, holderPid, holder } = lock;
  const sinceMs = Math.min(...verdicts.map((one) => one.sinceMs));
  const holderState = stateOf(holderPid, model);
  const long = nowMs - sinceMs >= thresholds.idleSec * 1000;
  return {
    subject: path === null ? { kind: 'machine' } : { kind: 'path', path },
    level: holderState === 'stuck' || holderState === 'paused' ? 'critical' : long ? 'warning' : 'ok',
    state: 'confirmed',
    found: { kind: 'lock-held', path, holderPid, holder, waiting: verdicts.length, holderState },
    evidence: verdicts.flatMap(({ evidence }) => evidence).slice(0, 4),
    sinceMs,
  };
}

/** Of the client or build that holds it, or that its worker serves. */
function stateOf(pid: number | null, { verdicts, workers }: Model): Verdict['state'] | null {
  if (pid === null) return null;
  const served = workers.find((one) => one.pid === pid)?.clientPid ?? pid;
  const verdict = verdicts.find(
    ({ subject }) => 'pid' in subject && (subject.pid === pid || subject.pid === served),
  );
  return verdict?.state ?? null;
}
