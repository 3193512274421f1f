/** Builds as their logs tell them: phases, lengths, and what failed, in words. */
import { unknown } from '../base/number.ts';
import { commandTitle } from '../model/forest/client-command.ts';
import type { Build } from '../model/rebuild/rebuild.ts';

/** `buildPhase` as everybody says it: `build`. */
export function phaseText(phase: string | null): string {
  return phase === null ? unknown : phase.replace(/(.)Phase$/, '$1');
}

/** The build that failed; of what failed without one its rebuild. */
export function failedTitle({
  name,
  command,
}: {
  readonly name: string | null;
  readonly command: string | null;
}): string {
  return name ?? (command === null ? 'rebuild' : commandTitle(command));
}

/** Seconds; null where it has not begun, or nobody saw it. */
export function failedAge(build: Pick<Build, 'startedMs' | 'endedMs'> | null): number | null {
  if (build === null || build.startedMs === null || build.endedMs === null) return null;
  return Math.max(0, (build.endedMs - build.startedMs) / 1000);
}
