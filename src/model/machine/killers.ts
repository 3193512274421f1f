/** Who ends builds: for want of memory, by a limit of Nix's, or because somebody asked us to. */

/** `limit`: the kernel, at the limit of a cgroup. */
export const memoryKillers = ['kernel', 'limit', 'systemd-oomd', 'earlyoom', 'nohang'] as const;
export type MemoryKiller = (typeof memoryKillers)[number];

/** Settings of Nix that end a build; `nix`: one of the two of time, where Nix does not say which (since 2.34). */
export const nixLimits = ['timeout', 'max-silent-time', 'max-build-log-size', 'nix'] as const;
export type NixLimit = (typeof nixLimits)[number];

/** A person through it, or a guard of it by itself. */
export const ownKillers = ['nixpulse', 'nixpulse guard'] as const;
export type OwnKiller = (typeof ownKillers)[number];

export type Killer = MemoryKiller | NixLimit | OwnKiller;

export function isOwnKiller(killer: Killer): killer is OwnKiller {
  return ownKillers.some((one) => one === killer);
}

/** For want of memory. */
export function isForMemory<Killed extends { readonly killer: Killer }>(
  event: Killed,
): event is Killed & { readonly killer: MemoryKiller } {
  return memoryKillers.some((one) => one === event.killer);
}

export function isNixLimit(killer: Killer): killer is NixLimit {
  return nixLimits.some((one) => one === killer);
}
