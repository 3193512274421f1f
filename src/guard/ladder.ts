/**
 * Which action comes next, and what it does to whom: the Intent it becomes. The gentlest first; but what cannot show in
 * the time that is left is left out (docs/decisions/0024-guard.md). Pure.
 */
import { type IdentityKey, identityKey, type ProcessIdentity } from '../base/identity.ts';
import { ownCgroup } from '../model/forest/build-cgroup.ts';
import { type GuardAction, guardActions } from '../model/guard/guard.ts';
import {
  type BuildTarget,
  clientTargetOf,
  type Intent,
  targetOf,
  titleOfTarget,
} from '../model/intents/intent.ts';
import type { Build } from '../model/model.ts';
import type { Candidate } from './rule.ts';

/** One step on one subject. `intent` null: it is only told. */
export interface Step {
  readonly action: GuardAction;
  readonly intent: Intent | null;
  /** On whom it falls. */
  readonly names: readonly string[];
}

/**
 * Seconds until it shows whether it has helped. Somebody has to read what is told. Nice levels and weights only slow
 * down, and only where others want the same; memory.high is met by the next pages that are asked for; what is stopped
 * takes nothing more at once; what is killed gives back gigabytes within seconds, and later where it waits for a disk
 * (docs/freeze.md: up to 2.3 s).
 */
export const showsAfterSec: Readonly<Record<GuardAction, number>> = {
  tell: 30,
  lower: 30,
  limit: 5,
  pause: 2,
  kill: 5,
  cancel: 10,
  'restart-daemon': 10,
  'restart-unit': 10,
};

/** With less than this left all that are heavy are paused at once, but for the one that is spared: it is undone one by one. */
const atOnceSec = 10;

/** `pause 10:5`: an action that a build or client has had already, or that has failed on it; `restart-daemon` while it may not be. */
export function barKey(action: GuardAction, process: ProcessIdentity): string {
  return `${action} ${identityKey(process) satisfies IdentityKey}`;
}

/** Among the barred: where builds have no cgroups of their own a limit is the daemon's, and meets those that are spared too. */
export const limitOfAll = 'limit of the daemon';

export interface Rung {
  readonly step: Step;
  /** Of the action that comes after it. */
  readonly next: number;
}

/** `next`: from which of `actions` on. `last`: the one that was taken before. Null: none is left. */
export function nextRung(
  candidate: Candidate,
  { next, last }: { readonly next: number; readonly last: GuardAction | null },
  actions: readonly GuardAction[],
  barred: ReadonlySet<string>,
): Rung | null {
  const { leftSec, upTo, repeats, made } = candidate;
  const pause = leftSec !== undefined && made ? actions.indexOf('pause') : -1;
  const stops = pause < 0 ? null : stepOf('pause', candidate, barred);
  if (stops !== null) return { step: stops, next: Math.max(next, pause) };
  const harshest = upTo === undefined ? guardActions.length : guardActions.indexOf(upTo);
  const rungs: Rung[] = [];
  for (const [index, action] of actions.entries()) {
    if (index < next || guardActions.indexOf(action) > harshest) continue;
    const step = stepOf(action, candidate, barred);
    if (step === null) continue;
    const again = repeats === true && (action === 'pause' || action === 'kill' || action === 'restart-unit');
    rungs.push({ step, next: again ? index : index + 1 });
  }
  const [first] = rungs;
  if (first === undefined) return null;
  if (leftSec === undefined) return first;
  const inTime = rungs.find(({ step }) => showsAfterSec[step.action] <= leftSec);
  if (inTime !== undefined) return inTime;
  // Nothing shows in time: the quickest, and what has been tried just now is not tried again.
  const untried = rungs.filter(({ step }) => step.action !== 'pause' || last !== 'pause');
  return untried.reduce<Rung>(
    (quickest, one) => (quickerThan(one, quickest) ? one : quickest),
    untried[0] ?? first,
  );
}

function quickerThan(a: Rung, b: Rung): boolean {
  return showsAfterSec[a.step.action] < showsAfterSec[b.step.action];
}

/** Null: there is nobody for it, and the next action has its turn. */
export function stepOf(action: GuardAction, candidate: Candidate, barred: ReadonlySet<string>): Step | null {
  const { clients, unitName } = candidate;
  const builds = candidate.builds.filter(
    (build) => build.host === null && !barred.has(barKey(action, build)),
  );
  switch (action) {
    case 'tell':
      return { action, intent: null, names: namesOf(candidate) };
    case 'lower':
    case 'limit': {
      // What somebody else has lowered is not ours to restore.
      const targets = builds
        .filter(({ paused, lowered }) => !paused && !(action === 'lower' && lowered))
        .filter((build) => action === 'lower' || !barred.has(limitOfAll) || hasOwnCgroup(build))
        .map(targetOf);
      return targets.length === 0
        ? null
        : { action, intent: { type: action, targets }, names: targets.map(titleOfTarget) };
    }
    case 'pause': {
      const targets = pausedBy(candidate, barred).map(targetOf);
      return targets.length === 0
        ? null
        : { action, intent: { type: 'pause', targets }, names: targets.map(titleOfTarget) };
    }
    case 'kill': {
      const targets = builds.slice(0, 1).map(targetOf);
      return targets.length === 0
        ? null
        : { action, intent: { type: 'kill', targets, reason: null }, names: targets.map(titleOfTarget) };
    }
    case 'cancel': {
      const targets = clients.filter((client) => !barred.has(barKey('cancel', client))).map(clientTargetOf);
      if (targets.length === 0 && candidate.command !== true) return null;
      const intent: Intent = { type: 'cancel', clients: targets, orphans: [], everything: false };
      const names = targets.length === 0 ? ['the command'] : targets.map(({ command }) => command);
      return { action, intent, names };
    }
    case 'restart-daemon':
      if (barred.has('restart-daemon')) return null;
      return { action, intent: { type: 'restart-daemon' }, names: ['nix-daemon.service'] };
    case 'restart-unit':
      if (unitName === undefined) return null;
      return { action, intent: { type: 'restart-unit', unit: unitName }, names: [unitName] };
  }
}

function hasOwnCgroup({ cgroup, uid }: Build): boolean {
  return cgroup !== null && ownCgroup(cgroup, uid) !== null;
}

function pausedBy({ builds, pauses, leftSec }: Candidate, barred: ReadonlySet<string>): readonly Build[] {
  const running = (pauses ?? builds).filter(
    (build) => build.host === null && !build.paused && !barred.has(barKey('pause', build)),
  );
  return pauses !== undefined && leftSec !== undefined && leftSec < atOnceSec ? running : running.slice(0, 1);
}

function namesOf({ name, builds, clients }: Candidate): readonly string[] {
  if (name !== null) return [name];
  const targets: readonly BuildTarget[] = builds.slice(0, 1).map(targetOf);
  return targets.length > 0 ? targets.map(titleOfTarget) : clients.slice(0, 1).map(({ command }) => command);
}
