/**
 * Rolls a profile back to a chosen generation as nixos-rebuild does: moves the profile, then has
 * switch-to-configuration write the boot menu and activate. Checked before, told exactly afterwards.
 */
import type { Outcome } from '../model/intents/outcome.ts';
import { type RollbackStep, rollbackSteps, switchMeaning } from '../model/nix-store/rollback-plan.ts';
import type { Action, ActionContext, IntentOf } from './action.ts';
import {
  checkNoSwitch,
  checkPrivilege,
  findTarget,
  type GenerationReaders,
  probeSystemd,
  type Target,
} from './rollback-checks.ts';
import { lookAround, type Standing, standingLines, wayBack } from './rollback-standing.ts';
import { endText, runStep, type StepEnd } from './rollback-step.ts';
import { refused } from './wording.ts';

type RollbackIntent = IntentOf<'rollback'>;

export function createRollback(readers: GenerationReaders): Action<'rollback'> {
  return async (intent, context) => {
    const plan = await prepare(intent, context, readers, false);
    if ('status' in plan) return plan;
    if (context.cancelled.aborted) return cancelled('nothing was changed', []);
    const before = await lookAround(intent.profile, readers.run, context.ports.files);
    const work: Work = { intent, context, readers, target: plan.target, before };
    for (const step of plan.steps) {
      const end = step.kind === 'profile' ? await moveProfile(step, work) : await activate(step, work);
      if (end !== null) return end;
    }
    return {
      status: 'done',
      summary: `generation ${intent.generation} is the default of ${intent.profile.path}${wasText(before)}`,
      details: [],
    };
  };
}

/** What a rollback would run (`--dry-run`), or why it would be refused. Changes nothing; needs no privilege. */
export function createRollbackPlan(
  readers: GenerationReaders,
): (intent: RollbackIntent, context: ActionContext) => Promise<readonly RollbackStep[] | Outcome> {
  return async (intent, context) => {
    const plan = await prepare(intent, context, readers, true);
    return 'status' in plan ? plan : plan.steps;
  };
}

async function prepare(
  intent: RollbackIntent,
  context: ActionContext,
  readers: GenerationReaders,
  dry: boolean,
): Promise<{ readonly target: Target; readonly steps: readonly RollbackStep[] } | Outcome> {
  if (!context.ports.files.live && !dry) {
    return refused('this is another root directory: nothing is changed in it');
  }
  if (intent.profile.kind === 'home-manager' && intent.mode === 'boot') {
    return refused('home-manager knows no next boot: choose switch');
  }
  const blocked =
    (dry ? null : await checkPrivilege(intent, context)) ??
    (await checkNoSwitch(intent, readers.run, context));
  if (blocked !== null) return blocked;
  const target = await findTarget(intent, readers, context);
  if ('status' in target) return target;
  const systemd = intent.profile.kind === 'system' && (await probeSystemd(readers.run, context, dry));
  if (typeof systemd !== 'boolean') return systemd;
  const { storePath, generation } = target;
  return { target, steps: rollbackSteps(intent, { storePath, isDefault: generation.isDefault, systemd }) };
}

interface Work {
  readonly intent: RollbackIntent;
  readonly context: ActionContext;
  readonly readers: GenerationReaders;
  readonly target: Target;
  readonly before: Standing;
}

/** Null when the profile names the generation now. */
async function moveProfile(step: RollbackStep, work: Work): Promise<Outcome | null> {
  const { intent, context, before, target } = work;
  const end = await runStep(step, context, { cancellable: true });
  const after = await standingNow(work);
  const moved = after.defaultNumber === intent.generation;
  const details = [...end.tail, ...standingLines(intent, before, after)];
  if (context.cancelled.aborted) {
    if (!moved) return cancelled('nothing was changed', details);
    return cancelled('the profile has moved, nothing is activated', [...details, ...wayBack(intent, before)]);
  }
  if (end.exitCode !== 0) {
    return { status: 'failed', summary: `the profile could not be moved: nix-env ${endText(end)}`, details };
  }
  if (moved && after.defaultPath === target.storePath) return null;
  const there = after.defaultNumber === null ? 'elsewhere' : `at generation ${after.defaultNumber}`;
  return {
    status: 'failed',
    summary: `somebody switched the profile meanwhile: it is ${there}; generation ${intent.generation} was not activated`,
    details,
  };
}

/**
 * From here on there is no cancelling, and no closed terminal that ends it: half an activation is worse than
 * either generation, and worse than one that nobody watches.
 */
async function activate(step: RollbackStep, work: Work): Promise<Outcome> {
  const { intent, context, before, readers } = work;
  const busy = await checkNoSwitch(intent, readers.run, context);
  if (busy !== null || context.cancelled.aborted) {
    const after = await standingNow(work);
    const moved = after.defaultNumber !== before.defaultNumber;
    return {
      status: busy === null ? 'cancelled' : moved ? 'incomplete' : 'refused',
      summary: `generation ${intent.generation} was not activated: ${busy?.summary ?? 'cancelled'}`,
      details: [...standingLines(intent, before, after), ...(moved ? wayBack(intent, before) : [])],
    };
  }
  const end = await runStep(step, context, { cancellable: false, lasting: true });
  const after = await standingNow(work);
  return intent.profile.kind === 'system'
    ? switchOutcome(intent, end, before, after)
    : homeOutcome(intent, end, before, after);
}

function switchOutcome(intent: RollbackIntent, end: StepEnd, before: Standing, after: Standing): Outcome {
  const { generation, mode } = intent;
  const ran = end.problem === null;
  const { status, text } = ran
    ? switchMeaning(end.exitCode, mode)
    : { status: 'failed' as const, text: `was not activated: ${endText(end)}` };
  if (status === 'done') {
    return { status, summary: `generation ${generation} ${text}${wasText(before)}`, details: [] };
  }
  const failed = end.failed.length === 0 ? '' : `: ${end.failed.join(', ')}`;
  return {
    status,
    summary: `generation ${generation} ${text}${failed}`,
    details: [
      ...(status === 'failed' ? end.tail : []),
      ...(ran ? standingLines(intent, before, after, end.exitCode) : standingLines(intent, before, after)),
      ...wayBack(intent, before),
    ],
  };
}

/** home-manager makes a generation of its own for what is activated, unless its profile is there already. */
function homeOutcome(intent: RollbackIntent, end: StepEnd, before: Standing, after: Standing): Outcome {
  const { generation } = intent;
  if (end.exitCode === 0) {
    const as =
      after.defaultNumber === generation ? '' : `, as generation ${after.defaultNumber ?? 'unknown'}`;
    return {
      status: 'done',
      summary: `generation ${generation} of home-manager is active${as}`,
      details: [],
    };
  }
  return {
    status: 'failed',
    summary: `generation ${generation} of home-manager is not active: its activate script ${endText(end)}`,
    details: [...end.tail, ...standingLines(intent, before, after), ...wayBack(intent, before)],
  };
}

function standingNow({ intent, readers, context }: Work): Promise<Standing> {
  return lookAround(intent.profile, readers.run, context.ports.files);
}

function wasText({ defaultNumber }: Standing): string {
  return defaultNumber === null ? '' : `; the default was ${defaultNumber}`;
}

function cancelled(what: string, details: readonly string[]): Outcome {
  return { status: 'cancelled', summary: `cancelled: ${what}`, details };
}
