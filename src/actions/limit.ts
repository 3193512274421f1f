/**
 * Limit builds: held up past so much memory (memory.high), and behind others at the disk (io.weight). In the cgroup that
 * a build has for itself, else in that of the daemon with everything it runs; what was before is recorded first.
 */
import { bytesText } from '../base/bytes.ts';
import { listText } from '../base/plural.ts';
import type { Result } from '../base/problem.ts';
import { type BuildTarget, titleOfTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { ProcessRaw } from '../model/sample.ts';
import { parseCgroupPath } from '../parse/cgroup.ts';
import type { CgroupBefore, LoweredBuild, UnitBefore } from '../parse/lowered-file.ts';
import { parseMeminfo } from '../parse/meminfo.ts';
import type { CgroupController } from '../platform/ports.ts';
import type { Action, ActionContext, IntentOf } from './action.ts';
import { isBooted } from './booted.ts';
import { cgroupOf } from './build-cgroup.ts';
import { findBuildProcesses, proofOf } from './build-processes.ts';
import { forestNow, ownProcesses } from './forest-now.ts';
import { type Before, loweredBuilds, mergedBefore, nothingBefore, recordOf } from './lowered-builds.ts';
import { daemonUnit } from './restart-daemon.ts';
import { settingOf } from './thread-priority.ts';
import { readUnitLimits, setUnitLimits } from './unit-limits.ts';
import { reasonOf } from './wording.ts';

/** Null: is not asked for. */
export interface Limits {
  readonly memoryHighBytes: number | null;
  readonly ioWeight: number | null;
}

const leastIoWeight = 1;
/** memory.high counts in pages. */
const page = 4096;

export interface Limited {
  readonly target: BuildTarget;
  readonly root: ProcessRaw | null;
  /** What is changed for it, in its own cgroup or in the unit; both empty: nothing can be. */
  before: Before;
  refused: string | null;
  denied: boolean;
  /** Nobody has said that it failed: it may be done yet. */
  unanswered: boolean;
  /** Asked for, and this kernel or unit does not have it. */
  lacks: readonly string[];
  /** To be enabled first; they stay so: it costs nothing, and other builds may be limited by now. */
  enables: readonly CgroupController[];
  failures: readonly string[];
}

export const limit: Action<'limit'> = async (intent, context) => {
  const limits = limitsOf(intent, context);
  if (limits === null) {
    return {
      status: 'refused',
      summary: 'how much memory there is cannot be read: say how much',
      details: [],
    };
  }
  const all = await plannedLimits(intent.targets, limits, context);
  const wanted = all.filter(({ refused }) => refused === null);
  const earlier = await loweredBuilds.load(context);
  const recorded = wanted.length === 0 ? null : await record(wanted, context);
  await carryOut(wanted, context);
  const undone = wanted.filter((one) => isUndone(one) && !one.unanswered);
  if (undone.length > 0) await forgetUndone(undone, earlier, context);
  const done = wanted.filter((one) => !isUndone(one));
  if (context.lasting === true && done.length > 0) await record(done, context, true);
  return outcomeOf(all, limits, recorded);
};

/** What would be changed for each; nothing is. */
export async function plannedLimits(
  targets: readonly BuildTarget[],
  limits: Limits,
  context: ActionContext,
): Promise<readonly Limited[]> {
  const all = look(targets, context);
  for (const one of all) if (one.refused === null) planOwn(one, limits, context);
  const others = all.filter((one) => one.refused === null && one.before.cgroups.length === 0);
  if (others.length > 0) await planUnit(others, limits, context);
  return all;
}

/** Where nothing is said: half of what there is, behind everybody at the disk. */
export function limitsOf(
  { memoryHighBytes, ioWeight }: IntentOf<'limit'>,
  { ports }: Pick<ActionContext, 'ports'>,
): Limits | null {
  if (memoryHighBytes !== undefined || ioWeight !== undefined) {
    return {
      memoryHighBytes: memoryHighBytes === undefined ? null : inPages(memoryHighBytes),
      ioWeight: ioWeight ?? null,
    };
  }
  const text = ports.files.read('/proc/meminfo');
  const memory = text.ok ? parseMeminfo(text.value) : text;
  if (!memory.ok) return null;
  return { memoryHighBytes: inPages(memory.value.totalBytes / 2), ioWeight: leastIoWeight };
}

/** What is read back then is what was written. */
function inPages(bytes: number): number {
  return Math.floor(bytes / page) * page;
}

function look(targets: readonly BuildTarget[], context: ActionContext): readonly Limited[] {
  const forest = forestNow(context);
  const own = ownProcesses(context.ports);
  return targets.map((target): Limited => {
    const found = forest === null ? null : findBuildProcesses(proofOf(target), forest, own);
    const [root = null] = found?.kind === 'proven' ? found.processes : [];
    const refused =
      found === null
        ? 'the processes of this machine cannot be read'
        : found.kind === 'doubtful'
          ? found.reason
          : root === null
            ? 'it has ended'
            : null;
    return {
      target,
      root,
      before: nothingBefore,
      refused,
      denied: false,
      unanswered: false,
      lacks: [],
      enables: [],
      failures: [],
    };
  });
}

const ofController = {
  'memory.high': { controller: 'memory', usual: 'max' },
  'io.weight': { controller: 'io', usual: 'default 100' },
} as const;

/**
 * Nix makes a cgroup for each build and enables no controller in them (2.34); where its unit has them and was delegated
 * (Delegate=yes), whoever is root may. Only where no process is in what is above: the kernel would say no (cgroup-v2.rst,
 * "No Internal Process Constraint").
 */
function mayEnable(
  directory: string,
  controller: CgroupController,
  { files, native }: Pick<ActionContext['ports'], 'files' | 'native'>,
): boolean {
  const above = directory.slice(0, directory.lastIndexOf('/'));
  const there = files.read(`${above}/cgroup.controllers`);
  const inIt = files.read(`${above}/cgroup.procs`);
  const has = there.ok && there.value.trim().split(' ').includes(controller);
  return has && inIt.ok && inIt.value.trim() === '' && native.may('administer');
}

function planOwn(one: Limited, { memoryHighBytes, ioWeight }: Limits, { ports }: ActionContext): void {
  const directory = one.root === null ? null : cgroupOf(one.root, ports.files);
  if (directory === null) return;
  const wishes: readonly (readonly ['memory.high' | 'io.weight', string | null])[] = [
    ['memory.high', memoryHighBytes === null ? null : String(memoryHighBytes)],
    ['io.weight', ioWeight === null ? null : `default ${ioWeight}`],
  ];
  const cgroups = wishes.flatMap(([setting, set]): readonly CgroupBefore[] => {
    if (set === null) return [];
    const before = settingOf(directory, setting, ports.files);
    if (before !== null) return [{ directory, setting, before, set }];
    const { controller, usual } = ofController[setting];
    if (!mayEnable(directory, controller, ports)) {
      one.lacks = [...one.lacks, setting];
      return [];
    }
    one.enables = [...one.enables, controller];
    return [{ directory, setting, before: usual, set }];
  });
  one.before = { ...nothingBefore, cgroups };
}

/** What would give it is said where it cannot be had. */
async function planUnit(all: readonly Limited[], limits: Limits, context: ActionContext): Promise<void> {
  const { files, native, spawn } = context.ports;
  const refuse = (reason: string, those = all) => {
    for (const one of those) one.refused = reason;
  };
  const ownOnes =
    'builds have cgroups of their own with use-cgroups = true in nix.conf (Nix 2.12, cgroup v2)';
  if ((await isBooted(files)) === false) {
    return refuse(
      `it has no cgroup of its own that can be limited, and systemd does not run here: ${ownOnes}`,
    );
  }
  if (!native.may('administer')) {
    for (const one of all) one.denied = true;
    return refuse(`limiting ${daemonUnit} needs root`);
  }
  context.report({ text: `systemctl show ${daemonUnit}` });
  const unit = await readUnitLimits(daemonUnit, spawn);
  if (!unit.ok) return refuse(`${reasonOf(unit.problem)}; ${ownOnes}`);
  const inUnit = ({ root }: Limited) => root !== null && isBelow(root, unit.value.cgroup, files);
  refuse(
    `it does not run in ${daemonUnit} by cgroup v2; ${ownOnes}`,
    all.filter((one) => !inUnit(one)),
  );
  const { memoryHighBytes, ioWeight } = limits;
  const { values } = unit.value;
  const wishes: readonly (readonly [UnitBefore['property'], number | null])[] = [
    ['MemoryHigh', memoryHighBytes],
    ['IOWeight', ioWeight],
  ];
  const units = wishes.flatMap(([property, value]): readonly UnitBefore[] =>
    value === null ? [] : [{ unit: daemonUnit, property, before: values[property], set: String(value) }],
  );
  for (const one of all.filter(inUnit)) one.before = { ...nothingBefore, units };
}

function isBelow(
  { pid }: ProcessRaw,
  cgroup: string,
  files: Pick<ActionContext['ports']['files'], 'read'>,
): boolean {
  const text = files.read(`/proc/${pid}/cgroup`);
  const path = text.ok ? parseCgroupPath(text.value) : null;
  return path !== null && cgroup !== '' && `${path}/`.startsWith(`${cgroup}/`);
}

async function record(
  all: readonly Limited[],
  context: ActionContext,
  finished = false,
): Promise<Result<void>> {
  const rows = await loweredBuilds.load(context);
  // Another build may have had the unit limited before: what stood in it then is what was before.
  const units = rows.flatMap((row) => row.units);
  const loweredAtMs = context.ports.clock.now();
  const records = all.map(({ target, before }) => {
    const older = recordOf(rows, target) ?? nothingBefore;
    const known = mergedBefore(
      { ...older, units: [...older.units, ...units.filter((unit) => before.units.some(isOf(unit)))] },
      before,
    );
    const { threads, sessions, cgroups } = known;
    return { target, threads, sessions, cgroups, units: withoutTwins(known.units), loweredAtMs };
  });
  return loweredBuilds.remember(records, context, finished);
}

function isOf(unit: UnitBefore): (other: UnitBefore) => boolean {
  return (other) => other.unit === unit.unit && other.property === unit.property;
}

function withoutTwins(units: readonly UnitBefore[]): readonly UnitBefore[] {
  return units.filter((unit, index) => units.findIndex(isOf(unit)) === index);
}

async function carryOut(all: readonly Limited[], context: ActionContext): Promise<void> {
  const { priorities, spawn, files } = context.ports;
  for (const one of all) {
    const [first] = one.before.cgroups;
    // Where it fails the setting is not there either, and that is what is said.
    if (first !== undefined)
      for (const controller of one.enables) await priorities.enableController(first.directory, controller);
    for (const { directory, setting, set } of one.before.cgroups) {
      const written = await priorities.setCgroup(directory, setting, set);
      // What takes its time to give memory back is limited all the same.
      if (written.ok || settingOf(directory, setting, files) === set) continue;
      if (written.problem.kind === 'denied') one.denied = true;
      one.failures = [...one.failures, reasonOf(written.problem)];
    }
  }
  const inUnit = all.filter(({ before }) => before.units.length > 0);
  const [first] = inUnit;
  if (first === undefined) return;
  const values = first.before.units.map(({ property, set }) => [property, set] as const);
  context.report({ text: `systemctl set-property ${daemonUnit}` });
  const set = await setUnitLimits(daemonUnit, values, spawn);
  if (set.ok) return;
  for (const one of inUnit) {
    one.failures = [reasonOf(set.problem)];
    // systemd has heard it, and does it when it comes to it.
    one.unanswered = set.problem.kind === 'timeout';
  }
}

/** Nothing of it was done. */
function isUndone({ before, failures }: Limited): boolean {
  return failures.length > 0 && failures.length >= before.cgroups.length;
}

/** As it was recorded before: what was lowered, or limited, stays so. */
async function forgetUndone(
  all: readonly Limited[],
  earlier: readonly LoweredBuild[],
  context: ActionContext,
): Promise<void> {
  for (const { target } of all) {
    const row = recordOf(earlier, target);
    if (row === null) await loweredBuilds.forget([target.root], context);
    else await loweredBuilds.remember([row], context);
  }
}

/** Those of one reason together: it is long. */
export function refusedLimits(
  all: readonly Limited[],
): readonly (readonly [names: string, reason: string, many: boolean])[] {
  const of = Map.groupBy(all, ({ refused }) => refused);
  return [...of].flatMap(([reason, those]) =>
    reason === null
      ? []
      : [[listText(those.map(({ target }) => titleOfTarget(target))), reason, those.length > 1] as const],
  );
}

function outcomeOf(all: readonly Limited[], limits: Limits, recorded: Result<void> | null): Outcome {
  const title = ({ target }: Limited) => titleOfTarget(target);
  const limited = all.filter((one) => one.refused === null && !isUndone(one));
  const failed = all.filter((one) => one.refused === null && isUndone(one));
  const details = [
    ...refusedLimits(all).map(([names, reason, many]) => {
      return `${names} ${many ? 'were' : 'was'} not limited: ${reason}`;
    }),
    ...failed.map((one) => `${title(one)} was not limited: ${one.failures.join('; ')}`),
  ];
  if (limited.length === 0) {
    const [summary = 'there is nothing to limit', ...rest] = details;
    const denied = all.some((one) => one.denied);
    return { status: denied ? 'denied' : failed.length > 0 ? 'failed' : 'refused', summary, details: rest };
  }
  const own = limited.filter(({ before }) => before.cgroups.length > 0);
  const inUnit = limited.length > own.length;
  const lacking = new Set(own.flatMap(({ lacks }) => lacks));
  const names = [...own.map(title), ...(inUnit ? [`${daemonUnit} and all it runs`] : [])];
  const figures = limitsText(limits, lacking);
  return {
    status:
      details.length + lacking.size === 0 && limited.every((one) => one.failures.length === 0)
        ? 'done'
        : 'incomplete',
    // The figure is what one looks for: it stands before what may be long.
    summary:
      names.length === 1
        ? `limited ${names[0]}: ${figures}`
        : `limited ${names.length} (${figures}): ${listText(names)}`,
    details: [
      ...details,
      ...limited.flatMap((one) => one.failures.map((failure) => `${title(one)}: ${failure}`)),
      ...(lacking.size > 0
        ? [
            `no ${listText([...lacking])} in ${own.length === 1 ? 'its cgroup' : 'their cgroups'}: its controller is not enabled there`,
          ]
        : []),
      ...(recorded?.ok === false
        ? [
            `what was before could not be recorded (${reasonOf(recorded.problem)}): restore it before nixpulse ends`,
          ]
        : []),
    ],
  };
}

/** `memory.high 4.0 GB, io.weight 1`. */
export function limitsText(
  { memoryHighBytes, ioWeight }: Limits,
  lacking: ReadonlySet<string> = new Set(),
): string {
  return [
    memoryHighBytes === null || lacking.has('memory.high')
      ? ''
      : `held up past ${bytesText(memoryHighBytes)} of memory`,
    ioWeight === null || lacking.has('io.weight') ? '' : `I/O weight ${ioWeight} of 100`,
  ]
    .filter((text) => text !== '')
    .join(', ');
}
