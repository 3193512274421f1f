/** A process of an action: listened to, interrupted when the user cancels. */
import type { Result } from '../base/problem.ts';
import type { StreamOptions } from '../platform/ports.ts';
import type { ActionContext } from './action.ts';

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** INT is what Ctrl-C does: Nix stops its children and removes what they left. */
export async function runCancellable(
  { ports, cancelled }: Pick<ActionContext, 'ports' | 'cancelled'>,
  [file, ...args]: readonly [string, ...string[]],
  options: StreamOptions,
): Promise<Result<ProcessEnd>> {
  const running = ports.spawn.stream(file, args, options);
  const cancel = () => running.cancel('INT');
  if (cancelled.aborted) cancel();
  else cancelled.addEventListener('abort', cancel, { once: true });
  const end = await running.done;
  cancelled.removeEventListener('abort', cancel);
  return end;
}

/** `ended with 4`, `was killed (SIGKILL)`. */
export function endWords({ exitCode, signal }: ProcessEnd): string {
  return exitCode === null ? `was killed (${signal ?? 'unknown signal'})` : `ended with ${exitCode}`;
}
