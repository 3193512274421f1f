/** What a command may be pointed at, as completions of shells ask for it (`nixpulse complete KIND`). */
export const targetKinds = [
  'builds',
  'running-builds',
  'paused-builds',
  /** Lowered or limited. */
  'changed-builds',
  'clients',
  /** `generations:/nix/var/nix/profiles/system`: of that profile. */
  'generations',
  /** Keys of config.toml. */
  'settings',
] as const;

export type TargetKind = (typeof targetKinds)[number];
