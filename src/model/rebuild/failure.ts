/** Why Nix says that something failed: facts taken out of its words, whichever version chose them. */
import type { Position, TraceEntry } from './position.ts';

export interface SystemWanted {
  readonly system: string;
  readonly features: readonly string[];
}

/** `drv` null: the words name no derivation. */
export type Failure =
  | { readonly kind: 'exit'; readonly drv: string; readonly code: number }
  | {
      readonly kind: 'signal';
      readonly drv: string;
      readonly signal: number;
      /** `Killed`. */
      readonly name: string | null;
    }
  | { readonly kind: 'dependency'; readonly drv: string; readonly count: number }
  /** `silent` null: since Nix 2.34 both limits have the same words. */
  | {
      readonly kind: 'timeout';
      readonly drv: string | null;
      readonly seconds: number;
      readonly silent: boolean | null;
    }
  | { readonly kind: 'log-limit'; readonly drv: string | null; readonly bytes: number }
  | {
      readonly kind: 'hash';
      readonly drv: string | null;
      readonly specified: string;
      readonly got: string;
      readonly url: string | null;
    }
  | { readonly kind: 'no-output'; readonly drv: string; readonly output: string }
  | {
      readonly kind: 'system';
      readonly drv: string | null;
      readonly required: SystemWanted;
      /** What this machine is. */
      readonly local: SystemWanted | null;
      readonly reason: 'system' | 'features' | 'no-local-builds';
    }
  /** The build hook found nobody: what the machines of its list are. */
  | {
      readonly kind: 'no-machine';
      readonly drv: string | null;
      readonly required: SystemWanted;
      readonly machines: readonly (SystemWanted & { readonly maxJobs: number | null })[];
    }
  | { readonly kind: 'space'; readonly drv: string | null; readonly path: string | null }
  | ({ readonly kind: 'network'; readonly drv: null } & Download)
  | { readonly kind: 'no-substituter'; readonly drv: null; readonly path: string }
  | { readonly kind: 'substitutes'; readonly drv: string | null }
  | {
      readonly kind: 'unsigned';
      readonly drv: null;
      readonly path: string;
      readonly from: string | null;
    }
  | { readonly kind: 'remote'; readonly drv: string | null; readonly host: string }
  | { readonly kind: 'cycle'; readonly drv: string | null; readonly outputs: readonly string[] }
  | { readonly kind: 'not-deterministic'; readonly drv: string; readonly output: string | null }
  | ({
      readonly kind: 'evaluation';
      readonly drv: null;
      readonly recursion: boolean;
      readonly trace: readonly TraceEntry[];
    } & Position)
  /** `Nix daemon out of memory`: an allocation failed in the daemon itself. */
  | { readonly kind: 'daemon-memory'; readonly drv: null }
  | { readonly kind: 'daemon-gone'; readonly drv: null }
  | { readonly kind: 'interrupted'; readonly drv: null }
  /** Nix met it: contents that are not those of their hash, a database that SQLite calls malformed. */
  | {
      readonly kind: 'damaged';
      readonly drv: string | null;
      /** `cache`: of a user's home (`~/.cache/nix`), not of the store. */
      readonly what: 'path' | 'database' | 'cache';
      readonly path: string | null;
    }
  /** None of the above: the words are all there is. */
  | { readonly kind: 'other'; readonly drv: string | null };

/** A download that did not come: the server's answer or curl's error. */
export interface Download {
  readonly url: string;
  readonly httpStatus: number | null;
  readonly curlCode: number | null;
  readonly text: string;
}

/** One error message, read. */
export interface FailureSaid {
  readonly failure: Failure;
  /** The message's first telling line, without `error:`. */
  readonly text: string;
  /** Nix guesses: less than 8 MiB were free when the build ended. */
  readonly spaceNote: boolean;
  /** `Last 25 log lines`, where the message repeats them. */
  readonly lastLines: readonly string[];
}
