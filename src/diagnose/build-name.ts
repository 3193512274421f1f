/** What a finding calls a build. */
import type { Build } from '../model/model.ts';

/** `firefox-130.0`; the pid of one whose name nobody knows. */
export function nameOfBuild({ name, pid }: Pick<Build, 'name' | 'pid'>): string {
  return name ?? `${pid}`;
}
