/** Put back what `lower` and `limit` changed, where it is still as we left it; then it is forgotten. */
import { tookText } from '../base/duration.ts';
import { identityKey, sameProcess } from '../base/identity.ts';
import { listText, plural } from '../base/plural.ts';
import type { Result } from '../base/problem.ts';
import { growForest } from '../model/forest/forest.ts';
import { type BuildTarget, titleOfTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { ForestRaw, ProcessRaw } from '../model/sample.ts';
import type { LoweredBuild, ThreadBefore, UnitBefore } from '../parse/lowered-file.ts';
import { ioToSet, isIdleIo } from '../parse/priority.ts';
import type { Action, ActionContext } from './action.ts';
import { cgroupOf } from './build-cgroup.ts';
import { findBuildProcesses, isLiving, type Proof, proofOf } from './build-processes.ts';
import { ownProcesses } from './forest-now.ts';
import { isThere, loweredBuilds, recordOf } from './lowered-builds.ts';
import {
  lowestNice,
  sessionNice,
  settingOf,
  type ThreadPriority,
  threadKey,
  threadsOf,
} from './thread-priority.ts';
import { readUnitLimits, setUnitLimits, type UnitProperty } from './unit-limits.ts';
import { wait } from './wait.ts';
import { notPermitted, reasonOf } from './wording.ts';

const roundMs = 20;
const giveUpMs = 2000;
/** Two readings in a row with nothing to put back: what forks has been read. */
const quietReadings = 2;

interface Restoring {
  readonly target: BuildTarget;
  readonly proof: Proof;
  readonly record: LoweredBuild;
  readonly restored: Set<string>;
  /** What the kernel would not do: it is not asked again. */
  readonly failed: Set<string>;
  denied: boolean;
  /** Still to be put back in the last reading. */
  busy: boolean;
  readonly problems: string[];
  readonly also: string[];
}

export const restore: Action<'restore'> = async ({ targets }, context) => {
  const { clock, priorities } = context.ports;
  await priorities.prepare();
  const rows = await loweredBuilds.load(context);
  const unknown = targets.filter((target) => recordOf(rows, target) === null);
  const all = targets.flatMap((target): readonly Restoring[] => {
    const record = recordOf(rows, target);
    if (record === null) return [];
    const nothing = { restored: new Set<string>(), failed: new Set<string>(), problems: [], also: [] };
    return [{ target, proof: proofOf(target), record, ...nothing, denied: false, busy: false }];
  });
  const deadline = clock.monotonic() + giveUpMs;
  for (let quiet = 0; quiet < quietReadings && all.length > 0; ) {
    const raw = context.readForest();
    if (raw === null) {
      for (const one of all) one.problems.push('the processes of this machine cannot be read');
      break;
    }
    for (const one of all) await round(one, raw, context);
    quiet = all.some(({ busy }) => busy) ? 0 : quiet + 1;
    if (clock.monotonic() >= deadline || context.cancelled.aborted) break;
    if (quiet < quietReadings) await wait(context, roundMs);
  }
  await restoreUnits(all, rows, context);
  const done = all.filter(
    (one) => !one.denied && !one.busy && one.problems.length === 0 && one.failed.size === 0,
  );
  if (done.length > 0) {
    await loweredBuilds.forget(
      done.map(({ target }) => target.root),
      context,
    );
  }
  return outcomeOf(all, unknown, clock.now());
};

async function round(one: Restoring, raw: ForestRaw, context: ActionContext): Promise<void> {
  const { ports } = context;
  const { record, proof } = one;
  one.busy = false;
  // What we proved when we lowered it, in this boot, is proven still: the very same processes.
  for (const process of raw.processes) {
    const known = record.threads.some((thread) => thread.tid === thread.pid && sameProcess(thread, process));
    if (known) proof.proven.set(identityKey(process), process);
  }
  const found = findBuildProcesses(proof, growForest(raw), ownProcesses(ports));
  if (found.kind !== 'proven') return;
  const processes = found.processes.filter(isLiving);
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const known = new Map(record.threads.map((thread) => [threadKey(thread), thread]));
  for (const process of processes) {
    for (const thread of threadsOf(process, ports)) {
      const before = known.get(threadKey(thread)) ?? inherited(process, byPid, record);
      if (before !== null) putBack(one, thread, before, context);
    }
  }
  for (const { session, nice } of record.sessions) {
    const process = processes.find((member) => member.session === session);
    if (process === undefined || sessionNice(process, ports.files) !== lowestNice) continue;
    took(one, ports.priorities.setSessionNice(process, nice), `session ${session}`, null);
  }
  await restoreCgroup(one, processes, context);
}

/** Whatever began since has it from its parent, or from the other threads of its process. */
function inherited(
  process: ProcessRaw,
  byPid: ReadonlyMap<number, ProcessRaw>,
  { threads, target }: LoweredBuild,
): ThreadBefore | null {
  const seen = new Set<number>();
  for (
    let at: ProcessRaw | undefined = process;
    at !== undefined && !seen.has(at.pid);
    at = byPid.get(at.ppid)
  ) {
    const { pid, startTime } = at;
    seen.add(pid);
    const before = threads.find((thread) => thread.tid === pid && thread.startTime === startTime);
    if (before !== undefined) return before;
  }
  return threads.find((thread) => thread.tid === thread.pid && sameProcess(thread, target.root)) ?? null;
}

/** Only what is as we left it: somebody may have set it anew since. */
function putBack(
  one: Restoring,
  thread: ThreadPriority,
  before: ThreadBefore,
  { ports: { priorities } }: ActionContext,
): void {
  const key = threadKey(thread);
  if (
    before.nice !== null &&
    before.nice < lowestNice &&
    thread.nice === lowestNice &&
    !one.failed.has(`nice ${key}`)
  )
    took(one, priorities.setNice(thread, before.nice), `nice ${key}`, key);
  const { io } = thread;
  if (
    io !== null &&
    isIdleIo(io) &&
    before.io !== null &&
    !isIdleIo(before.io) &&
    !one.failed.has(`io ${key}`)
  )
    took(one, priorities.setIoPriority(thread, ioToSet(before.io)), `io ${key}`, key);
}

function took(one: Restoring, result: Result<void>, what: string, thread: string | null): void {
  if (result.ok || result.problem.kind === 'timeout') one.busy = true;
  if (result.ok) {
    one.restored.add(thread ?? what);
    return;
  }
  if (result.problem.kind === 'gone' || result.problem.kind === 'timeout') return;
  one.failed.add(what);
  if (result.problem.kind === 'denied') one.denied = true;
}

/** The next build of this user has a cgroup of the same name: only while something of this one is in it. */
async function restoreCgroup(
  one: Restoring,
  [first]: readonly ProcessRaw[],
  { ports: { files, priorities } }: ActionContext,
): Promise<void> {
  const own = first === undefined ? null : cgroupOf(first, files);
  for (const { directory, setting, before, set } of one.record.cgroups) {
    if (directory !== own || one.failed.has(setting)) continue;
    if (settingOf(directory, setting, files) !== set || before === set) continue;
    took(one, await priorities.setCgroup(directory, setting, before), setting, null);
  }
}

/** Where another build is limited through it as well, what was asked for that one counts again. */
async function restoreUnits(
  all: readonly Restoring[],
  rows: readonly LoweredBuild[],
  context: ActionContext,
): Promise<void> {
  const { spawn } = context.ports;
  const raw = context.readForest();
  const others = rows
    .filter((row) => !all.some(({ record }) => record === row) && (raw === null || isThere(row, raw)))
    .toSorted((a, b) => b.loweredAtMs - a.loweredAtMs);
  const wanted = new Map<string, UnitBefore>();
  for (const { record } of all)
    for (const one of record.units) wanted.set(`${one.unit} ${one.property}`, one);
  for (const unit of new Set([...wanted.values()].map((one) => one.unit))) {
    const those = all.filter(({ record }) => record.units.some((one) => one.unit === unit));
    const now = await readUnitLimits(unit, spawn);
    if (!now.ok) {
      for (const one of those) one.problems.push(reasonOf(now.problem));
      continue;
    }
    const still = others.filter(({ units }) => units.some((one) => one.unit === unit));
    const values = [...wanted.values()].flatMap((one): readonly (readonly [UnitProperty, string])[] => {
      if (one.unit !== unit || now.value.values[one.property] !== one.set) return [];
      const [other] = still.flatMap(({ units }) => units.filter(isOf(one)));
      const value = other?.set ?? one.before;
      return value === one.set ? [] : [[one.property, value]];
    });
    const set = values.length === 0 ? null : await setUnitLimits(unit, values, spawn);
    const names = listText(still.map(({ target }) => titleOfTarget(target)));
    for (const one of those) {
      if (set?.ok === false) one.problems.push(reasonOf(set.problem));
      else if (set !== null) one.restored.add(unit);
      if (still.length > 0) one.also.push(`${unit} stays limited: ${names} is limited through it`);
    }
  }
}

function isOf({ unit, property }: UnitBefore): (other: UnitBefore) => boolean {
  return (other) => other.unit === unit && other.property === property;
}

function outcomeOf(all: readonly Restoring[], unknown: readonly BuildTarget[], nowMs: number): Outcome {
  const title = ({ target }: Restoring) => titleOfTarget(target);
  const denied = all.filter((one) => one.denied);
  const restored = all.filter((one) => !one.denied || one.restored.size > 0);
  const details = [
    ...denied.map(({ target }) => notPermitted(target, 'restore')),
    ...unknown.map((target) => `${titleOfTarget(target)} is not lowered or limited by nixpulse`),
    ...all.flatMap((one) => one.problems.map((problem) => `${title(one)}: ${problem}`)),
    ...all.filter(({ busy }) => busy).map((one) => `${title(one)}: not all of it is as before`),
  ];
  if (restored.length === 0) {
    const [summary = 'there is nothing to restore', ...rest] = details;
    return { status: denied.length > 0 ? 'denied' : 'refused', summary, details: rest };
  }
  const failed = restored.reduce((sum, one) => sum + one.failed.size, 0);
  const lowMs = nowMs - Math.min(...restored.map(({ record }) => record.loweredAtMs));
  const after = lowMs > 0 ? ` after ${tookText(lowMs)}` : '';
  return {
    status: details.length + failed === 0 ? 'done' : 'incomplete',
    summary: `restored ${listText(restored.map(title))}${after}`,
    details: [
      ...details,
      ...(failed > 0 && denied.length === 0 ? [`the kernel refused ${plural(failed, 'change')}`] : []),
      ...new Set(restored.flatMap(({ also }) => also)),
    ],
  };
}
