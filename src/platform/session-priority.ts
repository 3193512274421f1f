/**
 * The place in front that `bin/nixpulse` takes for the start on a busy machine, given back. With autogroup (sched(7))
 * a session competes as one with those of the builds, and nice counts within it only; the session is also the
 * shell's that started us, so it is ours for a moment and no longer.
 */
import { writeFileSync } from 'node:fs';

/** Who lacks CAP_SYS_ADMIN may change it ten times a second: once more a little later. */
const againMs = 150;

/** `nice`: the session's before the launcher raised it; undefined where it has not. Call it once or more. */
export function createSessionPriority(
  nice: string | undefined,
  write: (nice: string) => void = (value) => writeFileSync('/proc/self/autogroup', value),
): () => void {
  let raised = nice !== undefined && /^-?\d+$/.test(nice);
  function giveBack(): boolean {
    if (!raised) return true;
    try {
      write(nice as string);
      raised = false;
    } catch (error) {
      // EINVAL: the session that the machine began with has no group.
      raised = (error as NodeJS.ErrnoException).code === 'EAGAIN';
    }
    return !raised;
  }
  return () => {
    if (!giveBack()) setTimeout(giveBack, againMs).unref();
  };
}
