/**
 * Machines that build for this one: lines of /etc/nix/machines or of `builders`, also parted by `;` (Nix, manual, Remote
 * Builds): `URI SYSTEMS SSH-KEY MAX-JOBS SPEED FEATURES MANDATORY-FEATURES HOST-KEY`, `-` for what is usual.
 */

export interface BuilderLine {
  /** `ssh://mac`; up to Nix 2.3 and still allowed without a scheme, which means `ssh://`. */
  readonly address: string;
  /** Empty: that of this machine. */
  readonly systems: readonly string[];
  readonly sshKey: string | null;
  readonly features: readonly string[];
}

/** Without the files that `@/etc/nix/machines` names: `includesOf`. */
export function parseMachines(text: string): readonly BuilderLine[] {
  return entriesOf(text).flatMap((entry) => {
    const [uri = '', systems, sshKey, , , features, mandatory] = entry.split(/\s+/);
    if (uri === '' || uri.startsWith('@')) return [];
    return {
      address: uri.includes('://') ? uri : `ssh://${uri}`,
      systems: listOf(systems),
      sshKey: sshKey === undefined || sshKey === '-' ? null : sshKey,
      features: [...new Set([...listOf(features), ...listOf(mandatory)])],
    };
  });
}

export function includesOf(text: string): readonly string[] {
  return entriesOf(text).flatMap((entry) => (entry.startsWith('@') ? [entry.slice(1).trim()] : []));
}

function entriesOf(text: string): readonly string[] {
  return text
    .split(/[\n;]/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}

function listOf(words: string | undefined): readonly string[] {
  return words === undefined || words === '-' ? [] : words.split(',').filter((word) => word !== '');
}
