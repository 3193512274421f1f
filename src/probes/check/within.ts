/** A reading that has so long: then it is ended, as when the user cancels. */
import { fail, type Result } from '../../base/problem.ts';
import type { ProbeContext } from '../probe.ts';

/** Past its end a reading has so long to come back; then it is left behind. */
const graceMs = 3000;

/** `where`: of the Problem (`timeout`) where it does not come back in time. */
export async function within<T>(
  ms: number,
  where: string,
  context: ProbeContext,
  read: (context: ProbeContext) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { clock } = context.ports;
  const abort = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<Result<T>>();
  let over = false;
  let cancelGrace = () => {};
  const why = () => (over ? `no answer within ${ms / 1000} s` : 'cancelled');
  const end = () => {
    abort.abort();
    cancelGrace = clock.after(graceMs, () => resolve(fail('timeout', where, why())));
  };
  const cancelDeadline = clock.after(ms, () => {
    over = true;
    end();
  });
  if (context.cancelled.aborted) end();
  else context.cancelled.addEventListener('abort', end, { once: true });
  const brought = await Promise.race([read({ ...context, cancelled: abort.signal }), late]);
  cancelDeadline();
  cancelGrace();
  context.cancelled.removeEventListener('abort', end);
  return abort.signal.aborted && !brought.ok ? fail('timeout', where, why()) : brought;
}
