/** The last verification as it is kept in the state directory: JSON of a StoreVerification. */

import { parseJsonObject } from '../base/fields.ts';
import type { StoreVerification } from '../model/nix-store/store-check.ts';

const statuses = ['done', 'incomplete', 'failed', 'refused', 'denied', 'cancelled'] as const;

/** Null for anything that this version did not write. */
export function parseVerification(text: string): StoreVerification | null {
  const file: Readonly<Partial<Record<keyof StoreVerification, unknown>>> | null = parseJsonObject(text);
  if (file === null) return null;
  const status = statuses.find((one) => one === file.status);
  const [corrupt, missing, unreadable] = [file.corrupt, file.missing, file.unreadable].map(pathsOf);
  const { time, durationMs, paths } = file;
  if (file.version !== 1 || status === undefined || !corrupt || !missing || !unreadable) return null;
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return null;
  if (typeof durationMs !== 'number' || typeof paths !== 'number') return null;
  return {
    version: 1,
    time,
    status,
    durationMs,
    paths,
    expectedPaths: typeof file.expectedPaths === 'number' ? file.expectedPaths : null,
    bytes: typeof file.bytes === 'number' ? file.bytes : null,
    corrupt,
    missing,
    unreadable,
  };
}

function pathsOf(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  return value.every((one): one is string => typeof one === 'string') ? value : null;
}
