/** Pause builds: recorded first, then stopped, process by process until none moves, or their cgroup frozen. */

import { listText, plural } from '../base/plural.ts';
import type { Result } from '../base/problem.ts';
import { titleOfTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { ProcessRaw } from '../model/sample.ts';
import type { Action, ActionContext } from './action.ts';
import { cgroupOf, isFrozen } from './build-cgroup.ts';
import { findBuildProcesses, groupLeaders, isLiving, type Proof, proofOf } from './build-processes.ts';
import { forestNow, ownProcesses } from './forest-now.ts';
import { pausedBuilds } from './paused-builds.ts';
import { wait } from './wait.ts';
import { notPermitted, reasonOf } from './wording.ts';

const roundMs = 20;
const giveUpMs = 3000;
/** Two readings in a row without a new process: what forks has been read. */
const quietReadings = 2;

interface Stop {
  readonly proof: Proof;
  cgroup: string | null;
  processes: readonly ProcessRaw[];
  /** Of its process groups: a signal to a group is faster than whatever forks in it. */
  leaders: readonly ProcessRaw[];
  moving: number;
  /** What proves it is still being read; null: it is not waited for. */
  unread: string | null;
  recorded: Result<void> | null;
  refused: string | null;
  /** Something of it was stopped: from then on it is ours to resume. */
  stoppedAny: boolean;
  denied: boolean;
}

export const pause: Action<'pause'> = async ({ targets }, context) => {
  const stops = targets.map(proofOf).map(
    (proof): Stop => ({
      proof,
      cgroup: null,
      processes: [],
      leaders: [],
      moving: 0,
      unread: null,
      recorded: null,
      refused: null,
      stoppedAny: false,
      denied: false,
    }),
  );
  look(stops, context);
  const wanted = () => stops.filter(({ refused, denied }) => refused === null && !denied);
  await recordNew(wanted(), context);
  await stopAll(wanted, context);
  for (const stop of stops) stop.refused ??= stop.unread;
  const recorded = stops.filter((one) => one.recorded !== null);
  const undone = recorded.filter((one) => !wanted().includes(one)).map((one) => one.proof.target.root);
  if (undone.length > 0) await pausedBuilds.forget(undone, context);
  const kept = wanted().filter((one) => one.recorded?.ok);
  if (kept.length > 0) await record(kept, context, true);
  return outcomeOf(stops, recorded.find((one) => one.recorded?.ok === false)?.recorded ?? null);
};

/** Reads the forest and takes in what belongs to each now. */
function look(stops: readonly Stop[], context: ActionContext): void {
  const forest = forestNow(context);
  const own = ownProcesses(context.ports);
  for (const stop of stops) {
    if (stop.refused !== null) continue;
    const found = forest === null ? null : findBuildProcesses(stop.proof, forest, own);
    stop.processes = found?.kind === 'proven' ? found.processes.filter(isLiving) : [];
    stop.leaders = found?.kind === 'proven' ? groupLeaders(found) : [];
    const doubt = found?.kind === 'doubtful' && stop.proof.proven.size === 0 ? found : null;
    stop.unread = doubt?.unread === true ? doubt.reason : null;
    if (stop.unread !== null) stop.moving = 1;
    else if (found === null) stop.refused = 'the processes of this machine cannot be read';
    else if (doubt !== null) stop.refused = doubt.reason;
    else if (stop.processes.length === 0) stop.refused = 'it has ended';
  }
}

/** Before anything of it is stopped. */
async function recordNew(stops: readonly Stop[], context: ActionContext): Promise<void> {
  const found = stops.filter((one) => one.recorded === null && one.processes.length > 0);
  if (found.length === 0) return;
  const recorded = await record(found, context);
  for (const one of found) one.recorded = recorded;
}

function record(stops: readonly Stop[], context: ActionContext, finished = false): Promise<Result<void>> {
  const { clock, files } = context.ports;
  const pausedAtMs = clock.now();
  const builds = stops.map(({ proof, cgroup, processes }) => {
    const [root] = processes;
    return {
      target: proof.target,
      processes: processes.map(({ pid, startTime }) => ({ pid, startTime })),
      // Before it is frozen, too: what is frozen is in no state that tells it.
      cgroup: cgroup ?? (root === undefined ? null : cgroupOf(root, files)),
      pausedAtMs,
    };
  });
  return pausedBuilds.remember(builds, context, finished);
}

async function stopAll(wanted: () => readonly Stop[], context: ActionContext): Promise<void> {
  const { clock } = context.ports;
  const deadline = clock.monotonic() + giveUpMs;
  for (let quiet = 0; quiet < quietReadings; ) {
    look(wanted(), context);
    await recordNew(wanted(), context);
    for (const stop of wanted()) stopOne(stop, context);
    const moving = wanted().reduce((sum, one) => sum + one.moving, 0);
    quiet = moving === 0 ? quiet + 1 : 0;
    if (wanted().length === 0 || context.cancelled.aborted || clock.monotonic() >= deadline) return;
    if (quiet < quietReadings) await wait(context, roundMs);
  }
}

function stopOne(stop: Stop, { ports }: ActionContext): void {
  const { signals, files } = ports;
  const [root] = stop.processes;
  if (root === undefined) return;
  stop.cgroup ??= freezable(root, ports);
  if (stop.cgroup !== null) {
    stop.moving = isFrozen(stop.cgroup, files) ? 0 : stop.processes.length;
    return;
  }
  stop.moving = 0;
  for (const process of stop.processes) {
    if (process.state === 'T') continue;
    const sent = signals.send(process, 'STOP');
    if (sent.ok) stop.stoppedAny = true;
    else if (sent.problem.kind === 'denied' && !stop.stoppedAny) {
      stop.denied = true;
      return;
    }
    // In D it gets no further than its answer: the signal waits for it there.
    if (process.state !== 'D') stop.moving += 1;
  }
  if (stop.moving > 0) for (const leader of stop.leaders) signals.sendGroup(leader, 'STOP');
}

function freezable(root: ProcessRaw, { signals, files }: ActionContext['ports']): string | null {
  const cgroup = cgroupOf(root, files);
  return cgroup !== null && signals.controlCgroup(cgroup, 'freeze').ok ? cgroup : null;
}

function outcomeOf(stops: readonly Stop[], recorded: Result<void> | null): Outcome {
  const title = ({ proof }: Stop) => titleOfTarget(proof.target);
  const paused = stops.filter(({ refused, denied }) => refused === null && !denied);
  const denied = stops.filter((stop) => stop.denied);
  const details = [
    ...denied.map(({ proof }) => notPermitted(proof.target, 'pause')),
    ...stops.flatMap((stop) =>
      stop.refused === null ? [] : [`${title(stop)} was not paused: ${stop.refused}`],
    ),
  ];
  if (paused.length === 0) {
    const [summary = 'there is nothing to pause', ...rest] = details;
    return { status: denied.length > 0 ? 'denied' : 'refused', summary, details: rest };
  }
  const unstopped = paused.filter(({ moving }) => moving > 0);
  const processes = paused.reduce((sum, stop) => sum + stop.processes.length, 0);
  return {
    status: unstopped.length + details.length === 0 ? 'done' : 'incomplete',
    summary: `paused ${listText(paused.map(title))}: ${plural(processes, 'process stands still', 'processes stand still')}`,
    details: [
      ...unstopped.map(
        (stop) => `${title(stop)}: ${plural(stop.moving, 'process', 'processes')} of it would not stop`,
      ),
      ...details,
      'its memory stays; Nix may still end it (max-silent-time, timeout)',
      ...(recorded?.ok === false
        ? [`it could not be recorded (${reasonOf(recorded.problem)}): resume it before nixpulse ends`]
        : []),
    ],
  };
}
