/** What guards did: as events, each act once, also where nobody looked while it was done; and which builds they paused. */
import { identityKey, sameProcess } from '../../base/identity.ts';
import { isSame } from '../../base/same.ts';
import type { Notice } from '../diagnosis/notice.ts';
import type { Build, ModelEvent, PausedFrom } from '../model.ts';
import type { GuardAct } from './guard.ts';
import type { GuardSeen } from './guard-seen.ts';

/** At the first sight of a guard what it did before is history. */
const recentMs = 60_000;

/** What they did since; `before`: of the Model before this one. */
export function freshActs(
  now: readonly GuardSeen[],
  before: readonly GuardSeen[],
  timeMs: number,
): readonly GuardAct[] {
  if (now === before) return [];
  return now.flatMap((guard) => {
    const known = before.find((one) => identityKey(one) === identityKey(guard));
    if (known?.acts === guard.acts) return [];
    if (known === undefined) return guard.acts.filter(({ atMs }) => Math.abs(timeMs - atMs) < recentMs);
    const told = new Set(known.acts.map(keyOf));
    return guard.acts.filter((act) => !told.has(keyOf(act)));
  });
}

export function guardEvents(acts: readonly GuardAct[], timeMs: number): readonly ModelEvent[] {
  return acts.map((act) => eventOf(act, timeMs)).sort((a, b) => a.timeMs - b.timeMs);
}

/** Whom they ended, as our own kills are told: so that a build that failed of it says so. */
export function guardKills(acts: readonly GuardAct[]): readonly Notice[] {
  return acts.flatMap(({ atMs, action, names, processes = [], dryRun, status, summary }): Notice[] => {
    if (dryRun || status !== 'done' || (action !== 'kill' && action !== 'cancel')) return [];
    const what = action === 'kill' ? 'build' : 'client';
    return processes.map(({ pid, startTime }, index) => {
      const name = names[index] ?? null;
      return {
        ...{ kind: 'own-kill', what, pid, startTime, uid: null, guard: true },
        ...{ build: what === 'build' ? name : null, command: what === 'client' ? name : null },
        ...{ timeMs: atMs, from: 'nixpulse', text: summary ?? '' },
      };
    });
  });
}

/** What was decided may be said again with what became of it. */
function keyOf({ atMs, rule, action }: GuardAct): string {
  return `${atMs} ${rule} ${action}`;
}

function eventOf(act: GuardAct, nowMs: number): ModelEvent {
  const { atMs, rule, action, names, dryRun, status, value, limit, unit, heldSec, below, summary } = act;
  return {
    timeMs: Math.min(atMs, nowMs),
    kind: 'guard',
    level: levelOf(act),
    ...{ rule, action, names, dryRun, status, value, limit, unit, heldSec, summary },
    ...(below && { below }),
  };
}

/** What was lost is critical; what could not be done leaves things as they were. */
function levelOf({ action, dryRun, status }: GuardAct): ModelEvent['level'] {
  if (action === 'resume' || action === 'restore') return status === 'done' || dryRun ? 'ok' : 'warning';
  const ends = action === 'kill' || action === 'cancel' || action === 'restart-daemon';
  return ends && !dryRun ? 'critical' : 'warning';
}

/** Who a guard paused says so: also of a guard whose registry of paused builds we may not read. */
export function pausedByGuards(
  builds: readonly Build[],
  guards: readonly GuardSeen[],
  before: readonly Build[],
): readonly Build[] {
  if (guards.length === 0 || !builds.some(({ paused }) => paused)) return builds;
  const marked = builds.map((build, index) => {
    const pausedFrom = build.paused ? guardOf(build, guards) : null;
    if (pausedFrom === null || isSame(pausedFrom, build.pausedFrom)) return build;
    const now = { ...build, pausedFrom };
    const old = before[index];
    return old !== undefined && isSame(old, now) ? old : now;
  });
  return marked.every((build, index) => build === builds[index]) ? builds : keptList(marked, before);
}

function keptList(now: readonly Build[], before: readonly Build[]): readonly Build[] {
  const same = now.length === before.length && now.every((build, index) => build === before[index]);
  return same ? before : now;
}

/** By the registry, or by what the guard said it did last to it. */
function guardOf(build: Build, guards: readonly GuardSeen[]): PausedFrom | null {
  const { pausedFrom } = build;
  for (const { pid, acts } of guards) {
    if (pausedFrom?.pid === pid) return { ...pausedFrom, guard: true };
    if (pausedFrom !== null) continue;
    const last = acts.findLast(
      ({ action, processes = [] }) =>
        (action === 'pause' || action === 'resume') && processes.some((one) => sameProcess(one, build)),
    );
    const isPaused = last?.status === 'done' || last?.status === 'incomplete';
    if (last?.action === 'pause' && isPaused) return { pid, timeMs: last.atMs, guard: true };
  }
  return null;
}
