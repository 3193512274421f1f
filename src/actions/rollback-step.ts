/** Runs one step of a rollback and listens to it: its lines go to the screen, what failed is kept. */

import { problemText } from '../base/problem.ts';
import type { RollbackStep } from '../model/nix-store/rollback-plan.ts';
import { failedOf } from '../parse/switch-output.ts';
import type { ActionContext } from './action.ts';

export interface StepEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why it did not run at all. */
  readonly problem: string | null;
  /** Units and users that it says failed. */
  readonly failed: readonly string[];
  /** Its last lines. */
  readonly tail: readonly string[];
}

const tailLines = 5;

export async function runStep(
  step: RollbackStep,
  context: ActionContext,
  { cancellable, lasting = false }: { readonly cancellable: boolean; readonly lasting?: boolean },
): Promise<StepEnd> {
  const { ports, report, cancelled } = context;
  report({ text: step.title, lines: [`$ ${[step.file, ...step.args].join(' ')}`] });
  const failed = new Set<string>();
  const tail: string[] = [];
  const running = ports.spawn.stream(step.file, step.args, {
    lasting,
    onLine(line) {
      for (const one of failedOf(line)) failed.add(one);
      if (line.trim() !== '') tail.push(line);
      if (tail.length > tailLines) tail.shift();
      report({ lines: [line] });
    },
  });
  const cancel = () => running.cancel('INT');
  if (cancellable) cancelled.addEventListener('abort', cancel, { once: true });
  const done = await running.done;
  cancelled.removeEventListener('abort', cancel);
  const said = { failed: [...failed], tail };
  if (!done.ok) return { exitCode: null, signal: null, problem: problemText(done.problem), ...said };
  return { ...done.value, problem: null, ...said };
}

/** `ended with 4`, `was killed (SIGKILL)`, or why it never ran. */
export function endText({ problem, exitCode, signal }: StepEnd): string {
  if (problem !== null) return problem;
  return exitCode === null ? `was killed (${signal ?? 'unknown signal'})` : `ended with ${exitCode}`;
}
