/** What a binary cache says of itself and of a path: nix-cache-info and .narinfo, `Name: value` a line. */

export interface CacheInfo {
  /** `/nix/store`; another one's paths are of no use here. */
  readonly storeDirectory: string | null;
  /** The lowest is asked first. */
  readonly priority: number | null;
  /** Nix asks it for many paths at once: null where it does not say, which is no. */
  readonly massQuery: boolean | null;
}

/** PATH_MAX. */
const longestPath = 4096;

/** Null of what is none: a login page, a directory of a web server. */
export function parseCacheInfo(text: string): CacheInfo | null {
  const rows = rowsOf(text);
  const storeDirectory = rows.find(([name]) => name === 'StoreDir')?.[1]?.slice(0, longestPath) ?? null;
  const priority = Number(rows.find(([name]) => name === 'Priority')?.[1] ?? 'none');
  if (storeDirectory === null && !rows.some(([name]) => name === 'WantMassQuery')) return null;
  const massQuery = rows.find(([name]) => name === 'WantMassQuery')?.[1];
  return {
    storeDirectory,
    priority: Number.isFinite(priority) ? priority : null,
    massQuery: massQuery === undefined ? null : massQuery === '1',
  };
}

export interface NarInfo {
  readonly storePath: string;
  /** Relative to the cache: `nar/1w1f….nar.xz`. */
  readonly url: string;
  readonly fileBytes: number | null;
  /** As it is written: `sha256:1b4c…`. */
  readonly narHash: string | null;
  readonly narBytes: number | null;
  /** `bzip2` where nothing is said (src/libstore/nar-info.cc). */
  readonly compression: string;
  /** Names without the directory of the store. */
  readonly references: readonly string[];
  readonly signatures: readonly string[];
  /** Names of the keys that have signed it, the first ones, cut where no name is as long. */
  readonly keys: readonly string[];
  /** It says what its contents are, and needs no signature. */
  readonly contentAddressed: boolean;
}

/** Two or three are usual. They are kept, and a cache may send as many as it likes. */
const mostKeys = 16;
const longestKey = 100;

export function parseNarInfo(text: string): NarInfo | null {
  const rows = rowsOf(text);
  const of = (wanted: string) => rows.find(([name]) => name === wanted)?.[1];
  const [storePath, url] = [of('StorePath'), of('URL')];
  if (url === undefined || storePath === undefined) return null;
  const signatures = rows.flatMap(([name, value]) => (name === 'Sig' ? [value] : []));
  return {
    ...{
      storePath,
      url,
      signatures,
      keys: signatures.slice(0, mostKeys).map((one) => keyName(one).slice(0, longestKey)),
    },
    fileBytes: numberOf(of('FileSize')),
    narHash: of('NarHash') ?? null,
    narBytes: numberOf(of('NarSize')),
    compression: of('Compression') || 'bzip2',
    references: (of('References') ?? '').split(' ').filter((name) => name !== ''),
    contentAddressed: (of('CA') ?? '') !== '',
  };
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
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
