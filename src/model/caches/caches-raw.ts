/**
 * Caches and builders as the settings of this machine name them, the locks that say which slots of builders are taken, and
 * what the last runs of check-cache found. Null = not known.
 */
import type { Problem } from '../../base/problem.ts';
import type { CacheCheck } from '../cache-check/cache-check.ts';

export interface CachesRaw extends PeerSettings {
  /** Locks of `current-load` that somebody holds or waits for; null: they cannot be seen. */
  readonly locks: readonly BuilderLock[] | null;
  /** The last runs of check-cache, oldest first; at most `mostShownChecks`. */
  readonly checks: readonly CacheCheck[];
  /** Of the day up to the last run: tests that had a local cache to hit, and how many of them did. */
  readonly day: { readonly fetches: number; readonly hits: number };
  /** What could not be read. */
  readonly problems: readonly Problem[];
}

/** Of nix.conf(5). What a client says for itself (`--option`, nixConfig of a flake) is not there. */
export interface PeerSettings {
  /** `substituters`: addresses as written, without a password. */
  readonly caches: readonly string[] | null;
  /** Names of `trusted-public-keys`: `cache.nixos.org-1`. */
  readonly keys: readonly string[] | null;
  readonly builders: readonly ConfiguredBuilder[] | null;
  /** Lines that Nix refuses, and with them all builders. */
  readonly refused: readonly { readonly address: string; readonly why: string }[];
}

export interface ConfiguredBuilder {
  /** `ssh-ng://nix@box?compress=true`. */
  readonly address: string;
  /** Empty: that of this machine. */
  readonly systems: readonly string[];
  readonly features: readonly string[];
  /** It takes nothing that does not want all of these. */
  readonly mandatory: readonly string[];
  readonly slots: number;
  readonly speedFactor: number;
}

/** One file of `current-load`: `ssh-ng:__box-1` is a slot, `ssh-ng:__box.upload-lock` lets one build upload at a time. */
export interface BuilderLock {
  readonly name: string;
  readonly held: boolean;
  /** Processes that wait for it. */
  readonly waiting: number;
}

export const mostShownChecks = 8;

/** What an older check found says nothing of now. */
export const checkHoldsMs = 24 * 60 * 60_000;
