/** What can be done about a cache or builder that does not do what it is there for: one line each, the nearest first. */
import { shellWord } from '../base/shell-word.ts';
import { builderHost } from '../model/cache-check/builder-host.ts';
import type { BuilderTrouble } from '../model/cache-check/cache-check.ts';
import type { BuilderRow } from '../model/caches/builder-rows.ts';
import type { CacheRow, CacheState } from '../model/caches/cache-rows.ts';
import { sshTo } from './ssh-words.ts';

/** Without the one that has everything a rebuild builds the world. */
const without = (address: string) =>
  /^https:\/\/cache\.nixos\.org$/.test(address)
    ? []
    : ['leave it out this time: --option substituters with the other addresses, behind the command'];
/** Others have no such address, and no connection of Nix. */
const reach = (address: string) =>
  /^https?:/.test(address)
    ? [
        `curl -v ${shellWord(`${address}/nix-cache-info`)} shows where it ends: name, route, proxy or certificate`,
      ]
    : [`nix store info --store ${shellWord(address)} shows where it ends (older: nix store ping)`];
const waitLess = 'nix.settings.connect-timeout = 5; makes Nix wait less for what does not answer';

const ofCaches: Readonly<Record<CacheState, (address: string) => readonly string[]>> = {
  answers: () => [],
  unknown: () => ['nixpulse check-cache asks it'],
  partly: (address) => [...reach(address), waitLess],
  silent: (address) => [...reach(address), ...without(address), waitLess],
  off: (address) => [...reach(address), ...without(address)],
  unreachable: (address) => [...reach(address), ...without(address), waitLess],
  timeout: (address) => [...reach(address), ...without(address), waitLess],
  denied: (address) => [`give it a password or token: netrc-file of nix.conf, for ${address}`],
  status: (address) => [...reach(address), ...without(address)],
  'no-cache': () => ['look at its address in substituters of nix.conf: a path may be missing'],
  'other-store': () => ['it can serve this machine nothing: take it out of substituters'],
  unsigned: () => ['sign what it has: nix store sign, or secret-key-files of who fills it'],
  untrusted: () => ['add its key to trusted-public-keys of nix.conf, where you trust who holds it'],
  'bad-signature': () => ['take it out of substituters until it is known who changed what it has'],
  'broken-nar': () => ['its archive was removed or never came: whoever runs it must make it whole again'],
};

export function cacheRemedies({ state, address }: CacheRow): readonly string[] {
  return ofCaches[state](address);
}

const asDaemon = (address: string) =>
  `sudo ssh -v ${sshTo(address)} true shows how far ssh comes; the daemon does it so, with the key of its line`;

const ofBuilders: Readonly<Record<BuilderTrouble, (address: string) => readonly string[]>> = {
  unreachable: (address) => [
    asDaemon(address),
    "build without it this time: --option builders '' behind the command",
  ],
  'host-key': (address) => [
    `compare its host key with programs.ssh.knownHosts, or known_hosts of root, for ${builderHost(address)}`,
  ],
  login: (address) => [
    asDaemon(address),
    'its line must name a key that root may read, and that is allowed there',
  ],
  untrusted: () => ['add the user that logs in to trusted-users of its nix.conf'],
  system: () => ['name in its line the systems that it builds for'],
  features: () => ['compare the features of its line with system-features of its nix.conf'],
  slots: () => ['give it more jobs in its line, where it has the cores and the memory'],
  refused: () => [
    'URI SYSTEMS SSH-KEY MAX-JOBS SPEED FEATURES MANDATORY-FEATURES HOST-KEY, - for what is usual',
  ],
  slow: (address) => [`look at its load: ssh ${sshTo(address)} uptime`],
  failed: () => ['look at the log of the build that failed there'],
};

export function builderRemedies({ idle, address, configured }: BuilderRow): readonly string[] {
  if (configured === false) return ['it is named by a client itself: builders of its own settings'];
  if (idle?.kind === 'check') return ofBuilders[idle.trouble](address);
  if (idle?.kind === 'refused') return ofBuilders.refused(address);
  if (idle?.kind === 'no-slots') return ofBuilders.slots(address);
  return [];
}
