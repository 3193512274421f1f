/** The text of paused.json. */

import type { ProcessIdentity } from '../base/identity.ts';
import { type ChangeFile, isIdentity, parseChanges, type RecordedChange } from './change-file.ts';

export interface PausedBuild extends RecordedChange {
  readonly processes: readonly ProcessIdentity[];
  /** Its cgroup, where that was frozen instead. */
  readonly cgroup: string | null;
  /** Unix ms. */
  readonly pausedAtMs: number;
}

export function parsePaused(text: string): ChangeFile<PausedBuild> | null {
  return parseChanges(text, (row, change) => {
    const { processes, cgroup, pausedAtMs } = row;
    if (!Array.isArray(processes) || !processes.every(isIdentity)) return null;
    if (typeof pausedAtMs !== 'number' || !(cgroup === null || typeof cgroup === 'string')) return null;
    return { ...change, processes, cgroup, pausedAtMs };
  });
}
