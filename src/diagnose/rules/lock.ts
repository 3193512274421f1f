/** Locks that somebody holds, and others wait for: outputs, the store, a collection, uploads, build users, profiles. */
import { type ProcessIdentity, sameProcess } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { WaitFound } from '../../model/diagnosis/found-wait.ts';
import type { Ground } from '../../model/diagnosis/hypothesis.ts';
import type { Partner, Verdict } from '../../model/diagnosis/verdict.ts';
import type { Model } from '../../model/model.ts';
import { pro } from '../judgement.ts';
import { hiddenOthers, type Rule, refuted, type Scene, untested } from '../rule.ts';
import { collections } from './collection.ts';
import { hostOfLock, uploadLocks } from './upload-lock.ts';

type Lock = Extract<Partner, { readonly kind: 'lock' }>;
type Awaited = Extract<WaitFound, { readonly kind: 'resource-awaited' }>['what'];

export const lockRule: Rule = {
  id: 'lock',
  probes: [],
  look(scene) {
    const findings = [...held(scene), ...collections(scene), ...uploadLocks(scene), ...awaited(scene)];
    return { findings, ground: waitingGround(scene.model) ?? groundOf(scene.model) };
  },
};

const lockKinds: ReadonlySet<Partner['kind']> = new Set([
  'lock',
  'garbage-collection',
  'upload-lock',
  'build-user',
  'store-lock',
  'profile',
  'database',
]);

/** A moment's wait is no finding, and yet nobody can say that no lock is held. Null: none waits. */
function waitingGround({ verdicts }: Model): Ground | null {
  const waits = verdicts.filter(({ reason }) => reason.kind === 'wait' && lockKinds.has(reason.partner.kind));
  if (waits.length === 0) return null;
  const sinceMs = Math.min(...waits.map((one) => one.sinceMs));
  return {
    state: 'possible',
    untested: null,
    evidence: [pro('locks.waiting', waits.length, 'none', sinceMs)],
  };
}

/** Of others only root sees which locks they want, and their logs say it. */
function groundOf({ clients, rebuilds, totals }: Model): Ground {
  if (totals.processes === null && rebuilds.length === 0) return untested(hiddenOthers);
  const unseen = clients.some((one) => one.phase === null && !hasLog(one, rebuilds));
  return unseen ? untested({ kind: 'privilege', privilege: 'root, or a followed log' }) : refuted();
}

function hasLog(of: ProcessIdentity, rebuilds: Model['rebuilds']): boolean {
  return rebuilds.some(({ client }) => client !== null && sameProcess(client, of));
}

/** Waits of this kind, by what they are for; of those that last for a moment. */
function grouped<Kind extends Partner['kind']>(
  { model, nowMs, thresholds }: Scene,
  kinds: readonly Kind[],
  keyOf: (partner: Extract<Partner, { readonly kind: Kind }>) => string,
) {
  type Of = Extract<Partner, { readonly kind: Kind }>;
  const groups = new Map<string, { readonly partner: Of; readonly verdicts: Verdict[] }>();
  for (const verdict of model.verdicts) {
    const { reason } = verdict;
    if (reason.kind !== 'wait' || !(kinds as readonly string[]).includes(reason.partner.kind)) continue;
    const partner = reason.partner as Of;
    const key = keyOf(partner);
    const group = groups.get(key) ?? { partner, verdicts: [] };
    group.verdicts.push(verdict);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ partner, verdicts }) => ({
      partner,
      verdicts,
      sinceMs: Math.min(...verdicts.map(({ sinceMs }) => sinceMs)),
    }))
    .filter(({ sinceMs }) => nowMs - sinceMs >= thresholds.pauseSec * 1000);
}

function held(scene: Scene): readonly FindingDraft[] {
  const { model, nowMs, thresholds } = scene;
  const groups = grouped(scene, ['lock'], ({ path, holderPid }: Lock) => path ?? `${holderPid}`);
  return groups.flatMap(({ partner, verdicts, sinceMs }) => {
    const { path, holderPid, holder } = partner;
    if (hostOfLock(path) !== null) return [];
    const holderState = stateOf(holderPid, model);
    const long = nowMs - sinceMs >= thresholds.idleSec * 1000;
    return [
      {
        subject: path === null ? { kind: 'machine' } : { kind: 'path', path },
        level: holderState === 'stuck' || holderState === 'paused' ? 'critical' : long ? 'warning' : 'ok',
        state: 'confirmed',
        found: { kind: 'lock-held', path, holderPid, holder, waiting: verdicts.length, holderState },
        evidence: [
          pro('locks.waiting', verdicts.length, 'none', sinceMs),
          ...verdicts.flatMap(({ evidence }) => evidence).slice(0, 3),
        ],
        sinceMs,
      } satisfies FindingDraft,
    ];
  });
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

const resources = ['build-user', 'store-lock', 'profile', 'database'] as const satisfies readonly Awaited[];

/** What one waits for where it has no path of its own. */
const places: Readonly<Record<Awaited, string>> = {
  'build-user': '/nix/var/nix/userpool',
  'store-lock': '/nix/var/nix/db/big-lock',
  profile: '/nix/var/nix/profiles',
  database: '/nix/var/nix/db/db.sqlite',
};

function awaited(scene: Scene): readonly FindingDraft[] {
  const { nowMs, thresholds } = scene;
  const groups = grouped(scene, resources, (partner) =>
    'path' in partner ? `${partner.kind} ${partner.path}` : partner.kind,
  );
  return groups.map(({ partner, verdicts, sinceMs }) => {
    const path = 'path' in partner ? partner.path : null;
    return {
      subject: { kind: 'path', path: path ?? places[partner.kind] },
      level: nowMs - sinceMs >= thresholds.idleSec * 1000 ? 'warning' : 'ok',
      state: 'confirmed',
      found: { kind: 'resource-awaited', what: partner.kind, path, waiting: verdicts.length },
      evidence: [pro('locks.waiting', verdicts.length, 'none', sinceMs)],
      sinceMs,
    };
  });
}
