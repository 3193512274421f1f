/** Resume builds: CONT to everything of theirs that is stopped, or their cgroup thawed; then forgotten. */

import { tookText } from '../base/duration.ts';
import { type IdentityKey, identityKey, sameProcess } from '../base/identity.ts';
import { listText, plural } from '../base/plural.ts';
import { growForest } from '../model/forest/forest.ts';
import { titleOfTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { ForestRaw } from '../model/sample.ts';
import type { PausedBuild } from '../parse/paused-file.ts';
import type { Action, ActionContext } from './action.ts';
import { cgroupOf, isFrozen } from './build-cgroup.ts';
import { findBuildProcesses, type Proof, proofOf } from './build-processes.ts';
import { ownProcesses } from './forest-now.ts';
import { pausedBuilds } from './paused-builds.ts';
import { wait } from './wait.ts';
import { notPermitted, refused } from './wording.ts';

const roundMs = 20;
const giveUpMs = 2000;

interface Start {
  readonly proof: Proof;
  readonly record: PausedBuild | null;
  readonly resumed: Set<IdentityKey>;
  still: number;
  refused: string | null;
  denied: boolean;
}

export const resume: Action<'resume'> = async ({ targets }, context) => {
  const { clock } = context.ports;
  const records = await pausedBuilds.load(context);
  const starts = targets.map((target): Start => {
    const record = records.find((one) => sameProcess(one.target.root, target.root)) ?? null;
    return { proof: proofOf(target), record, resumed: new Set(), still: 0, refused: null, denied: false };
  });
  const deadline = clock.monotonic() + giveUpMs;
  for (let first = true; ; first = false) {
    const raw = context.readForest();
    for (const start of starts) round(start, raw, first, context);
    const still = starts.reduce((sum, one) => sum + (one.denied ? 0 : one.still), 0);
    if (still === 0 || clock.monotonic() >= deadline || context.cancelled.aborted) break;
    await wait(context, roundMs);
  }
  const resumedAll = starts.filter(({ still }) => still === 0).map(({ proof }) => proof.target.root);
  await pausedBuilds.forget(resumedAll, context);
  return outcomeOf(starts, clock.now());
};

function round(start: Start, raw: ForestRaw | null, first: boolean, { ports }: ActionContext): void {
  const { signals, files } = ports;
  if (start.refused !== null || start.denied) return;
  start.still = 0;
  if (raw === null) {
    start.refused = 'the processes of this machine cannot be read';
    return;
  }
  if (first) addRecorded(start, raw);
  const found = findBuildProcesses(start.proof, growForest(raw), ownProcesses(ports));
  if (found.kind !== 'proven') {
    if (start.resumed.size === 0) start.refused = found.kind === 'ended' ? 'it has ended' : found.reason;
    return;
  }
  const [root] = found.processes;
  const cgroup = start.record?.cgroup ?? (first && root !== undefined ? cgroupOf(root, files) : null);
  if (cgroup !== null && isFrozen(cgroup, files)) {
    const thawed = signals.controlCgroup(cgroup, 'thaw');
    if (!thawed.ok) start.denied = true;
    for (const process of found.processes) start.resumed.add(identityKey(process));
    start.still = thawed.ok ? 1 : 0;
  }
  for (const process of found.processes) {
    if (process.state !== 'T') continue;
    const sent = signals.send(process, 'CONT');
    if (sent.ok) start.resumed.add(identityKey(process));
    else if (sent.problem.kind === 'denied') start.denied = true;
    start.still += 1;
  }
}

/** What we proved when we stopped it, in this boot, is proven still: the very same processes. */
function addRecorded({ proof, record }: Start, raw: ForestRaw): void {
  for (const process of raw.processes) {
    if (record?.processes.some((one) => sameProcess(one, process)))
      proof.proven.set(identityKey(process), process);
  }
}

function outcomeOf(starts: readonly Start[], nowMs: number): Outcome {
  const title = ({ proof }: Start) => titleOfTarget(proof.target);
  const resumed = starts.filter((one) => one.resumed.size > 0);
  const denied = starts.filter((one) => one.denied);
  const still = starts.filter((one) => one.still > 0 && !one.denied);
  const details = [
    ...denied.map(({ proof }) => notPermitted(proof.target, 'resume')),
    ...starts.flatMap((one) =>
      one.refused === null ? [] : [`${title(one)} was not resumed: ${one.refused}`],
    ),
    ...still.map((one) => `${title(one)}: ${plural(one.still, 'process', 'processes')} of it still stopped`),
  ];
  if (resumed.length === 0 && details.length === 0) {
    return refused(`${listText(starts.map(title))} is not paused`);
  }
  if (resumed.length === 0) {
    const [summary = '', ...rest] = details;
    return { status: denied.length > 0 ? 'denied' : 'refused', summary, details: rest };
  }
  const processes = resumed.reduce((sum, one) => sum + one.resumed.size, 0);
  const since = resumed.map(({ record }) => record?.pausedAtMs ?? nowMs);
  const pausedMs = nowMs - Math.min(...since);
  const after = pausedMs > 0 ? ` after ${tookText(pausedMs)}` : '';
  return {
    status: details.length === 0 ? 'done' : 'incomplete',
    summary: `resumed ${listText(resumed.map(title))}${after}: ${plural(processes, 'process goes', 'processes go')} on`,
    details,
  };
}
