/** The text of paused.json, checked word by word: what it says leads to signals. */

import { isFields, parseJsonObject } from '../base/fields.ts';
import type { ProcessIdentity } from '../base/identity.ts';
import type { BuildTarget } from '../model/intents/intent.ts';

export interface PausedBuild {
  readonly target: BuildTarget;
  readonly processes: readonly ProcessIdentity[];
  /** Its cgroup, where that was frozen instead. */
  readonly cgroup: string | null;
  /** Unix ms. */
  readonly pausedAtMs: number;
  /** The nixpulse that did it. */
  readonly by: ProcessIdentity;
}

interface PausedFile {
  readonly bootId: string;
  readonly builds: readonly PausedBuild[];
}

/** Null when it is no such file; rows that are none are left out. */
export function parsePaused(text: string): PausedFile | null {
  const file = parseJsonObject(text);
  if (file?.version !== 1) return null;
  const { bootId, builds } = file;
  if (typeof bootId !== 'string' || bootId === '' || !Array.isArray(builds)) return null;
  return { bootId, builds: builds.flatMap((row: unknown) => buildOf(row) ?? []) };
}

function buildOf(row: unknown): PausedBuild | null {
  if (!isFields(row)) return null;
  const { target, processes, cgroup, pausedAtMs, by } = row;
  const known = targetOf(target);
  if (known === null || !isIdentity(by) || !Array.isArray(processes) || !processes.every(isIdentity))
    return null;
  if (typeof pausedAtMs !== 'number' || !(cgroup === null || typeof cgroup === 'string')) return null;
  return { target: known, processes, cgroup, pausedAtMs, by };
}

function targetOf(value: unknown): BuildTarget | null {
  if (!isFields(value)) return null;
  const { root, uid, name, user } = value;
  if (!isIdentity(root) || !(uid === null || isNumber(uid))) return null;
  return {
    root,
    uid,
    name: typeof name === 'string' ? name : null,
    user: typeof user === 'string' ? user : null,
  };
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return isFields(value) && isNumber(value.pid) && isNumber(value.startTime) && value.pid > 1;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
