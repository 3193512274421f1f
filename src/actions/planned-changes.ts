/** What lower, limit and restore would change now, by their own proofs: what `--dry-run` says. Nothing is changed. */
import type { BuildTarget, Intent } from '../model/intents/intent.ts';
import { titleOfTarget } from '../model/intents/intent.ts';
import type { LoweredBuild, ThreadBefore } from '../parse/lowered-file.ts';
import { isIdleIo } from '../parse/priority.ts';
import type { ActionContext, IntentOf } from './action.ts';
import { limitsOf, plannedLimits, refusedLimits } from './limit.ts';
import { plannedLowerings } from './lower.ts';
import type { Before } from './lowered-builds.ts';
import { isNothing, loweredBuilds, recordOf } from './lowered-builds.ts';
import { notPermitted } from './wording.ts';

type Changing = Extract<Intent, { readonly type: 'lower' | 'limit' | 'restore' }>;

export interface ChangePlan {
  readonly changes: readonly string[];
  readonly refusals: readonly string[];
  /** Nothing would be changed, for want of a privilege. */
  readonly denied: boolean;
}

export function isChanging(intent: Intent): intent is Changing {
  return intent.type === 'lower' || intent.type === 'limit' || intent.type === 'restore';
}

export async function plannedChanges(intent: Changing, context: ActionContext): Promise<ChangePlan> {
  switch (intent.type) {
    case 'lower':
      return ofLower(intent, context);
    case 'limit':
      return ofLimit(intent, context);
    case 'restore':
      return ofRestore(intent.targets, context);
  }
}

async function ofLower({ targets }: IntentOf<'lower'>, context: ActionContext): Promise<ChangePlan> {
  const all = await plannedLowerings(targets, context);
  const changes = all.flatMap(({ todo }) => [
    ...threadLines(todo.threads, ({ nice, io }) =>
      [nice === null ? '' : 'nice 19', io === null ? '' : 'idle I/O'].filter((text) => text !== ''),
    ),
    ...todo.sessions.map(({ session }) => `nice 19 to session ${session}`),
    ...todo.cgroups.map(({ directory, setting, set }) => `${setting} = ${set} in ${directory}`),
  ]);
  const refusals = all.flatMap(({ proof: { target }, refused, denied, keepsNice, todo }) => [
    ...(refused === null ? [] : [`${titleOfTarget(target)} would not be touched: ${refused}`]),
    ...(denied ? [notPermitted(target, 'lower')] : []),
    ...(keepsNice ? ['nice would stay as it is: without CAP_SYS_NICE it could not be taken back'] : []),
    ...(refused === null && !denied && isNothing(todo)
      ? [`${titleOfTarget(target)} is lowered already`]
      : []),
  ]);
  return { changes, refusals, denied: changes.length === 0 && all.some(({ denied }) => denied) };
}

async function ofLimit(intent: IntentOf<'limit'>, context: ActionContext): Promise<ChangePlan> {
  const limits = limitsOf(intent, context);
  if (limits === null)
    return { changes: [], refusals: ['how much memory there is cannot be read'], denied: false };
  const all = await plannedLimits(intent.targets, limits, context);
  const wanted = all.filter(({ refused }) => refused === null);
  const changes = new Set(
    wanted.flatMap(({ before }) => [
      ...before.cgroups.map(({ directory, setting, set }) => `${setting} = ${set} in ${directory}`),
      ...before.units.map(
        ({ unit, property, set }) => `${property} = ${set} of ${unit}, with everything it runs`,
      ),
    ]),
  );
  const refusals = refusedLimits(all).map(([names, reason]) => `${names} would not be limited: ${reason}`);
  return { changes: [...changes], refusals, denied: changes.size === 0 && all.some(({ denied }) => denied) };
}

async function ofRestore(targets: readonly BuildTarget[], context: ActionContext): Promise<ChangePlan> {
  const rows = await loweredBuilds.load(context);
  const found = targets.map((target) => ({ target, record: recordOf(rows, target) }));
  return {
    changes: found.flatMap(({ record }) => (record === null ? [] : linesOf(record))),
    refusals: found
      .filter(({ record }) => record === null)
      .map(({ target }) => `${titleOfTarget(target)} is not lowered or limited by nixpulse`),
    denied: false,
  };
}

function linesOf({ threads, sessions, cgroups, units }: LoweredBuild | Before): readonly string[] {
  return [
    ...threadLines(threads, ({ nice, io }) =>
      [nice === null ? '' : `nice ${nice}`, io === null || isIdleIo(io) ? '' : 'its former I/O class'].filter(
        (text) => text !== '',
      ),
    ),
    ...sessions.map(({ session, nice }) => `nice ${nice} to session ${session}`),
    ...cgroups.map(({ directory, setting, before }) => `${setting} = ${before} in ${directory}`),
    ...units.map(({ unit, property, before }) => `${property} = ${before} of ${unit}`),
  ];
}

/** One line a process: that it is each of its threads goes without saying. */
function threadLines(
  threads: readonly ThreadBefore[],
  words: (thread: ThreadBefore) => readonly string[],
): readonly string[] {
  return threads
    .filter((thread) => thread.pid === thread.tid && words(thread).length > 0)
    .map((thread) => `${words(thread).join(', ')} to ${thread.pid}`);
}
