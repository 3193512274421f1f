/** The text of check-cache.json: who checks now, and what a run may have brought into the store. */
import { isFields, parseJsonObject } from '../base/fields.ts';
import type { ProcessIdentity } from '../base/identity.ts';
import { isStorePath } from '../model/nix-store/store-path.ts';
import { isIdentity } from './change-file.ts';

/** Paths that were not valid when it was written, and may have come until its end. */
export interface Brought {
  /** Unix ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly paths: readonly string[];
}

export interface RemainsFile {
  readonly version: 1;
  /** Who checks; null: nobody, and something is left. */
  readonly by: ProcessIdentity | null;
  readonly brought: readonly Brought[];
}

/** Null where it is none, or one of a newer version. */
export function parseRemains(text: string): RemainsFile | null {
  const fields = parseJsonObject(text);
  if (fields === null || fields['version'] !== 1) return null;
  const { by, brought } = fields;
  if ((by !== null && !isIdentity(by)) || !Array.isArray(brought)) return null;
  return { version: 1, by, brought: brought.filter(isBrought) };
}

function isBrought(value: unknown): value is Brought {
  if (!isFields(value)) return false;
  const { fromMs, untilMs, paths } = value;
  const areTimes = typeof fromMs === 'number' && typeof untilMs === 'number';
  return (
    areTimes && Array.isArray(paths) && paths.every((path) => typeof path === 'string' && isStorePath(path))
  );
}
