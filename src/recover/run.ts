/**
 * Carries a procedure out, step by step: what is to be done, whether it is wanted, the doing, and whether it was done.
 * A step that is done already says so when it is asked, which is how it goes on after a crash.
 */
import type { Intent } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { Progress } from './progress.ts';
import type { Asks, Plan, Procedure, RecoverContext, Step } from './step.ts';

export type StepState = 'needless' | 'done' | 'declined' | 'impossible' | 'denied' | 'failed' | 'interrupted';

export interface StepResult {
  readonly id: string;
  readonly title: string;
  readonly state: StepState;
  readonly summary: string;
  readonly details: readonly string[];
  /** To be copied; absent: there is nothing. */
  readonly code?: readonly string[];
}

export type Answer = 'yes' | 'no' | 'interrupted';

/** What a person sees of it. */
export interface RunScreen {
  /** From 1. */
  begun(step: Step, number: number, plan: Plan): void;
  ask(asks: Exclude<Asks, 'nothing'>, step: Step): Promise<Answer>;
  ended(result: StepResult, step: Step): void;
}

export interface RunOptions {
  readonly procedure: Procedure;
  readonly context: RecoverContext;
  readonly progress: Progress;
  readonly screen: RunScreen;
  /** Through the journal; null: another action was in its way. */
  readonly perform: (intent: Intent) => Promise<Outcome | null>;
}

/** Those that were come to; it ends at the first that cannot be gone past. */
export async function runProcedure(options: RunOptions): Promise<readonly StepResult[]> {
  const { procedure, context, progress, screen } = options;
  const results: StepResult[] = [];
  for (const [index, step] of procedure.steps.entries()) {
    const plan = isBelieved(step, progress) ? doneBefore : await step.plan(context);
    screen.begun(step, index + 1, plan);
    const result = context.cancelled.aborted
      ? resultOf(step, 'interrupted', 'it was not begun')
      : await runStep(step, plan, options);
    results.push(result);
    screen.ended(result, step);
    if (result.state === 'interrupted' || (stops(result) && step.optional !== true)) return results;
  }
  await progress.finish();
  return results;
}

/**
 * What would be done, without asking anybody: of later steps as far as it can be told now, up to the one that ends it.
 */
export async function planProcedure({
  procedure,
  context,
}: Pick<RunOptions, 'procedure' | 'context'>): Promise<
  readonly { readonly step: Step; readonly plan: Plan }[]
> {
  const planned: { readonly step: Step; readonly plan: Plan }[] = [];
  for (const step of procedure.steps) {
    const plan = await step.plan(context);
    planned.push({ step, plan });
    if (plan.state === 'impossible' && step.optional !== true) break;
  }
  return planned;
}

const doneBefore: Plan = { state: 'needless', why: 'it was done before' };

function isBelieved({ id, once }: Step, progress: Progress): boolean {
  return once === true && progress.markOf(id)?.mark === 'done';
}

function stops({ state }: StepResult): boolean {
  return state !== 'needless' && state !== 'done';
}

async function runStep(step: Step, plan: Plan, options: RunOptions): Promise<StepResult> {
  const { context, progress, screen } = options;
  if (plan.state === 'needless') {
    const result = resultOf(step, 'needless', plan.why, plan.lines);
    return plan.code === undefined ? result : { ...result, code: plan.code };
  }
  if (plan.state === 'impossible') {
    const state = plan.denied === true ? 'denied' : 'impossible';
    const way = plan.way === undefined ? [] : [plan.way];
    return resultOf(step, state, plan.why, [...(plan.lines ?? []), ...way]);
  }
  const answer = plan.asks === 'nothing' ? 'yes' : await screen.ask(plan.asks, step);
  if (answer === 'interrupted') return resultOf(step, 'interrupted', 'it was not begun');
  if (answer === 'no') {
    await progress.mark(step.id, 'left');
    return resultOf(step, 'declined', 'nothing was done');
  }
  await progress.mark(step.id, 'begun');
  // While it was asked, or while that was written: what is begun now would be cancelled by nobody.
  if (context.cancelled.aborted) return resultOf(step, 'interrupted', 'it was not begun');
  const own: Intent = { type: 'recover', procedure: options.procedure.id, step: step.id };
  const outcome = await options.perform(plan.intent ?? own);
  if (outcome === null) return resultOf(step, 'failed', 'another action was in its way: try it again');
  const { status, summary, details } = outcome;
  if (status === 'cancelled') return resultOf(step, 'interrupted', summary, details);
  if (status === 'denied') return resultOf(step, 'denied', summary, details);
  if (status !== 'done' && status !== 'incomplete') return resultOf(step, 'failed', summary, details);
  const left = step.once === true ? null : await step.plan(context);
  if (left?.state === 'todo' || left?.state === 'impossible') {
    const why = left.state === 'todo' ? left.lines : [left.why];
    return resultOf(step, 'failed', `${summary}, but it is not as it should be`, [...details, ...why]);
  }
  await progress.mark(step.id, 'done');
  const seen = left === null ? [] : [left.why, ...(left.lines ?? [])];
  return resultOf(step, 'done', summary, [...details, ...seen]);
}

function resultOf(
  { id, title }: Step,
  state: StepState,
  summary: string,
  details: readonly string[] = [],
): StepResult {
  return { id, title, state, summary, details };
}
