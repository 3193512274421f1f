/** What a finding calls a build. */
import type { Build } from '../model/model.ts';

/** `firefox-130.0`; of one whose name nobody knows what else tells it from others. */
export function nameOfBuild({ name, user, pid }: Pick<Build, 'name' | 'user' | 'pid'>): string {
  return name ?? `an unnamed build${user === null ? '' : ` of ${user}`} (pid ${pid})`;
}
