/** Which derivations a stream has named: those whose .drv files are worth reading. */
import type { LogEvent } from './log-event.ts';

/** Planned, begun or failed, in their order; the same one may come again. Never throws. */
export function namedDerivations(events: readonly LogEvent[]): readonly string[] {
  const drvs: string[] = [];
  for (const event of events) {
    if (event.kind === 'planned') {
      for (const path of event.paths) if (isDerivation(path)) drvs.push(path);
    } else if (event.kind === 'start') {
      const { activity } = event;
      if (activity.type === 'build' && isDerivation(activity.drv)) drvs.push(activity.drv);
    } else if (event.kind === 'message' && event.meaning?.kind === 'failure') {
      const { drv } = event.meaning.failure;
      if (drv !== null && isDerivation(drv)) drvs.push(drv);
    }
  }
  return drvs;
}

/** Of the store alone: it is opened because a stream says so, and what others may write to must not be. */
export function isDerivation(path: string): boolean {
  return /^\/nix\/store\/[0-9a-z]{32}-[0-9a-zA-Z+\-._?=]+\.drv$/.test(path);
}
