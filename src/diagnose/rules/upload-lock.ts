/**
 * One client at a time copies to a builder (build-remote.cc): who waits for whom, by the hooks that block on the lock and by
 * the logs that say so. A holder that has uploaded everything keeps the others waiting for nothing (NixOS/nix#11083).
 */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Build, LockWait, Model } from '../../model/model.ts';
import type { Rebuild } from '../../model/rebuild/rebuild.ts';
import { pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import type { Scene } from '../rule.ts';

interface Waiting {
  /** Hooks that block on it, and goals that say so: the same ones, told twice. */
  hooks: number;
  goals: number;
  holderPid: number | null;
  sinceMs: number;
  /** Of those who say so. */
  readonly rebuilds: Rebuild[];
}

export function uploadLocks(scene: Scene): readonly FindingDraft[] {
  const { model, nowMs, thresholds } = scene;
  const findings: FindingDraft[] = [];
  for (const [host, waiting] of waitingFor(scene)) {
    const { hooks, goals, holderPid, sinceMs, rebuilds } = waiting;
    if (nowMs - sinceMs < thresholds.pauseSec * 1000) continue;
    const holder = holderPid === null ? null : buildOf(holderPid, model);
    const uploaded = hasUploaded(host, holder, rebuilds, scene);
    const long = nowMs - sinceMs >= thresholds.idleSec * 1000;
    const count = Math.max(hooks, goals);
    findings.push({
      subject: { kind: 'builder', host },
      level: long ? 'warning' : 'ok',
      state: 'confirmed',
      found: {
        kind: 'upload-lock',
        host,
        holderPid,
        holder: holder === null ? null : holderName(holder, model),
        waiting: count,
        uploaded,
      },
      evidence: [pro('rebuilds.waits', count, 'none', sinceMs)],
      sinceMs,
    });
  }
  return findings;
}

function waitingFor({ model, since }: Scene): ReadonlyMap<string, Waiting> {
  const byHost = new Map<string, Waiting>();
  const of = (host: string, sinceMs: number): Waiting => {
    const known = byHost.get(host) ?? { hooks: 0, goals: 0, holderPid: null, sinceMs, rebuilds: [] };
    known.sinceMs = Math.min(known.sinceMs, sinceMs);
    byHost.set(host, known);
    return known;
  };
  for (const wait of waitsOfHooks(model)) {
    const host = hostOfLock(wait.path);
    if (host === null) continue;
    const one = of(host, since(`upload lock ${host}`, true) ?? 0);
    one.hooks += 1;
    one.holderPid ??= wait.holderPid;
  }
  for (const { over, rebuild } of model.rebuilds) {
    if (over) continue;
    for (const wait of rebuild.waits.values()) {
      if (wait.for.kind !== 'upload-lock') continue;
      const one = of(wait.for.host, monotonicOf(model, wait.sinceMs));
      one.goals += 1;
      if (!one.rebuilds.includes(rebuild)) one.rebuilds.push(rebuild);
    }
  }
  return byHost;
}

function waitsOfHooks({ builds, clients, workers }: Model): readonly LockWait[] {
  return [...builds, ...clients, ...workers].flatMap(({ waitsFor }) => waitsFor ?? []);
}

/** `/nix/var/nix/current-load/ssh-ng:__big-arm.upload-lock`: `/` of an address is `_` there (escapeUri). */
export function hostOfLock(path: string | null): string | null {
  const name = /\/current-load\/([^/]+)\.upload-lock$/.exec(path ?? '')?.[1];
  return name?.replace(/^([a-z-]+):__/, '$1://') ?? null;
}

function buildOf(pid: number, { builds }: Model): Build | null {
  return builds.find(({ tree }) => tree.some((process) => process.pid === pid)) ?? null;
}

function holderName(build: Build, { clients }: Model): string {
  const client = clients.find(({ pid }) => pid === build.clientPid);
  return build.name ?? client?.command ?? `${build.pid}`;
}

/** By the log of the holder, else of who waits where that one uploads as well; null: none tells. */
function hasUploaded(
  host: string,
  holder: Build | null,
  waiting: readonly Rebuild[],
  { model, thresholds }: Scene,
): boolean | null {
  const log = holder?.log ?? null;
  const own = log === null ? undefined : model.rebuilds.find(({ id }) => id === log.rebuild)?.rebuild;
  const sends = (own === undefined ? waiting : [own]).flatMap(({ transfers }) =>
    [...transfers.values()].filter(({ direction, peer }) => direction === 'send' && peer === host),
  );
  // Whoever has the lock asks first what is missing there: that nothing is under way may also be before the upload.
  if (sends.length === 0) return (own?.peers.get(host)?.sentPaths ?? 0) > 0 ? true : null;
  return sends.every(
    ({ movedMs, startedMs, bytes, expectedBytes }) =>
      // Of how much it is, Nix says 0 where it does not know; a part that stands is no end.
      (expectedBytes === null || expectedBytes === 0 || bytes >= expectedBytes) &&
      model.timeMs - (movedMs ?? startedMs) >= thresholds.pauseSec * 1000,
  );
}
