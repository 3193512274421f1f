/** What the files of our registries have in common (paused.json, lowered.json), checked word by word: it leads to signals. */

import { isFields, parseJsonObject } from '../base/fields.ts';
import type { ProcessIdentity } from '../base/identity.ts';
import type { BuildTarget } from '../model/intents/intent.ts';

/** What was done to one build, by whom. */
export interface RecordedChange {
  readonly target: BuildTarget;
  /** The nixpulse that did it. */
  readonly by: ProcessIdentity;
  /** It is to stay when that one ends: a command did it. */
  readonly lasting: boolean;
}

export interface ChangeFile<Row> {
  readonly bootId: string;
  readonly builds: readonly Row[];
}

/** Null when it is no such file; rows that are none are left out. */
export function parseChanges<Row>(
  text: string,
  rowOf: (fields: Readonly<Record<string, unknown>>, change: RecordedChange) => Row | null,
): ChangeFile<Row> | null {
  const file = parseJsonObject(text);
  if (file?.version !== 1) return null;
  const { bootId, builds } = file;
  if (typeof bootId !== 'string' || bootId === '' || !Array.isArray(builds)) return null;
  return {
    bootId,
    builds: builds.flatMap((row: unknown) => {
      if (!isFields(row)) return [];
      const target = targetOf(row.target);
      if (target === null || !isIdentity(row.by)) return [];
      return rowOf(row, { target, by: row.by, lasting: row.lasting === true }) ?? [];
    }),
  };
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

export function isIdentity(value: unknown): value is ProcessIdentity {
  return isFields(value) && isNumber(value.pid) && isNumber(value.startTime) && value.pid > 1;
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
