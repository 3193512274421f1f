/** Whether what a question asks about is still there: its targets are named by identity. */
import { sameProcess } from '../../base/identity.ts';
import { isActivating } from '../forest/derive-activation.ts';
import type { Model } from '../model.ts';
import {
  type BuildTarget,
  buildOf,
  type ClientTarget,
  clientOf,
  type Intent,
  titleOfTarget,
} from './intent.ts';

/** Why it can no longer be done, in words; null while it can. */
export function whyTooLate(intent: Intent, model: Model): string | null {
  switch (intent.type) {
    case 'kill':
    case 'pause':
    case 'resume':
    case 'lower':
    case 'limit':
    case 'restore':
      return buildsEnded(intent.targets, model);
    case 'signal': {
      const build = buildOf(intent.build, model);
      if (build === null) return `${titleOfTarget(intent.build)} has ended`;
      const there = build.tree.some((process) => sameProcess(process, intent.process));
      return there ? null : `process ${intent.process.pid} has ended`;
    }
    case 'cancel': {
      const { clients, orphans, everything } = intent;
      const begun = clients.find((one) => one.activating !== true && activates(one, model));
      if (!everything && begun !== undefined) return `${begun.command} activates by now: ask again`;
      if (everything && model.clients.length + model.builds.length > 0) return null;
      if (clients.some((client) => clientOf(client, model) !== null)) return null;
      if (orphans.some((orphan) => buildOf(orphan, model) !== null)) return null;
      const [first] = clients;
      if (clients.length === 1 && first !== undefined) return `${first.command} has ended`;
      return clients.length === 0 ? buildsEnded(orphans, model) : 'all of them have ended';
    }
    case 'hold-guard': {
      const guard = model.guards.find((one) => sameProcess(one, intent.guard));
      return guard === undefined || guard.ended ? 'that guard has ended' : null;
    }
    default:
      return null;
  }
}

function activates(target: ClientTarget, model: Model): boolean {
  const client = clientOf(target, model);
  return client !== null && isActivating(client);
}

function buildsEnded(targets: readonly BuildTarget[], model: Model): string | null {
  if (targets.some((target) => buildOf(target, model) !== null)) return null;
  const [first] = targets;
  return targets.length === 1 && first !== undefined
    ? `${titleOfTarget(first)} has ended`
    : 'all of them have ended';
}
