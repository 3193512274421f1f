/** Where the daemon writes the log of all its clients (json-log-path), and whether it is followed. */
import type { Problem } from '../../base/problem.ts';

export interface LogPath {
  /** Null: it writes none, as far as we can see. */
  readonly path: string | null;
  /** Why it is not followed, or not whole: denied, not to be trusted, full. */
  readonly problem: Problem | null;
}

export const noLogPath: LogPath = { path: null, problem: null };

/** `major.minor` of the first that has the setting. Determinate Nix 3.22 is Nix 2.35; of older ones nobody knows. */
const first = { nix: [2, 30], determinate: [3, 22] } as const;

/** Whether the Nix of this name (`Model.host.nixVersion`) has json-log-path. Lix has none. */
export function knowsLogPath(nixVersion: string | null): boolean {
  const [, major, minor, maker] = /^(\d+)\.(\d+)[^ ]*(?: \((\w+)\))?$/.exec(nixVersion ?? '') ?? [];
  if (major === undefined || maker === 'Lix') return false;
  const [least, leastMinor] = maker === 'Determinate' ? first.determinate : first.nix;
  return Number(major) > least || (Number(major) === least && Number(minor) >= leastMinor);
}
