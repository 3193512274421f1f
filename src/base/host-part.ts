/** The machine in a label `instance`: `web-1:9100`, `[fe80::1]:9100` and `web-1` are `web-1`, `fe80::1` and `web-1`. */

export function hostPart(instance: string): string {
  const [, bracketed] = /^\[([^[\]]+)\](?::\d+)?$/.exec(instance) ?? [];
  if (bracketed !== undefined) return bracketed;
  const [, host] = /^([^:]+):\d+$/.exec(instance) ?? [];
  return host ?? instance;
}

/** A host as ssh takes it and nothing else: no option, no user, no sign of a shell. Null: it is none. */
export function sshHost(name: string): string | null {
  if (name.length > 253) return null;
  const isName = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/.test(name);
  const isAddress = name.split(':').length > 2 && /^[0-9A-Fa-f:]+(?:\.[0-9.]+)?$/.test(name);
  return isName || isAddress ? name : null;
}
