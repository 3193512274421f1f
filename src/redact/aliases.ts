/** Names of hosts and users that are one's own business: the same alias for the same name, wherever it stands. */

export interface Names {
  readonly hosts: readonly string[];
  readonly users: readonly string[];
}

export interface Aliases {
  (text: string): string;
  /** How many names it knows. */
  readonly count: number;
}

/** Names that everybody has, and that are words besides. */
const common = new Set(
  [
    'nixos',
    'nix',
    'localhost',
    'root',
    'nobody',
    'user',
    'host',
    'guest',
    'admin',
    'builder',
    'git',
    'localdomain',
  ].map((name) => name),
);

export function createAliases({ hosts, users }: Names): Aliases {
  const aliases = new Map<string, string>();
  const add = (kind: string, names: readonly string[]) => {
    let count = 0;
    for (const name of names) {
      const plain = name.trim().toLowerCase();
      if (plain.length < 2 || common.has(plain) || aliases.has(plain) || !/^[\w.@+-]+$/.test(plain)) continue;
      count += 1;
      aliases.set(plain, `${kind}-${count}`);
    }
  };
  // With its domain first: the longer name is looked for before the shorter.
  add(
    'host',
    hosts.flatMap((name) => (name.includes('.') ? [name, name.slice(0, name.indexOf('.'))] : [name])),
  );
  add('user', users);
  if (aliases.size === 0) return Object.assign((text: string) => text, { count: 0 });
  const names = [...aliases.keys()].sort((a, b) => b.length - a.length).map(escaped);
  const pattern = new RegExp(`(?<![A-Za-z0-9_-])(?:${names.join('|')})(?![A-Za-z0-9_-])`, 'gi');
  return Object.assign(
    (text: string) => text.replace(pattern, (name) => aliases.get(name.toLowerCase()) ?? name),
    { count: aliases.size },
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
