/** A process that a reading or an action starts: listened to, interrupted when the user cancels. */
import type { Result } from '../base/problem.ts';
import type { Ports, StreamOptions } from '../platform/ports.ts';

/** `cancelled` is aborted when the user cancels. */
export interface Cancellable {
  readonly ports: Ports;
  readonly cancelled: AbortSignal;
  /** `StreamOptions.group`. */
  readonly group?: boolean;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** INT is what Ctrl-C does: Nix stops its children and removes what they left. */
export async function runCancellable(
  { ports, cancelled, group = false }: Cancellable,
  [file, ...args]: readonly [string, ...string[]],
  options: StreamOptions,
): Promise<Result<ProcessEnd>> {
  const running = ports.spawn.stream(file, args, group ? { ...options, group } : options);
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
