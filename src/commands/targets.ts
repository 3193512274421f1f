/** What an action takes, from the situation: targets by identity, and why there are none. */
import { isActivating } from '../model/forest/derive-activation.ts';
import { mayTouchBuild, mayTouchClient, needsRoot } from '../model/intents/actor.ts';
import { clientTargetOf, type Intent, targetOf } from '../model/intents/intent.ts';
import type { Build, Client } from '../model/model.ts';
import type { ActSituation, SelectedRow, Situation } from './command.ts';

/** Those of the targets that run here and that this user may touch. */
export function touchable({ targets, actor }: ActSituation): readonly Build[] {
  return targets.filter((build) => build.host === null && mayTouchBuild(actor, build));
}

/** Why there is nothing to act on in a row of a tree. */
const noBuildThere: Readonly<Record<Exclude<SelectedRow, 'build' | 'process'>, string>> = {
  rebuild: 'this is the whole rebuild: select a build of it (c cancels it)',
  running: 'its processes are not seen here',
  waiting: 'it waits, nothing of it runs yet',
  planned: 'it is not being built yet',
  blocked: 'it is not built: something that it needs has failed',
  failed: 'it has failed: nothing of it runs',
  over: 'it has ended',
  line: 'this is no build',
};

/** Undefined on a build and on a process. */
export function noBuildIn({ selected }: Situation): string | undefined {
  return selected === null || selected === 'build' || selected === 'process'
    ? undefined
    : noBuildThere[selected];
}

export function noBuild(situation: Situation): string | undefined {
  const { act, rows, mode } = situation;
  const { targets, actor, model } = act;
  if (targets.length === 0) {
    if (situation.view === 'diagnosis') return 'this is about no build that runs here';
    if (situation.selected === 'failed') return noBuildThere.failed;
    if (mode === 'details') return 'it has ended';
    const there = noBuildIn(situation);
    if (there !== undefined) return there;
    if (rows > 0) return 'select a build first';
    return model.builds.length === 0 ? 'there is no build' : 'the filter hides every build';
  }
  if (touchable(act).length > 0) return undefined;
  const remote = targets.find(({ host }) => host !== null);
  if (remote !== undefined && targets.every(({ host }) => host !== null)) {
    return 'it runs on another machine: cancel its client (c)';
  }
  return actor.privileged ? undefined : needsRoot;
}

/** Pause what runs; where all of it is paused, resume. */
export function pauseIntent(act: ActSituation): Intent {
  const builds = touchable(act);
  const running = builds.filter(({ paused }) => !paused);
  return running.length > 0
    ? { type: 'pause', targets: running.map(targetOf) }
    : { type: 'resume', targets: builds.map(targetOf) };
}

/** Lower what is not; where all of it is lowered, put it back, limits as well. */
export function lowerIntent(act: ActSituation): Intent {
  const builds = touchable(act);
  const others = builds.filter(({ lowered }) => !lowered);
  return others.length > 0
    ? { type: 'lower', targets: others.map(targetOf) }
    : { type: 'restore', targets: builds.map(targetOf) };
}

export interface Cancellable {
  readonly clients: readonly Client[];
  readonly orphans: readonly Build[];
}

/** The clients of the targets or of the rebuild, and those of the targets that have none any more. */
export function clientsOfTargets({ targets, model, client }: ActSituation): Cancellable {
  const clients = model.clients.filter(
    (one) => one === client || targets.some(({ clientPid }) => clientPid === one.pid),
  );
  const orphans = targets.filter((build) => isOrphan(build, model.clients));
  return { clients, orphans };
}

function isOrphan({ clientPid, host }: Build, clients: readonly Client[]): boolean {
  return host === null && !clients.some(({ pid }) => pid === clientPid);
}

/** Without what belongs to somebody else. */
function permitted({ clients, orphans }: Cancellable, { actor }: ActSituation): Cancellable {
  return {
    clients: clients.filter((client) => mayTouchClient(actor, client)),
    orphans: orphans.filter((build) => mayTouchBuild(actor, build)),
  };
}

/**
 * What can be cancelled from here: of chosen builds what builds them; where the cursor only stands at the
 * top, every client, that of its build first.
 */
export function cancelChoices(act: ActSituation): readonly Cancellable[] {
  const own = permitted(clientsOfTargets(act), act);
  const first = isEmpty(own) ? [] : [own];
  if (act.chosen) return first;
  const all = permitted({ clients: act.model.clients, orphans: [] }, act).clients;
  const others = all.filter((client) => !own.clients.includes(client));
  return [...first, ...others.map((client) => ({ clients: [client], orphans: [] }))];
}

export function isEmpty({ clients, orphans }: Cancellable): boolean {
  return clients.length + orphans.length === 0;
}

export function cancelIntent({ clients, orphans }: Cancellable, everything = false): Intent {
  return {
    type: 'cancel',
    clients: clients.map(clientTargetOf),
    orphans: orphans.map(targetOf),
    everything,
  };
}

/** Everything of Nix, as far as it is ours to cancel; an activation is stopped only where it is chosen. */
export function everythingOf(act: ActSituation): Cancellable {
  const { clients, builds } = act.model;
  const orphans = builds.filter((build) => isOrphan(build, clients));
  return permitted({ clients: clients.filter((client) => !isActivating(client)), orphans }, act);
}
