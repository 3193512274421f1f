/** One signal to one process of a build's tree, and what it did. */

import { identityKey, type ProcessIdentity, sameProcess } from '../base/identity.ts';
import { growForest } from '../model/forest/forest.ts';
import { isSandboxed } from '../model/forest/process-graph.ts';
import { titleOfTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { ProcessRaw } from '../model/sample.ts';
import type { Action, ActionContext, IntentOf } from './action.ts';
import { findBuildProcesses, isLiving, proofOf } from './build-processes.ts';
import { ownProcesses } from './forest-now.ts';
import { pausedBuilds } from './paused-builds.ts';
import { wait } from './wait.ts';
import { asRoot, reasonOf, refused } from './wording.ts';

const lookMs = 20;
/** How long a signal may take to show. */
const patienceMs = 500;

export const signalProcess: Action<'signal'> = async (intent, context) => {
  const { build, signal } = intent;
  const title = titleOfTarget(build);

  const raw = context.readForest();
  if (raw === null) return refused('the processes of this machine cannot be read');
  const found = findBuildProcesses(proofOf(build), growForest(raw), ownProcesses(context.ports));
  if (found.kind === 'ended') return refused(`${title} has already ended`);
  if (found.kind === 'doubtful') return refused(`${title} was not touched: ${found.reason}`);
  const process = found.processes.find((one) => sameProcess(one, intent.process));
  if (process === undefined || !isLiving(process)) {
    return refused(`process ${intent.process.pid} is not a living part of ${title}`);
  }

  const who = `${process.comm} (${process.pid}) of ${title}`;
  if (signal === 'STOP') await keepStopped(intent, context);
  const sent = context.ports.signals.send(process, signal);
  if (!sent.ok) {
    if (sent.problem.kind === 'gone') return refused(`${who} has already ended`);
    if (sent.problem.kind !== 'denied')
      return { status: 'failed', summary: reasonOf(sent.problem), details: [] };
    const details = [asRoot(`kill ${build.name ?? build.root.pid}`)];
    return { status: 'denied', summary: `${who}: not permitted to send ${signal}`, details };
  }
  if (signal === 'CONT') await dropStopped(intent, context);
  const state = await watch(process, signal, context);
  return outcomeOf(process, signal, state, who);
};

type Seen = 'ended' | 'stopped' | 'runs';

async function watch(
  process: ProcessIdentity,
  signal: IntentOf<'signal'>['signal'],
  context: ActionContext,
): Promise<Seen> {
  const { clock } = context.ports;
  const deadline = clock.monotonic() + patienceMs;
  const awaited: Seen = signal === 'STOP' ? 'stopped' : signal === 'CONT' ? 'runs' : 'ended';
  for (;;) {
    const now = context.readForest()?.processes.find((one) => sameProcess(one, process));
    const seen = now === undefined || !isLiving(now) ? 'ended' : now.state === 'T' ? 'stopped' : 'runs';
    if (seen === awaited || clock.monotonic() >= deadline || context.cancelled.aborted) return seen;
    await wait(context, lookMs);
  }
}

function outcomeOf(
  process: ProcessRaw,
  signal: IntentOf<'signal'>['signal'],
  seen: Seen,
  who: string,
): Outcome {
  const words = { ended: 'it has ended', stopped: 'it is stopped', runs: 'it runs' };
  const summary = `${signal} to ${who}: ${words[seen]}`;
  if (signal === 'STOP' || signal === 'CONT') {
    const effective = seen === (signal === 'STOP' ? 'stopped' : 'runs');
    return { status: effective ? 'done' : 'incomplete', summary, details: [] };
  }
  if (seen === 'ended') return { status: 'done', summary, details: [] };
  const why =
    process.state === 'D'
      ? 'it is in uninterruptible sleep and gets the signal when the disk answers'
      : seen === 'stopped' && signal !== 'KILL'
        ? 'it gets the signal when it is continued'
        : isSandboxed(process) && process.session === process.pid
          ? `as pid 1 of its sandbox it may ignore ${signal}; killing the build ends it`
          : `it may handle ${signal} or ignore it`;
  return { status: signal === 'KILL' ? 'incomplete' : 'done', summary, details: [why] };
}

/** Recorded before it stops, like a paused build. */
async function keepStopped({ build, process }: IntentOf<'signal'>, context: ActionContext): Promise<void> {
  const old = (await pausedBuilds.load(context)).find(({ target }) => sameProcess(target.root, build.root));
  const processes = [...(old?.processes ?? []).filter((one) => !sameProcess(one, process)), process];
  const pausedAtMs = old?.pausedAtMs ?? context.ports.clock.now();
  await pausedBuilds.remember(
    [{ target: build, processes, cgroup: old?.cgroup ?? null, pausedAtMs }],
    context,
  );
}

async function dropStopped({ build, process }: IntentOf<'signal'>, context: ActionContext): Promise<void> {
  const old = (await pausedBuilds.load(context)).find(({ target }) => sameProcess(target.root, build.root));
  if (old === undefined) return;
  const processes = old.processes.filter((one) => identityKey(one) !== identityKey(process));
  if (processes.length > 0) await pausedBuilds.remember([{ ...old, processes }], context);
  else await pausedBuilds.forget([build.root], context);
}
