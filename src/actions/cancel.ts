/**
 * Cancels clients, or all of them. Every 25 ms the forest is read anew, and
 * - each client gets its next signal (end-clients.ts); a worker whose client has gone ends its builds by itself;
 * - builds that are left 700 ms later, or have no worker any more, are ended one by one (end-builds.ts);
 * - to cancel everything, new clients are added for 4 s, and it is done when nothing of Nix ran for 150 ms.
 */

import { type IdentityKey, identityKey } from '../base/identity.ts';
import { changesNothing } from '../model/forest/derive-activation.ts';
import type { Forest } from '../model/forest/forest.ts';
import type { BuildTarget, ClientTarget } from '../model/intents/intent.ts';
import type { Action, ActionContext } from './action.ts';
import { findBuildProcesses, type Proof, proofOf } from './build-processes.ts';
import { outcomeOfCancel } from './cancel-outcome.ts';
import { type EndedBuild, endBuilds } from './end-builds.ts';
import { isLateWithBuilds, livingBuilds, signalClient } from './end-clients.ts';
import { type EndingClient, endingClient } from './ending-client.ts';
import { clientPidOf, forestNow, ownProcesses, targetOfBuild, targetOfClient } from './forest-now.ts';
import { type BuildTraces, leftBehind, tracesOf } from './left-behind.ts';
import { wait } from './wait.ts';

const roundMs = 25;
/** A worker whose client has gone ends its builders by itself, and removes their directories. */
const workerEndsBuildsMs = 700;
const giveUpMs = 25_000;
/** Cancel everything: a script that starts one client after the other has started its next by then. */
const idleForMs = 150;
/** Cancel everything: clients that are started meanwhile are cancelled as well, for so long. */
const addForMs = 4000;

export const cancel: Action<'cancel'> = async (intent, context) => {
  const { clock } = context.ports;
  const own = ownProcesses(context.ports);
  const startMs = clock.monotonic();
  const clients = new Map<IdentityKey, EndingClient>();
  const endedBuilds = new Map<IdentityKey, Promise<readonly EndedBuild[]>>();
  const buildsOfClients = new Set<IdentityKey>();
  /** Builds whose client is gone while their worker is there, since when. */
  const withoutClientSinceMs = new Map<IdentityKey, number>();
  const traces = new Map<IdentityKey, BuildTraces>();
  let busyAtMs = startMs;
  let startTicks = Number.POSITIVE_INFINITY;
  const add = (client: ClientTarget) => {
    const key = identityKey(client.process);
    if (!clients.has(key)) clients.set(key, endingClient(client));
  };
  const endBuild = (proof: Proof) => {
    const key = identityKey(proof.target.root);
    if (endedBuilds.has(key)) return;
    if (!traces.has(key)) traces.set(key, tracesOf(proof.target));
    endedBuilds.set(key, endBuilds([proof], context));
  };
  for (const client of intent.clients) add(client);
  for (const orphan of intent.orphans) endBuild(proofOf(orphan));

  for (;;) {
    const forest = forestNow(context);
    if (forest === null) break;
    const nowMs = clock.monotonic();
    startTicks = Math.min(startTicks, forest.raw.uptimeSec * forest.raw.ticksPerSec);
    if (intent.everything && nowMs - startMs < addForMs && addEverything(forest, nowMs)) busyAtMs = nowMs;
    for (const one of clients.values()) signalClient(one, forest, own, context);
    for (const one of clients.values()) {
      for (const key of one.builds.keys()) buildsOfClients.add(key);
      endLeftBuilds(one, forest, own, nowMs, endBuild);
    }
    noteTraces(forest);
    const open = [...clients.values()].filter((one) => isOpen(one, forest, own, endedBuilds));
    report(open, context);
    if (open.length > 0) busyAtMs = nowMs;
    const isDone = open.length === 0 && (!intent.everything || nowMs - busyAtMs >= idleForMs);
    if (isDone || context.cancelled.aborted || nowMs - startMs >= giveUpMs) break;
    await wait(context, roundMs);
  }
  const orphans = (await Promise.all(endedBuilds.values())).flat();
  const tookMs = clock.monotonic() - startMs;
  const last = forestNow(context);
  return outcomeOfCancel({
    clients: [...clients.values()],
    builds: buildsOfClients.size,
    orphans,
    begunMeanwhile: last === null ? [] : activationsSince(startTicks, last, clients),
    leftBehind: last === null ? [] : await leftBehind([...traces.values()], last, context.ports),
    everything: intent.everything,
    tookMs,
    stopped: context.cancelled.aborted,
  });

  /** At the first sight: afterwards its parent may be gone. */
  function noteTraces(forest: Forest): void {
    for (const group of forest.builds) {
      const key = identityKey(group.root);
      if (traces.has(key) || !buildsOfClients.has(key)) continue;
      traces.set(key, tracesOf(targetOfBuild(group, forest.raw), group));
    }
  }

  /** True while a worker has the time to end builds that no client waits for. */
  function addEverything(forest: Forest, nowMs: number): boolean {
    let workersEnding = false;
    for (const group of forest.clients) {
      if (!group.processes.some(({ pid }) => own.has(pid))) add(targetOfClient(group));
    }
    for (const group of forest.builds) {
      const client = clientPidOf(group.root, forest);
      if (client !== null && forest.byPid.has(client)) continue;
      const key = identityKey(group.root);
      const sinceMs = withoutClientSinceMs.get(key) ?? nowMs;
      withoutClientSinceMs.set(key, sinceMs);
      const target = targetOfBuild(group, forest.raw);
      if (!isOrphan(target, forest) && nowMs - sinceMs < workerEndsBuildsMs) {
        workersEnding = true;
        continue;
      }
      const proof = proofOf(target);
      if (findBuildProcesses(proof, forest, own).kind === 'proven') endBuild(proof);
    }
    return workersEnding;
  }
};

