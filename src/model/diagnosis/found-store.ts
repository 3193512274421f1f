/** What rules find of the store: its files, its database, and memory that damages both. Null = unknown. */
import type { DamagedPath } from './probe-values.ts';

export type StoreFound =
  /** A verification found paths that are not what they were made as. */
  | {
      readonly kind: 'store-damaged';
      readonly paths: readonly DamagedPath[];
      /** Derivations among them: no cache has those, an evaluation writes them anew. */
      readonly derivations: number;
    }
  /** The database has no hash of them: nothing is known of their contents, and nothing is wrong with them. */
  | { readonly kind: 'store-unrecorded'; readonly paths: readonly string[] }
  /** A rebuild met it: one path that Nix itself calls damaged. */
  | { readonly kind: 'path-damaged'; readonly path: string | null }
  /** SQLite calls it malformed. `path` null: which file it is was not said. */
  | { readonly kind: 'database-damaged'; readonly path: string | null; readonly said: string | null }
  /** The same of a cache of Nix in somebody's home: harmless. */
  | { readonly kind: 'cache-database-damaged'; readonly path: string | null }
  /** ECC memory, since boot. */
  | { readonly kind: 'memory-errors'; readonly corrected: number; readonly uncorrected: number };
