/**
 * Caches that do not answer, or bring nothing: with what each was asked, and what waiting for it cost. A fetch that waits
 * for another client's, and one that is only slow, are no fault.
 */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import { answerSec } from '../../model/rebuild/answer-time.ts';
import type { FollowedRebuild } from '../../model/rebuild/followed.ts';
import type { Peer, Rebuild } from '../../model/rebuild/rebuild.ts';
import { askedCaches } from '../asked-peers.ts';
import { troubleOf } from '../cache-trouble.ts';
import { pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import { type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';
import { stalledFinding, standingTransfers } from '../standing-transfers.ts';
import { sourceCopies } from './source-copies.ts';

export const cacheRule: Rule = {
  id: 'cache',
  probes: ['cache'],
  look(scene) {
    const { rebuilds } = scene.model;
    const findings = rebuilds.flatMap((followed) => [
      ...troubles(followed, scene),
      ...(followed.over ? [] : [...stalls(followed, scene), ...sourceCopies(followed, scene)]),
    ]);
    const asked = askedCaches(scene);
    findings.push(...asked.findings);
    if (rebuilds.length === 0 && asked.evidence.length === 0)
      return { findings, ground: untested({ kind: 'log' }) };
    // A log that asked no cache says little of them.
    const heard =
      asked.evidence.length > 0 ||
      rebuilds.some(({ rebuild }) => rebuild.peers.size + rebuild.transfers.size > 0);
    return { findings, ground: heard ? refuted(...asked.evidence) : unlikely() };
  },
};

/** What comes from and goes to caches; of builders the rule `builder` tells. */
function stalls(followed: FollowedRebuild, scene: Scene): readonly FindingDraft[] {
  return standingTransfers(followed, scene)
    .filter(({ peer }) => !isBuilder(peer))
    .map((one) => ({
      ...stalledFinding(one, { kind: 'cache', cache: one.peer }, standsAlone(followed, scene)),
      probe: 'cache',
    }));
}

export function isBuilder(peer: string): boolean {
  return /^ssh(?:-ng)?:\/\//.test(peer);
}

/** Nothing else of the rebuild goes on. */
export function standsAlone({ id }: FollowedRebuild, { model }: Scene): boolean {
  const verdict = model.verdicts.find(({ subject }) => 'rebuild' in subject && subject.rebuild === id);
  return verdict?.state === 'stuck';
}

function troubles(followed: FollowedRebuild, scene: Scene): readonly FindingDraft[] {
  const findings: FindingDraft[] = [];
  const open = openQuestions(followed.rebuild, scene);
  for (const name of new Set([...followed.rebuild.peers.keys(), ...open.keys()])) {
    const peer = followed.rebuild.peers.get(name);
    const finding = peer === undefined ? null : troubleFinding(name, peer, open.get(name), followed, scene);
    if (finding !== null) findings.push(finding);
  }
  return findings;
}

interface Open {
  readonly count: number;
  /** Unix ms of the oldest. */
  readonly sinceMs: number;
}

/** Questions that are open for longer than an answer takes; those that went wrong already count at once. */
function openQuestions({ transfers }: Rebuild, { model, thresholds }: Scene): ReadonlyMap<string, Open> {
  const open = new Map<string, Open>();
  for (const { lookup, peer, startedMs, troubles } of transfers.values()) {
    if (!lookup || peer === null) continue;
    if (troubles === 0 && model.timeMs - startedMs < thresholds.transferSec * 1000) continue;
    const known = open.get(peer);
    open.set(peer, {
      count: (known?.count ?? 0) + 1,
      sinceMs: Math.min(known?.sinceMs ?? startedMs, startedMs),
    });
  }
  return open;
}

function troubleFinding(
  cache: string,
  peer: Peer,
  open: Open | undefined,
  { rebuild, over }: FollowedRebuild,
  { model, thresholds }: Scene,
): FindingDraft | null {
  const { asked, answered, unanswered, retries, trouble } = peer;
  const openMs =
    open === undefined || over || rebuild.running.size > 0
      ? 0
      : Math.max(0, model.timeMs - Math.max(open.sinceMs, peer.lostUntilMs ?? 0));
  const lostSec = Math.round((peer.lostMs + openMs) / 1000);
  const costs = lostSec >= thresholds.cacheLostSec;
  // One that fails at once costs nothing; that it never answers is worth knowing.
  const dead = unanswered > 0 && answered === 0 && peer.fetchedPaths === 0;
  if (!costs && !dead) return null;
  if (unanswered + retries === 0 && open === undefined) return null;
  const why = trouble === null ? (open === undefined ? null : 'timeout') : troubleOf(trouble);
  const sec = answerSec(peer);
  return {
    subject: { kind: 'cache', cache },
    level: costs && !over ? 'warning' : 'ok',
    state: 'confirmed',
    found: {
      kind: 'cache-trouble',
      cache,
      why,
      httpStatus: trouble?.httpStatus ?? null,
      asked,
      answered,
      unanswered,
      open: open?.count ?? 0,
      retries,
      answerSec: sec,
      lostSec,
    },
    evidence: [
      pro('rebuilds.peers.asked', asked, 'none'),
      pro('rebuilds.peers.answered', answered, 'none'),
      pro('rebuilds.peers.unanswered', unanswered + (open?.count ?? 0), 'none'),
      pro('rebuilds.peers.answer', sec, 's'),
      pro('rebuilds.peers.lost', lostSec, 's'),
      pro('rebuilds.peers.retries', retries, 'none'),
    ],
    sinceMs: open === undefined ? null : monotonicOf(model, open.sinceMs),
    probe: 'cache',
  };
}
