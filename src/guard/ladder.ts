/** What an action of the guard does to whom: the Intent it becomes. Pure. */
import { identityKey } from '../base/identity.ts';
import type { GuardAction } from '../model/guard/guard.ts';
import { clientTargetOf, type Intent, targetOf, titleOfTarget } from '../model/intents/intent.ts';
import type { Build } from '../model/model.ts';
import type { Candidate } from './rule.ts';

/** One step on one subject. `intent` null: it is only told. */
export interface Step {
  readonly action: GuardAction;
  readonly intent: Intent | null;
  /** On whom it falls. */
  readonly names: readonly string[];
}

/** A build is as heavy as the heaviest when it holds so much of what that one does. */
const heavyShare = 0.5;

/** Null: there is nobody for it, and the next action has its turn. `changed`: builds that we have lowered or limited. */
export function stepOf(action: GuardAction, candidate: Candidate, changed: ReadonlySet<string>): Step | null {
  const { builds, clients, unitName } = candidate;
  const running = builds.filter(({ paused, host }) => !paused && host === null);
  switch (action) {
    case 'tell':
      return { action, intent: null, names: candidate.name === null ? [] : [candidate.name] };
    case 'lower':
    case 'limit': {
      const targets = running
        .filter((build) => !changed.has(`${action} ${identityKey(build)}`))
        .map(targetOf);
      if (targets.length === 0) return null;
      return { action, intent: { type: action, targets }, names: targets.map(titleOfTarget) };
    }
    case 'pause':
      return onBuild(action, youngestHeavy(running));
    case 'kill':
      return onBuild(action, builds.find(({ host }) => host === null) ?? null);
    case 'cancel': {
      const targets = clients.map(clientTargetOf);
      if (targets.length === 0) return null;
      const intent: Intent = { type: 'cancel', clients: targets, orphans: [], everything: false };
      return { action, intent, names: targets.map(({ command }) => command) };
    }
    case 'restart-daemon':
      return { action, intent: { type: 'restart-daemon' }, names: ['nix-daemon.service'] };
    case 'restart-unit':
      if (unitName === undefined) return null;
      return { action, intent: { type: 'restart-unit', unit: unitName }, names: [unitName] };
  }
}

function onBuild(action: 'pause' | 'kill', build: Build | null): Step | null {
  if (build === null) return null;
  const target = targetOf(build);
  const names = [titleOfTarget(target)];
  if (action === 'pause') return { action, intent: { type: 'pause', targets: [target] }, names };
  return { action, intent: { type: 'kill', targets: [target], reason: null }, names };
}

/** Of those that are heavy the one that has done least: what it loses by standing still is least, too. */
function youngestHeavy(running: readonly Build[]): Build | null {
  const least = heavyShare * Math.max(0, ...running.map(({ residentBytes }) => residentBytes ?? 0));
  const heavy = running.filter(({ residentBytes }) => (residentBytes ?? 0) >= least);
  return heavy.reduce<Build | null>(
    (young, one) => (young === null || one.startTime > young.startTime ? one : young),
    null,
  );
}
