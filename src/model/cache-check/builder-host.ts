/** The machine of a builder's address: what it is told apart by, whatever user, port and parameters there are. */

/** `ssh-ng://nix@box:2222?compress=true` is `box`, `ssh://nix@[::1]` `::1`; what is no such address is its own name. */
export function builderHost(address: string): string {
  const rest = address.replace(/^[a-z0-9+.-]+:\/\//i, '').replace(/[/?].*$/, '');
  const host = rest.replace(/^.*@/, '');
  return /^\[(?<inner>[^\]]+)\]/.exec(host)?.groups?.['inner'] ?? (host.replace(/:\d+$/, '') || address);
}

/** Whom ssh is to ask, and at which port: `ssh-ng://nix@[::1]:2222?compress=true` is `nix@::1` and `2222`. */
export function builderLogin(address: string): { readonly login: string; readonly port: string | null } {
  const rest = address.replace(/^[a-z0-9+.-]+:\/\//i, '').replace(/[/?].*$/, '');
  const user = /^(.*)@/.exec(rest)?.[1]?.replace(/:.*$/, '') ?? '';
  const host = builderHost(address);
  return { login: user === '' ? host : `${user}@${host}`, port: /[^:]:(\d+)$/.exec(rest)?.[1] ?? null };
}
