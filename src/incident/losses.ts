/** Builds that ended in vain: what their logs, the kernel, our journal and the process table say of each, put together. */
import { type IdentityKey, identityKey, type ProcessIdentity } from '../base/identity.ts';
import type { LostBuild } from '../model/incident/incident.ts';
import type { KeptEntry } from '../model/intents/outcome.ts';
import type { Killer } from '../model/machine/killers.ts';
import type { Build, ModelEvent } from '../model/model.ts';

/** What is told of one name within this time is one end: a log comes late when the machine is short. */
const sameEndMs = 120_000;

/** The oldest go, in a report that goes on for days. */
const mostLost = 500;
const mostGone = 200;

type Ended = Extract<ModelEvent, { readonly kind: 'build-ended' }>;
type Failed = Extract<ModelEvent, { readonly kind: 'build-failed' }>;
type Doom = Pick<LostBuild, 'killer' | 'by'> & { readonly timeMs: number };

export interface Losses {
  /** Each event, in order, but those of shortages. */
  event(event: ModelEvent): void;
  /** `builds`: as they were before it. */
  action(entry: KeptEntry, timeMs: number, builds: readonly Build[]): void;
  all(): readonly LostBuild[];
  /** It is among them: no ordinary end. */
  lost(event: Pick<Ended, 'name' | 'timeMs'>): LostBuild | null;
}

export function createLosses(): Losses {
  const lost: LostBuild[] = [];
  /** Of which it is likely that they end for it. */
  const doomed = new Map<IdentityKey | string, Doom>();
  /** That ended a moment ago: an action is known when it is done, and then they are gone. */
  let gone: readonly Ended[] = [];

  function find(name: string | null, timeMs: number): LostBuild | null {
    if (name === null) return null;
    return lost.findLast((one) => one.name === name && Math.abs(timeMs - one.timeMs) <= sameEndMs) ?? null;
  }

  /** What is known already stays; what was not is added. */
  function tell(news: LostBuild): void {
    const known = find(news.name, news.timeMs);
    if (known === null) {
      lost.push(news);
      if (lost.length > mostLost) lost.shift();
      return;
    }
    lost[lost.indexOf(known)] = {
      ...known,
      drv: known.drv ?? news.drv,
      ageSec: known.ageSec ?? news.ageSec,
      cause: known.cause ?? news.cause,
      killer: known.killer ?? news.killer,
      by: known.by ?? news.by,
    };
  }

  function doom(keys: readonly (IdentityKey | string | null)[], one: Doom): void {
    for (const key of keys) if (key !== null) doomed.set(key, one);
    for (const [key, { timeMs }] of doomed) if (one.timeMs - timeMs > sameEndMs) doomed.delete(key);
  }

  function ended(event: Ended): void {
    if (!gone.includes(event)) gone = [...gone, event].slice(-mostGone);
    const { name, ageSec, timeMs } = event;
    const why = doomed.get(identityKey(event)) ?? (name === null ? undefined : doomed.get(name));
    if (why !== undefined && timeMs - why.timeMs <= sameEndMs) {
      tell({ name, drv: null, timeMs, ageSec, cause: null, killer: why.killer, by: why.by });
    } else if (find(name, timeMs) !== null) {
      tell({ name, drv: null, timeMs, ageSec, cause: null, killer: null, by: null });
    }
  }

  function seenEnd(name: string | null, timeMs: number): Ended | null {
    if (name === null) return null;
    return gone.findLast((one) => one.name === name && Math.abs(timeMs - one.timeMs) <= sameEndMs) ?? null;
  }

  /** It is known who ended it after it had ended. */
  function killed(build: string | null, timeMs: number, killer: Killer): void {
    if (build === null) return;
    doom([build], { killer, by: null, timeMs });
    const seen = seenEnd(build, timeMs);
    if (seen !== null) ended(seen);
  }

  function failed({ name, drv, timeMs, ageSec, cause }: Failed): void {
    // An evaluation, a download or the tool itself: no build.
    if (drv === null && name === null) return;
    // A log is told of it when Nix gets round to it: processes were gone by then.
    const seen = seenEnd(name, timeMs);
    const age = seen?.ageSec ?? ageSec;
    tell({ name, drv, timeMs: seen?.timeMs ?? timeMs, ageSec: age, cause, killer: null, by: null });
  }

  return {
    event(event) {
      if (event.kind === 'build-ended') ended(event);
      else if (event.kind === 'build-failed') failed(event);
      else if (event.kind === 'killed' && event.build !== null)
        killed(event.build, event.timeMs, event.killer);
      else if (event.kind === 'guard' && event.action === 'kill' && !event.dryRun)
        doom(event.names, { killer: 'nixpulse', by: 'guard', timeMs: event.timeMs });
      else if (event.kind === 'oom-limit' && event.build !== null) killed(event.build, event.timeMs, 'limit');
    },
    action({ intent, status, user }, timeMs, builds) {
      if (intent === null || (status !== 'done' && status !== 'incomplete')) return;
      const why: Doom = { killer: 'nixpulse', by: user, timeMs };
      if (intent.type === 'kill') {
        const roots: readonly ProcessIdentity[] = intent.targets.map(({ root }) => root);
        doom(roots.map(identityKey), why);
      } else if (intent.type === 'cancel') {
        const pids = new Set(intent.clients.map(({ process }) => process.pid));
        const theirs = builds.filter(
          ({ clientPid }) => intent.everything || (clientPid !== null && pids.has(clientPid)),
        );
        doom([...theirs, ...intent.orphans.map(({ root }) => root)].map(identityKey), why);
      } else return;
      for (const event of gone.filter((one) => doomed.get(identityKey(one)) === why)) {
        const { name, ageSec } = event;
        tell({ name, drv: null, timeMs: event.timeMs, ageSec, cause: null, killer: why.killer, by: why.by });
      }
    },
    all: () => lost,
    lost: ({ name, timeMs }) => find(name, timeMs),
  };
}
