/** What a binary cache says of itself and of a path: nix-cache-info and .narinfo, `Name: value` a line. */

export interface CacheInfo {
  /** `/nix/store`; another one's paths are of no use here. */
  readonly storeDirectory: string | null;
  /** The lowest is asked first. */
  readonly priority: number | null;
}

/** Null of what is none: a login page, a directory of a web server. */
export function parseCacheInfo(text: string): CacheInfo | null {
  const rows = rowsOf(text);
  const storeDirectory = rows.find(([name]) => name === 'StoreDir')?.[1] ?? null;
  const priority = Number(rows.find(([name]) => name === 'Priority')?.[1] ?? 'none');
  if (storeDirectory === null && !rows.some(([name]) => name === 'WantMassQuery')) return null;
  return { storeDirectory, priority: Number.isFinite(priority) ? priority : null };
}

export interface NarInfo {
  /** Relative to the cache: `nar/1w1f….nar.xz`. */
  readonly url: string;
  readonly fileBytes: number | null;
  /** Names of the keys that have signed it. */
  readonly keys: readonly string[];
}

export function parseNarInfo(text: string): NarInfo | null {
  const rows = rowsOf(text);
  const url = rows.find(([name]) => name === 'URL')?.[1];
  if (url === undefined || !rows.some(([name]) => name === 'StorePath')) return null;
  const fileBytes = Number(rows.find(([name]) => name === 'FileSize')?.[1] ?? 'none');
  const keys = rows.flatMap(([name, value]) => (name === 'Sig' ? [keyName(value)] : []));
  return { url, fileBytes: Number.isFinite(fileBytes) ? fileBytes : null, keys };
}

/** `cache.nixos.org-1:6NCH…` is the key `cache.nixos.org-1`, of a signature as of a public key. */
export function keyName(text: string): string {
  return text.split(':')[0] ?? '';
}

function rowsOf(text: string): readonly (readonly [string, string])[] {
  return text.split('\n').flatMap((line) => {
    const at = line.indexOf(':');
    return at <= 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
  });
}
