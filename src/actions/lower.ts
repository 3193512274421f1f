/**
 * Lower builds: nice 19 and the idle I/O class for every thread of theirs, their sessions and their cgroup; what was
 * before is recorded first. What cannot be taken back is not done.
 */
import { listText, plural } from '../base/plural.ts';
import type { Result } from '../base/problem.ts';
import { type BuildTarget, titleOfTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { ProcessRaw } from '../model/sample.ts';
import type { CgroupBefore, LoweredBuild, SessionBefore, ThreadBefore } from '../parse/lowered-file.ts';
import { idleIo, isIdleIo } from '../parse/priority.ts';
import type { Ports } from '../platform/ports.ts';
import type { Action, ActionContext } from './action.ts';
import { cgroupOf } from './build-cgroup.ts';
import { findBuildProcesses, isLiving, type Proof, proofOf } from './build-processes.ts';
import { forestNow, ownProcesses } from './forest-now.ts';
import {
  type Before,
  isNothing,
  loweredBuilds,
  mergedBefore,
  nothingBefore,
  recordOf,
} from './lowered-builds.ts';
import {
  hasAutogroups,
  lowestNice,
  mayRaise,
  sessionNice,
  settingOf,
  type ThreadPriority,
  threadKey,
  threadsOf,
} from './thread-priority.ts';
import { wait } from './wait.ts';
import { notPermitted, reasonOf } from './wording.ts';

const roundMs = 20;
const giveUpMs = 3000;
/** Two readings in a row without anything to change: what forks has been read. */
const quietReadings = 2;

/** The least that cgroup-v2.rst has for each. */
const lowestWeights: readonly (readonly [CgroupBefore['setting'], string])[] = [
  ['cpu.weight', '1'],
  ['io.weight', 'default 1'],
];

export interface Lowering {
  readonly proof: Proof;
  /** Of an earlier time, then what this one changes as well. */
  before: Before;
  /** What was that low before we began: it is to stay so, and so are its children. */
  low: readonly ThreadBefore[];
  /** Found in the last reading and not as it is to be. */
  todo: Before;
  processes: readonly ProcessRaw[];
  refused: string | null;
  denied: boolean;
  /** Some nice stays: it could not be had back. */
  keepsNice: boolean;
  /** No I/O class could be read: there is no koffi. */
  noIo: boolean;
  changed: boolean;
  /** What the kernel would not do, by thread: it is not asked again. */
  readonly failed: Set<string>;
}

export const lower: Action<'lower'> = async ({ targets }, context) => {
  await context.ports.priorities.prepare();
  const rows = await loweredBuilds.load(context);
  const lowerings = targets.map((target) => loweringOf(target, rows));
  const wanted = () => lowerings.filter(({ refused, denied }) => refused === null && !denied);
  const { clock } = context.ports;
  const deadline = clock.monotonic() + giveUpMs;
  let recorded: Result<void> | null = null;
  for (let quiet = 0; quiet < quietReadings; ) {
    look(wanted(), context);
    const busy = wanted().filter(({ todo }) => !isNothing(todo));
    quiet = busy.length === 0 ? quiet + 1 : 0;
    if (busy.length > 0) {
      recorded = await record(busy, context);
      for (const lowering of busy) await change(lowering, context);
    }
    if (wanted().length === 0 || context.cancelled.aborted || clock.monotonic() >= deadline) break;
    if (quiet < quietReadings) await wait(context, roundMs);
  }
  const unchanged = lowerings.filter((one) => one.denied && recordOf(rows, one.proof.target) === null);
  if (recorded !== null && unchanged.length > 0)
    await loweredBuilds.forget(
      unchanged.map(({ proof }) => proof.target.root),
      context,
    );
  // What another nixpulse lowered before is to last, too.
  const kept = wanted().filter(({ before }) => !isNothing(before));
  if (context.lasting === true && kept.length > 0) recorded = await record(kept, context, true);
  return outcomeOf(lowerings, recorded);
};

/** What is not yet as it is to be, as one reading has it; nothing is changed. */
export async function plannedLowerings(
  targets: readonly BuildTarget[],
  context: ActionContext,
): Promise<readonly Lowering[]> {
  await context.ports.priorities.prepare();
  const rows = await loweredBuilds.load(context);
  const lowerings = targets.map((target) => loweringOf(target, rows));
  look(lowerings, context);
  return lowerings;
}

function loweringOf(target: BuildTarget, rows: readonly LoweredBuild[]): Lowering {
  return {
    proof: proofOf(target),
    before: recordOf(rows, target) ?? nothingBefore,
    low: [],
    todo: nothingBefore,
    processes: [],
    refused: null,
    denied: false,
    keepsNice: false,
    noIo: false,
    changed: false,
    failed: new Set(),
  };
}

/** Reads the forest, and what of it is not yet as it is to be. */
function look(lowerings: readonly Lowering[], context: ActionContext): void {
  const { ports } = context;
  const forest = forestNow(context);
  const own = ownProcesses(ports);
  const autogroups = hasAutogroups(ports.files);
  for (const lowering of lowerings) {
    const found = forest === null ? null : findBuildProcesses(lowering.proof, forest, own);
    const processes = found?.kind === 'proven' ? found.processes.filter(isLiving) : [];
    lowering.todo = nothingBefore;
    if (found === null) lowering.refused = 'the processes of this machine cannot be read';
    else if (found.kind === 'doubtful' && lowering.proof.proven.size === 0) lowering.refused = found.reason;
    else if (processes.length === 0 && !lowering.changed) lowering.refused = 'it has ended';
    if (lowering.refused !== null || found?.kind !== 'proven') continue;
    lowering.processes = processes;
    const mine = processes.filter(({ uid }) => ports.native.may('set-priority') || uid === ports.native.uid);
    lowering.denied = mine.length === 0 && processes.length > 0;
    if (lowering.denied) continue;
    if (lowering.before.threads.length === 0)
      lowering.low = mine.flatMap((process) => lowThreads(process, ports));
    lowering.todo = {
      threads: mine.flatMap((process) => threadsToLower(process, lowering, ports)),
      sessions: autogroups ? sessionsToLower(mine, found.sessions, lowering, ports) : [],
      cgroups: weightsToLower(mine, lowering, ports),
      units: [],
    };
  }
}

function threadsToLower(process: ProcessRaw, lowering: Lowering, ports: Ports): readonly ThreadBefore[] {
  const threads = threadsOf(process, ports);
  return threads.flatMap((thread): readonly ThreadBefore[] => {
    const { pid, tid, startTime, nice, io } = thread;
    if (io === null) lowering.noIo = true;
    const keeps = nice < lowestNice && !mayRaise(process, nice, ports);
    if (keeps) lowering.keepsNice = true;
    const one = {
      ...{ pid, tid, startTime },
      nice: nice < lowestNice && !keeps && !hasFailed('nice', thread, lowering) ? nice : null,
      io: io !== null && !isIdleIo(io) && !hasFailed('io', thread, lowering) ? io : null,
    };
    return one.nice === null && one.io === null ? [] : [one];
  });
}

function lowThreads(process: ProcessRaw, ports: Ports): readonly ThreadBefore[] {
  return threadsOf(process, ports)
    .filter(({ nice, io }) => nice >= lowestNice && (io === null || isIdleIo(io)))
    .map(({ pid, tid, startTime }) => ({ pid, tid, startTime, nice: null, io: null }));
}

function hasFailed(
  what: 'nice' | 'io',
  thread: Pick<ThreadPriority, 'pid' | 'tid' | 'startTime'>,
  { failed }: Lowering,
) {
  return failed.has(`${what} ${threadKey(thread)}`);
}

/** Only sessions that are wholly of the build. A negative nice takes a right to be had back. */
function sessionsToLower(
  processes: readonly ProcessRaw[],
  sessions: ReadonlySet<number>,
  { failed }: Lowering,
  { files, native }: Ports,
): readonly SessionBefore[] {
  return [...sessions].flatMap((session): readonly SessionBefore[] => {
    const process = processes.find((one) => one.session === session);
    if (process === undefined || failed.has(`session ${session}`)) return [];
    const nice = sessionNice(process, files);
    if (nice === null || nice >= lowestNice) return [];
    if (nice < 0 && !native.may('set-priority')) return [];
    return [{ pid: process.pid, startTime: process.startTime, session, nice }];
  });
}

function weightsToLower(
  [root]: readonly ProcessRaw[],
  { failed }: Lowering,
  { files }: Ports,
): readonly CgroupBefore[] {
  const directory = root === undefined ? null : cgroupOf(root, files);
  if (directory === null) return [];
  return lowestWeights.flatMap(([setting, set]) => {
    const before = settingOf(directory, setting, files);
    const needless = before === null || before === set || failed.has(setting);
    return needless ? [] : [{ directory, setting, before, set }];
  });
}

function record(
  lowerings: readonly Lowering[],
  context: ActionContext,
  finished = false,
): Promise<Result<void>> {
  const loweredAtMs = context.ports.clock.now();
  const rows = lowerings.map((lowering) => {
    const before = mergedBefore(lowering.before, lowering.todo);
    lowering.before = mergedBefore(before, { ...nothingBefore, threads: lowering.low });
    const { threads, sessions, cgroups, units } = lowering.before;
    return { target: lowering.proof.target, threads, sessions, cgroups, units, loweredAtMs };
  });
  return loweredBuilds.remember(rows, context, finished);
}

async function change(lowering: Lowering, { ports: { priorities } }: ActionContext): Promise<void> {
  const { todo, failed } = lowering;
  for (const thread of todo.threads) {
    if (thread.nice !== null) took(priorities.setNice(thread, lowestNice), `nice ${threadKey(thread)}`);
    if (thread.io !== null) took(priorities.setIoPriority(thread, idleIo), `io ${threadKey(thread)}`);
  }
  for (const one of todo.sessions) took(priorities.setSessionNice(one, lowestNice), `session ${one.session}`);
  for (const { directory, setting, set } of todo.cgroups) {
    took(await priorities.setCgroup(directory, setting, set), setting);
  }
  lowering.denied = !lowering.changed && failed.size > 0;

  function took(result: Result<void>, what: string): void {
    if (result.ok) lowering.changed = true;
    // What is gone is not there in the next reading, and EAGAIN is for a moment.
    else if (result.problem.kind !== 'gone' && result.problem.kind !== 'timeout') failed.add(what);
  }
}

function outcomeOf(lowerings: readonly Lowering[], recorded: Result<void> | null): Outcome {
  const title = ({ proof }: Lowering) => titleOfTarget(proof.target);
  const lowered = lowerings.filter(({ refused, denied }) => refused === null && !denied);
  const denied = lowerings.filter((one) => one.denied);
  const details = [
    ...denied.map(({ proof }) => notPermitted(proof.target, 'lower')),
    ...lowerings.flatMap((one) =>
      one.refused === null ? [] : [`${title(one)} was not lowered: ${one.refused}`],
    ),
  ];
  if (lowered.length === 0) {
    const [summary = 'there is nothing to lower', ...rest] = details;
    return { status: denied.length > 0 ? 'denied' : 'refused', summary, details: rest };
  }
  const names = listText(lowered.map(title));
  const unasked = lowered.reduce((sum, { failed }) => sum + failed.size, 0);
  const keepsNice = lowered.some((one) => one.keepsNice);
  const processes = lowered.reduce((sum, one) => sum + one.processes.length, 0);
  const noIo = lowered.some((one) => one.noIo);
  const how = keepsNice ? (noIo ? 'its sessions' : 'idle I/O') : noIo ? 'nice 19' : 'nice 19 and idle I/O';
  const summary = lowered.some(({ changed }) => changed)
    ? `lowered ${names}: ${plural(processes, 'process', 'processes')} at ${how}`
    : keepsNice && noIo
      ? `nothing of ${names} was lowered`
      : `${names}: lowered already`;
  const nothing = keepsNice && noIo && !lowered.some(({ changed }) => changed);
  const partly = details.length > 0 || unasked > 0 || keepsNice || noIo;
  return {
    status: nothing ? 'refused' : partly ? 'incomplete' : 'done',
    summary,
    details: [
      ...details,
      ...(keepsNice ? ['nice stays as it is: without CAP_SYS_NICE it could not be taken back'] : []),
      ...(noIo ? ['no I/O class: it takes koffi'] : []),
      ...(unasked > 0 ? [`the kernel refused ${plural(unasked, 'change')}`] : []),
      ...(recorded?.ok === false
        ? [
            `what was before could not be recorded (${reasonOf(recorded.problem)}): restore it before nixpulse ends`,
          ]
        : []),
    ],
  };
}
