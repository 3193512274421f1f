/** Which Nix is installed, told from names alone: no process is started to ask it. */

/**
 * A link into the store, `/nix/store/<hash>-nix-2.26.3/bin/nix`, or of a fork:
 * `…-lix-2.91.1/bin`, `…-determinate-nix-3.6.2/bin/nix`. The fork is named after the version.
 */
export function nixVersionOfLink(target: string): string | null {
  const match = /\/[0-9a-z]{32}-(nix|lix|determinate-nix)-(\d[^/]*)\/bin(?:\/|$)/.exec(target);
  if (match?.[2] === undefined) return null;
  if (match[1] === 'lix') return `${match[2]} (Lix)`;
  return match[1] === 'determinate-nix' ? `${match[2]} (Determinate)` : match[2];
}

/**
 * The `nix-bin` entry of /var/lib/dpkg/status, entries being separated by empty lines (deb-control(5)):
 * ```
 * Package: nix-bin
 * Status: install ok installed
 * Version: 2.8.0-1.1+b1
 * ```
 * Upstream version only: what follows the last `-` is Debian's revision.
 */
export function nixVersionOfDpkg(status: string): string | null {
  const heading = 'Package: nix-bin\n';
  const start = status.startsWith(heading) ? 0 : status.indexOf(`\n${heading}`) + 1;
  if (start === 0 && !status.startsWith(heading)) return null;
  const end = status.indexOf('\n\n', start);
  const entry = status.slice(start, end < 0 ? undefined : end + 1);
  if (!/^Status: \S+ \S+ installed$/m.test(entry)) return null;
  const version = /^Version: (?:\d+:)?(\d\S*)\n/m.exec(entry)?.[1];
  return version?.replace(/-[^-]*$/, '') ?? null;
}
