/** Which processes belong to Nix by their own name or uid. */

/** `comm` of tools that evaluate, build, copy or activate; wrappers start with a dot and are cut at 15. */
const tools: readonly string[] = [
  'nix',
  'nix-build',
  'nix-channel',
  'nix-collect-garbage',
  'nix-copy-closure',
  'nix-daemon',
  'nix-eval-jobs',
  'nix-env',
  'nix-fast-build',
  'nix-instantiate',
  'nix-output-monitor',
  'nix-prefetch-url',
  'nix-shell',
  'nix-store',
  'nix-update',
  'nixos-install',
  'nixos-rebuild',
  'nixos-rebuild-ng',
  'nixpkgs-review',
  'nh',
  'nom',
  'determinate-nixd',
  'darwin-rebuild',
  'home-manager',
  'colmena',
  'deploy',
  'deploy-rs',
  'morph',
  'nixops',
  'cachix',
  'attic',
  'build-remote',
  'hydra-evaluator',
  'hydra-queue-runner',
  'switch-to-configuration',
  'disko-install',
  'nixos-anywhere',
];

/** The kernel cuts comm at 15 characters. */
const commLength = 15;
const comms = new Map<string, string>();
for (const tool of tools) {
  for (const comm of [tool.slice(0, commLength), `.${tool}-wrapped`.slice(0, commLength)]) {
    // `.nixos-rebuild-` may be the wrapper of nixos-rebuild or of nixos-rebuild-ng: the first row's.
    if (!comms.has(comm)) comms.set(comm, tool);
  }
}

/** The Nix tool of this name, or null. `comm` is what /proc/<pid>/stat says (15 characters). */
export function toolOfComm(comm: string): string | null {
  return comms.get(comm) ?? null;
}

/** Names that other software uses too: a client only if it has a Nix process below it. */
export const ambiguousTools: ReadonlySet<string> = new Set(['deploy', 'morph', 'attic', 'nh', 'nom']);

/** Services that stand above the daemon or beside it: nobody's client. */
export const serviceTools: ReadonlySet<string> = new Set(['nix-daemon', 'determinate-nixd']);

/** First uid that `auto-allocate-uids` hands out, and how many a build gets (start-id, id-count; globals.hh). */
const autoUidStart = 872415232;
const autoUidEnd = autoUidStart + 8388608;
const uidsPerBuild = 65536;

export function isAutoAllocatedUid(uid: number): boolean {
  return uid >= autoUidStart && uid < autoUidEnd;
}

/** Which of the ranges it is in, from 0: Nix knows a build by it (`nix-build-uid-<first of the range>`). */
export function autoAllocatedSlot(uid: number): number {
  return Math.floor((uid - autoUidStart) / uidsPerBuild);
}

/** One number for all uids of one build: the uid itself, or the first of its allocated range. */
export function buildUserSlot(uid: number): number {
  return isAutoAllocatedUid(uid) ? autoUidStart + autoAllocatedSlot(uid) * uidsPerBuild : uid;
}

/** `nixbld1` and the like; members of the group nixbld are build users too. */
export function isBuildUserName(name: string): boolean {
  return /^_?nixbld\d+$/.test(name);
}

/**
 * Pid of the client a daemon worker serves, or null for the main daemon. Nix overwrites argv[1] with it
 * (`nix-daemon\0<pid>\0`, src/nix/daemon.cc), Lix starts `nix-daemon --for <pid>`. 0 is a client in a pid
 * namespace that the daemon does not see.
 */
export function clientPidOfWorker(argv: readonly string[]): number | null {
  const position = argv[1] === '--for' ? 2 : 1;
  const text = argv[position] ?? '';
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : null;
}