/** A rebuild that was interrupted between two commands may have handed its switch to systemd just before. */
function activationsSince(
  ticks: number,
  forest: Forest,
  known: ReadonlyMap<IdentityKey, EndingClient>,
): readonly string[] {
  return forest.clients
    .filter(({ process, activation }) => {
      const begun = (activation?.process.startTime ?? 0) >= ticks && !known.has(identityKey(process));
      return begun && activation !== null && !changesNothing(activation.action);
    })
    .map((group) => `${targetOfClient(group).command} (${group.process.pid})`);
}

/** A client is done with when it and its builds are; those that are ended one by one report for themselves. */
function isOpen(
  one: EndingClient,
  forest: Forest,
  own: ReadonlySet<number>,
  endedBuilds: ReadonlyMap<IdentityKey, unknown>,
): boolean {
  if (one.kind === 'ending') return true;
  if (one.kind !== 'ended') return false;
  return livingBuilds(one, forest, own).some(({ target }) => !endedBuilds.has(identityKey(target.root)));
}

/** Orphans at once, the others when their worker, or the client that builds by itself, had its time. */
function endLeftBuilds(
  one: EndingClient,
  forest: Forest,
  own: ReadonlySet<number>,
  nowMs: number,
  endBuild: (proof: Proof) => void,
): void {
  const slow = isLateWithBuilds(one, nowMs);
  if (!slow && (one.kind !== 'ended' || one.endedMs === null)) return;
  const late = slow || nowMs - (one.endedMs ?? nowMs) >= workerEndsBuildsMs;
  for (const proof of livingBuilds(one, forest, own)) {
    if (late || isOrphan(proof.target, forest)) endBuild(proof);
  }
}

/** Its worker, or the client that built it, is no longer above it. */
function isOrphan({ root }: BuildTarget, forest: Forest): boolean {
  const process = forest.byPid.get(root.pid);
  return process === undefined || process.ppid <= 1 || !forest.byPid.has(process.ppid);
}

function report(open: readonly EndingClient[], context: ActionContext): void {
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
