/** What Nix and the tools say where ssh did not get through, or found no Nix there. */
export const followsFromSsh = [
  'ssh-connection-lost',
  'ssh-not-started',
  'remote-store-unreachable',
  'remote-builder-failed',
  'unexpected-end',
] as const;
