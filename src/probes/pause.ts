/** A wait that ends early where the probe is ended. */
import type { ProbeContext } from './probe.ts';

export function pause(
  ms: number,
  { ports, cancelled }: Pick<ProbeContext, 'ports' | 'cancelled'>,
): Promise<void> {
  if (cancelled.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      cancelled.removeEventListener('abort', end);
      resolve();
    };
    const cancel = ports.clock.after(ms, end);
    cancelled.addEventListener('abort', end);
  });
}
