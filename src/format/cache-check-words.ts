/** What a check of caches and builders found, in words: each trouble with what it means and what to do. */
import type {
  BuilderTrouble,
  CacheTrouble,
  CheckedBuilder,
  CheckedCache,
  SignatureState,
  Untested,
} from '../model/cache-check/cache-check.ts';

export interface TroubleWords {
  /** In a table: two words at most. */
  readonly state: string;
  /** What follows from it. */
  readonly why: string;
  readonly todo: string;
}

export const cacheTroubleWords: Readonly<Record<CacheTrouble, TroubleWords>> = {
  unreachable: {
    state: 'UNREACHABLE',
    why: 'nothing comes from it; over HTTP Nix asks it again and again for each path, and waits',
    todo: 'bring it up, or take it out of substituters; meanwhile name the others alone: --option substituters "URL URL"',
  },
  timeout: {
    state: 'NO ANSWER',
    why: 'Nix waits for it with each path, for minutes where a connection was taken',
    todo: 'look at its machine and the way there; connect-timeout and stalled-download-timeout of nix.conf bound the wait',
  },
  denied: {
    state: 'denied',
    why: 'Nix takes that for "it has none" and says nothing',
    todo: 'give Nix a login: netrc-file of nix.conf names the file (machine HOST login USER password TOKEN), readable for the daemon',
  },
  status: {
    state: 'FAILED',
    why: 'it answers, and not as a cache that is well',
    todo: 'look at the log of its web server, or of the proxy before it',
  },
  'no-cache': {
    state: 'NO CACHE',
    why: 'something else answers at this address: a login page, an index, another service',
    todo: 'compare the address with what the cache says of itself; it must have a nix-cache-info',
  },
  'other-store': {
    state: 'OTHER STORE',
    why: 'its paths are those of another store directory, and of no use here',
    todo: 'take it out of substituters',
  },
  unsigned: {
    state: 'UNSIGNED',
    why: 'Nix does not take the path from it',
    todo: 'have the cache sign: nix store sign --key-file, or the sign key of harmonia, attic, nix-serve',
  },
  untrusted: {
    state: 'UNTRUSTED',
    why: 'it is signed, by no key that is trusted here, so Nix does not take the path',
    todo: "put the cache's public key into trusted-public-keys, if you know that it is its",
  },
  'bad-signature': {
    state: 'BAD SIGNATURE',
    why: 'it bears the name of a trusted key and is not of it: what it says was changed, or the key was',
    todo: 'take nothing from it until you know why; compare its public key with trusted-public-keys',
  },
  'broken-nar': {
    state: 'BROKEN',
    why: 'it says that it has a path, and cannot give it',
    todo: 'look whether its files are all there (a half copy, a proxy that keeps 404, a disk that is full)',
  },
};

export const builderTroubleWords: Readonly<Record<BuilderTrouble, TroubleWords>> = {
  unreachable: {
    state: 'UNREACHABLE',
    why: 'ssh has no connection to it',
    todo: 'see whether it is up, and whether this machine may reach its port',
  },
  'host-key': {
    state: 'HOST KEY',
    why: 'its host key is not known, or another one than is known',
    todo: "compare it with the machine's; put it into known_hosts of root, or into column 8 of machines",
  },
  login: {
    state: 'LOGIN',
    why: 'it does not let us in',
    todo: "put the public key of this machine's root (or of column 3) into authorized_keys there",
  },
  untrusted: {
    state: 'UNTRUSTED',
    why: 'its daemon takes no builds from that user',
    todo: 'put the user into trusted-users of its nix.conf',
  },
  system: {
    state: 'other system',
    why: 'it builds for other systems than the test',
    todo: 'nothing, if that is meant; else compare column 2 of machines with what it offers',
  },
  features: {
    state: 'features',
    why: 'it lacks a feature, or wants one that the test has not',
    todo: 'nothing, if that is meant; else compare columns 6 and 7 of machines with its system-features',
  },
  slots: {
    state: 'busy',
    why: 'all its slots are taken',
    todo: 'nothing, while it builds; else raise column 4 of machines',
  },
  refused: {
    state: 'REFUSED',
    why: 'Nix does not take its line',
    todo: 'correct the line: URI SYSTEMS KEY JOBS SPEED FEATURES MANDATORY HOSTKEY',
  },
  slow: {
    state: 'SLOW',
    why: 'a small build was not there within its time',
    todo: 'look at its load, its memory and the network between',
  },
  failed: {
    state: 'FAILED',
    why: 'it took the build and failed',
    todo: 'read what it says, and look at its disk and its nix-daemon',
  },
};

export const untestedWords: Readonly<Record<Untested, string>> = {
  'all-present':
    'the store has all packages of the list already: others in [check-cache] packages would tell more',
  'no-package': 'no package is named in [check-cache] packages',
  'no-cache': 'Nix has no cache to ask (substituters is empty)',
  evaluation: 'it does not evaluate',
  time: 'the check was ended before',
  'left-out': 'left out',
  'no-nix': 'Nix cannot be asked',
  denied: 'the daemon does not talk to this user (allowed-users of nix.conf)',
};

export const signatureWords: Readonly<Record<SignatureState, string>> = {
  good: 'good',
  bad: 'BAD',
  untrusted: 'untrusted',
  unsigned: 'unsigned',
  'not-needed': 'not needed',
  'unknown-kind': 'of a kind that cannot be checked here',
};

export function cacheStateText({ trouble, signature }: Pick<CheckedCache, 'trouble' | 'signature'>): string {
  if (trouble !== null) return cacheTroubleWords[trouble].state;
  return signature === 'bad' ? 'bad sign.' : 'ok';
}

/** Used: it took the build that all were offered. */
export function builderStateText({ trouble, used }: Pick<CheckedBuilder, 'trouble' | 'used'>): string {
  if (trouble !== null) return builderTroubleWords[trouble].state;
  return used ? 'used' : 'ok';
}
