/** Waiting inside an action: through the clock port, never longer than until the user cancels. */
import type { ActionContext } from './action.ts';

export function wait(
  { ports, cancelled }: Pick<ActionContext, 'ports' | 'cancelled'>,
  ms: number,
): Promise<void> {
  return new Promise((resolve) => {
    if (cancelled.aborted) return resolve();
    const done = () => {
      cancelled.removeEventListener('abort', abort);
      resolve();
    };
    const stop = ports.clock.after(ms, done);
    const abort = () => {
      stop();
      resolve();
    };
    cancelled.addEventListener('abort', abort, { once: true });
  });
}
