/** Logs and the kernel tell when in Unix time, findings last in monotonic time. */
import type { Model } from '../model/model.ts';

/** Monotonic ms of Unix ms; what seems to lie ahead, since a clock was set, is now. */
export function monotonicOf({ timeMs, monotonicMs }: Pick<Model, 'timeMs' | 'monotonicMs'>, unixMs: number) {
  return monotonicMs - Math.max(0, timeMs - unixMs);
}
