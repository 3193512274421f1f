/** Surroundings of a step, on a fake machine: notes in a map, nobody to look. */
import type { Model } from '../../src/model/model.ts';
import type { Plan, RecoverContext, Step, Wishes } from '../../src/recover/step.ts';
import type { FakeMachine } from './fake-machine.ts';

export interface TestedContext extends RecoverContext {
  readonly kept: Map<string, string>;
}

export const noWishes: Wishes = { output: null, to: null, flake: null, directory: '/work' };

export function recoverContext(machine: FakeMachine, more: Partial<RecoverContext> = {}): TestedContext {
  const kept = new Map<string, string>();
  return {
    ...machine.context,
    ...{ wishes: noWishes, environment: {}, kept },
    notes: {
      get: (name) => kept.get(name) ?? null,
      async set(name, value) {
        kept.set(name, value);
      },
    },
    look: () => Promise.reject<Model>(new Error('nobody looks')),
    ...more,
  };
}

/** `needless: why`, `impossible: why`, or `todo WORD` with its lines below. */
export function planText(plan: Plan): string {
  if (plan.state !== 'todo') return `${plan.state}: ${plan.why}`;
  const { asks } = plan;
  return [`todo ${typeof asks === 'string' ? asks : asks.word}`, ...plan.lines].join('\n');
}

export async function planned(step: Step, context: RecoverContext): Promise<string> {
  return planText(await step.plan(context));
}

export function stepOf(steps: readonly Step[], id: string): Step {
  const found = steps.find((step) => step.id === id);
  if (found === undefined) throw new Error(`no step ${id}`);
  return found;
}
