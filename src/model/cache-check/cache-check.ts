/**
 * What one run of `nixpulse check-cache` found: caches asked, one package fetched, one derivation built elsewhere. A
 * record with reasons as kinds; words and metrics are made of it (src/format). Null = not known.
 */

export interface CacheCheck {
  readonly version: 1;
  /** Unix ms. */
  readonly startedMs: number;
  readonly endedMs: number;
  /** By the rest of the time that it had, or by a signal: what was not done by then is `untested`. */
  readonly cut: boolean;
  /** The file for a textfile collector that has its metrics; null: nobody but an export tells them. */
  readonly textfile: string | null;
  /** In the order in which Nix asks them: the lowest priority first. */
  readonly caches: readonly CheckedCache[];
  readonly fetch: FetchTest;
  readonly build: BuildTest;
  readonly builders: readonly CheckedBuilder[];
  /** What a proxy of this machine keeps on its disk; null: none is configured. */
  readonly proxyDisk: ProxyDisk | null;
}

/**
 * - `unreachable`: name, route, connection, TLS. `timeout`: no answer, or one that trickles.
 * - `status`: an HTTP status that is no success; `denied`: 401 or 403. `no-cache`: what answers is no binary cache.
 * - `other-store`: of another StoreDir. `unsigned`, `untrusted`: no signature, none by a trusted key.
 * - `bad-signature`: one by a trusted key that is wrong. `broken-nar`: a narinfo that is none, or whose archive is not there.
 */
export type CacheTrouble =
  | 'unreachable'
  | 'timeout'
  | 'denied'
  | 'status'
  | 'no-cache'
  | 'other-store'
  | 'unsigned'
  | 'untrusted'
  | 'bad-signature'
  | 'broken-nar';

/** `unknown-kind`: of an algorithm that cannot be checked here. `not-needed`: the path says what its contents are, or Nix wants none. */
export type SignatureState = 'good' | 'bad' | 'untrusted' | 'unsigned' | 'not-needed' | 'unknown-kind';

export interface CheckedCache {
  readonly address: string;
  /** `local`: the one that is to have everything (operand, or `cache` of the settings). `upstream`: what it stands before. */
  readonly role: 'local' | 'upstream' | 'other';
  readonly trouble: CacheTrouble | null;
  /** What it said itself, one line. */
  readonly said: string | null;
  readonly httpStatus: number | null;
  /** Until it answered for its nix-cache-info. */
  readonly answerSec: number | null;
  /** That Nix waits for it in vain with each path, at least (lost.ts): 0 where it answers. */
  readonly lostSec: number;
  readonly priority: number | null;
  readonly massQuery: boolean | null;
  readonly storeDirectory: string | null;
  /** Name of the path whose narinfo was read, `hello-2.12.1`; null: it has none of those asked for. */
  readonly narinfo: string | null;
  readonly signature: SignatureState | null;
  /** Names of the keys that have signed it. */
  readonly keys: readonly string[];
  readonly bytesPerSec: number | null;
}

/**
 * - `all-present`: every package of the list is in the store already. `no-package`: the list is empty.
 * - `no-cache`: Nix has no cache to ask. `evaluation`: it does not evaluate. `time`: none was left. `left-out`: by a flag.
 * - `no-nix`: there is no Nix. `denied`: the daemon does not talk to this user.
 */
export type Untested =
  | 'all-present'
  | 'no-package'
  | 'no-cache'
  | 'evaluation'
  | 'time'
  | 'left-out'
  | 'no-nix'
  | 'denied';

/** One package that was not in the store, fetched through the daemon and removed again. */
export interface FetchTest {
  /** `hit`: from the local cache. `elsewhere`: from another. `missing`: no cache has it. */
  readonly state: 'hit' | 'elsewhere' | 'missing' | 'failed' | 'untested';
  readonly untested: Untested | null;
  readonly said: string | null;
  /** As the list has it: `hello`, `nixpkgs#hello`. */
  readonly package: string | null;
  /** It is the larger one, which is fetched once in a while. */
  readonly large: boolean;
  readonly path: string | null;
  /** Address of the cache that its path came from. */
  readonly from: string | null;
  readonly sec: number | null;
  readonly bytes: number | null;
  /** Paths that the test brought, and how many of them were removed again. */
  readonly fetched: number;
  readonly removed: number;
}

/** A derivation that nobody can have: it is new each time. */
export interface BuildTest {
  /** `unconfigured`: there are no builders. `declined`: none took it. */
  readonly state: 'built' | 'declined' | 'failed' | 'unconfigured' | 'untested';
  readonly untested: Untested | null;
  readonly said: string | null;
  /** Address of the builder that took it. */
  readonly builder: string | null;
  readonly sec: number | null;
}

/**
 * Why a builder did not build:
 * - `unreachable`, `host-key`, `login`: ssh; `untrusted`: its daemon does not take builds from that user.
 * - `system`: of another system. `features`: it lacks one, or wants one that the derivation has not. `slots`: all are taken.
 * - `refused`: its line in the settings is one that Nix does not take. `slow`: not within its time. `failed`: it built, and failed.
 */
export type BuilderTrouble =
  | 'unreachable'
  | 'host-key'
  | 'login'
  | 'untrusted'
  | 'system'
  | 'features'
  | 'slots'
  | 'refused'
  | 'slow'
  | 'failed';

export interface CheckedBuilder {
  /** `ssh-ng://nix@box`. */
  readonly address: string;
  readonly systems: readonly string[];
  readonly features: readonly string[];
  readonly mandatory: readonly string[];
  /** Jobs at most, and how many were taken; null: it cannot be seen. */
  readonly slots: number | null;
  readonly slotsBusy: number | null;
  /** Builds that wait for its upload lock. */
  readonly waiting: number | null;
  readonly speedFactor: number | null;
  readonly trouble: BuilderTrouble | null;
  readonly said: string | null;
  /** Until its store answered. */
  readonly answerSec: number | null;
  readonly nixVersion: string | null;
  readonly trusted: boolean | null;
  /** It took the derivation that all were offered. */
  readonly used: boolean;
  /** Of a build of its own, from the start to the result being here; null: it built none. */
  readonly buildSec: number | null;
  /** Of copying the result back; null: too little to tell. */
  readonly bytesPerSec: number | null;
}

export interface ProxyDisk {
  readonly path: string;
  readonly usedBytes: number | null;
  readonly files: number | null;
  /** What its file system has left. */
  readonly availableBytes: number | null;
}
