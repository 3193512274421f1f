/** Which processes belong to Nix by their own name or uid: the one table of tools, and the build users. */

/** `ambiguous`: other software has the name, too. `service`: stands above the daemon or beside it, nobody's client. */
type Standing = 'client' | 'ambiguous' | 'service';

/** Tools that evaluate, build, copy or activate. */
const tools: Readonly<Record<string, Standing>> = {
  nix: 'client',
  'nix-build': 'client',
  'nix-channel': 'client',
  'nix-collect-garbage': 'client',
  'nix-copy-closure': 'client',
  'nix-daemon': 'service',
  'nix-eval-jobs': 'client',
  'nix-env': 'client',
  'nix-fast-build': 'client',
  'nix-instantiate': 'client',
  'nix-output-monitor': 'client',
  'nix-prefetch-url': 'client',
  'nix-shell': 'client',
  'nix-store': 'client',
  'nix-update': 'client',
  lix: 'client',
  'nixos-install': 'client',
  'nixos-rebuild': 'client',
  'nixos-rebuild-ng': 'client',
  'nixos-build-vms': 'client',
  'nixos-enter': 'client',
  'nixos-generate': 'client',
  nixos: 'ambiguous',
  'nixpkgs-review': 'client',
  nh: 'ambiguous',
  nom: 'ambiguous',
  'determinate-nixd': 'service',
  'darwin-rebuild': 'client',
  'darwin-installer': 'client',
  'darwin-uninstaller': 'client',
  'home-manager': 'client',
  'system-manager': 'ambiguous',
  colmena: 'client',
  comin: 'client',
  devenv: 'client',
  deploy: 'ambiguous',
  'deploy-rs': 'client',
  morph: 'ambiguous',
  nixops: 'client',
  cachix: 'client',
  attic: 'ambiguous',
  'build-remote': 'client',
  'hydra-evaluator': 'client',
  'hydra-queue-runner': 'client',
  'switch-to-configuration': 'client',
  activate: 'client',
  disko: 'client',
  'disko-install': 'client',
  'nixos-anywhere': 'client',
};

/** The kernel cuts comm at 15 characters. */
const commLength = 15;
const comms = new Map<string, string>();
for (const tool of Object.keys(tools)) {
  for (const comm of [tool.slice(0, commLength), `.${tool}-wrapped`.slice(0, commLength)]) {
    // `.nixos-rebuild-` may be the wrapper of nixos-rebuild or of nixos-rebuild-ng: the first row's.
    if (!comms.has(comm)) comms.set(comm, tool);
  }
}

/** The Nix tool of this name, or null. `comm` is what /proc/<pid>/stat says (15 characters). */
export function toolOfComm(comm: string): string | null {
  return comms.get(comm) ?? null;
}

const nixItself =
  /^nix(?:-build|-channel|-collect-garbage|-copy-closure|-env|-eval-jobs|-instantiate|-prefetch-url|-shell|-store)?$/;

/** One of Nix's own programs, not one that calls them. */
export function isNixItself({ comm }: { readonly comm: string }): boolean {
  return nixItself.test(toolOfComm(comm) ?? '');
}

/** How sure a tool's name is to be its own; null where it is none. */
export function standingOf(tool: string): Standing | null {
  return Object.hasOwn(tools, tool) ? (tools[tool] as Standing) : null;
}

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
