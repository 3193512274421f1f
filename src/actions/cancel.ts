/** Cancel clients, or all of them, and end the builds that nobody waits for any more. */

import { type IdentityKey, identityKey } from '../base/identity.ts';
import type { Forest } from '../model/forest/forest.ts';
import type { BuildTarget, ClientTarget } from '../model/intents/intent.ts';
import type { Action, ActionContext } from './action.ts';
import { ownProcesses } from './ancestors.ts';
import { belongsTo, type Proof, proofOf } from './belongs.ts';
import { outcomeOf } from './cancel-outcome.ts';
import { clientOf } from './clients-of.ts';
import { type EndedBuild, endBuilds } from './end-builds.ts';
import { type Leaving, leaving, livingBuilds, urge } from './end-clients.ts';
import { forestNow } from './forest-now.ts';
import { targetOfClient, targetOfGroup } from './targets.ts';
import { wait } from './wait.ts';

const roundMs = 25;
/** A worker whose client has gone ends its builders by itself, and removes their directories. */
const workerMs = 700;
const giveUpMs = 20_000;
/** Cancel everything: a script that starts one client after the other has started its next by then. */
const quietMs = 150;
/** Cancel everything: whoever starts the next client is met as well, for so long. */
const newcomersMs = 4000;

export const cancel: Action<'cancel'> = async (intent, context) => {
  const { clock } = context.ports;
  const own = ownProcesses(context.ports);
  const startMs = clock.monotonic();
  const clients = new Map<IdentityKey, Leaving>();
  const hunts = new Map<IdentityKey, Promise<readonly EndedBuild[]>>();
  const met = new Set<IdentityKey>();
  /** Builds whose client is gone while their worker is there, since when. */
  const unclaimed = new Map<IdentityKey, number>();
  let busyAtMs = startMs;
  const add = (client: ClientTarget) => {
    const key = identityKey(client.process);
    if (!clients.has(key)) clients.set(key, leaving(client, clock.monotonic()));
  };
  const hunt = (proof: Proof) => {
    const key = identityKey(proof.target.root);
    if (!hunts.has(key)) hunts.set(key, endBuilds([proof], context));
  };
  for (const client of intent.clients) add(client);
  for (const orphan of intent.orphans) hunt(proofOf(orphan));

  for (;;) {
    const forest = forestNow(context);
    if (forest === null) break;
    const nowMs = clock.monotonic();
    if (intent.everything && nowMs - startMs < newcomersMs && takeEverything(forest, nowMs)) busyAtMs = nowMs;
    for (const one of clients.values()) urge(one, forest, own, context);
    for (const one of clients.values()) {
      for (const key of one.builds.keys()) met.add(key);
      endLeftBuilds(one, forest, own, nowMs, hunt);
    }
    const open = [...clients.values()].filter((one) => isOpen(one, forest, own, hunts));
    report(open, context);
    if (open.length > 0) busyAtMs = nowMs;
    const quiet = open.length === 0 && (!intent.everything || nowMs - busyAtMs >= quietMs);
    if (quiet || context.cancelled.aborted || nowMs - startMs >= giveUpMs) break;
    await wait(context, roundMs);
  }
  const orphans = (await Promise.all(hunts.values())).flat();
  return outcomeOf({
    clients: [...clients.values()],
    builds: met.size,
    orphans,
    everything: intent.everything,
    tookMs: clock.monotonic() - startMs,
    stopped: context.cancelled.aborted,
  });

  /** True while a worker has the time to end builds that no client waits for. */
  function takeEverything(forest: Forest, nowMs: number): boolean {
    let patient = false;
    for (const group of forest.clients) {
      if (!group.processes.some(({ pid }) => own.has(pid))) add(targetOfClient(group));
    }
    for (const group of forest.builds) {
      const client = clientOf(group.root, forest);
      if (client !== null && forest.byPid.has(client)) continue;
      const key = identityKey(group.root);
      const sinceMs = unclaimed.get(key) ?? nowMs;
      unclaimed.set(key, sinceMs);
      const target = targetOfGroup(group, forest.raw);
      if (!isOrphan(target, forest) && nowMs - sinceMs < workerMs) {
        patient = true;
        continue;
      }
      const proof = proofOf(target);
      if (belongsTo(proof, forest, own).kind === 'proven') hunt(proof);
    }
    return patient;
  }
};

/** A client is done with when it and its builds are; those that are hunted report for themselves. */
function isOpen(
  one: Leaving,
  forest: Forest,
  own: ReadonlySet<number>,
  hunts: ReadonlyMap<IdentityKey, unknown>,
): boolean {
  if (one.kind === 'leaving') return true;
  if (one.kind !== 'ended') return false;
  return livingBuilds(one, forest, own).some(({ target }) => !hunts.has(identityKey(target.root)));
}

/** Orphans at once, the others when their worker had its time. */
function endLeftBuilds(
  one: Leaving,
  forest: Forest,
  own: ReadonlySet<number>,
  nowMs: number,
  hunt: (proof: Proof) => void,
): void {
  if (one.kind !== 'ended' || one.endedMs === null) return;
  const late = nowMs - one.endedMs >= workerMs;
  for (const proof of livingBuilds(one, forest, own)) {
    if (late || isOrphan(proof.target, forest)) hunt(proof);
  }
}

/** Its worker, or the client that built it, is no longer above it. */
function isOrphan({ root }: BuildTarget, forest: Forest): boolean {
  const process = forest.byPid.get(root.pid);
  return process === undefined || process.ppid <= 1 || !forest.byPid.has(process.ppid);
}

function report(open: readonly Leaving[], context: ActionContext): void {
  const [first] = open;
  if (first === undefined) return;
  const text =
    open.length > 1
      ? `waits for ${open.length} clients`
      : first.kind === 'ended'
        ? 'waits for its builds'
        : `waits for ${first.client.command} (${first.strongest})`;
  context.report({ text });
}
