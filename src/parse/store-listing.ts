/** What `nix-store` and `nix path-info` print: one store path a line, sizes beside or below. */

import { isStorePath } from '../model/nix-store/store-path.ts';

/** `nix-store -qR`: one path a line. Other lines are skipped; null where nothing is a path. */
export function parseStorePaths(text: string): readonly string[] | null {
  const paths = text.split('\n').filter(isStorePath);
  return paths.length === 0 ? null : paths;
}

/** `nix-store -q --size a b`: bytes in the order asked for. Null unless there are exactly `count`. */
export function parseSizes(text: string, count: number): readonly number[] | null {
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.length !== count || !lines.every((line) => /^\d{1,15}$/.test(line))) return null;
  return lines.map(Number);
}

/** `nix path-info -S`: `/nix/store/…-nixos-system-host-24.11 \t  4391088`. */
export function parseClosureSizes(text: string): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^(\/\S+)\s+(\d{1,15})$/.exec(line);
    if (match?.[1] !== undefined && isStorePath(match[1])) sizes.set(match[1], Number(match[2]));
  }
  return sizes;
}
