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
  /** Supported, and mandatory ones with them. */
  readonly features: readonly string[];
  /** It takes nothing that does not want all of these. */
  readonly mandatory: readonly string[];
  readonly maxJobs: number;
  /** The larger, the sooner it is chosen. */
  readonly speedFactor: number;
  /** Its public key in base64, as Nix hands it to ssh. */
  readonly hostKey: string | null;
  /** All of it, to be given as the one builder. */
  readonly line: string;
}

/** A line that Nix refuses: then it refuses all of them. */
export interface RefusedLine {
  readonly line: string;
  readonly why: string;
}

/** Without the files that `@/etc/nix/machines` names: `includesOf`. */
export function parseMachines(text: string): readonly BuilderLine[] {
  return entriesOf(text).flatMap((entry) => {
    const [uri = '', systems, sshKey, maxJobs, speedFactor, features, mandatory, hostKey] =
      entry.split(/\s+/);
    if (uri === '' || uri.startsWith('@')) return [];
    return {
      address: uri.includes('://') ? uri : `ssh://${uri}`,
      systems: listOf(systems),
      sshKey: isSet(sshKey) ? sshKey : null,
      features: [...new Set([...listOf(features), ...listOf(mandatory)])],
      mandatory: listOf(mandatory),
      maxJobs: numberOr1(maxJobs),
      speedFactor: numberOr1(speedFactor),
      hostKey: isSet(hostKey) ? hostKey : null,
      line: entry,
    };
  });
}

/** With its keys as Nix connects to it (Machine::openStore, src/libstore/machines.cc), for commands with `--store`. */
export function storeAddressOf({ address, sshKey, hostKey }: BuilderLine): string {
  if (!/^ssh(?:-ng)?:/.test(address)) return address;
  const keys = [
    ...(sshKey === null ? [] : [`ssh-key=${encodeURIComponent(sshKey)}`]),
    ...(hostKey === null ? [] : [`base64-ssh-public-host-key=${encodeURIComponent(hostKey)}`]),
  ];
  return keys.length === 0 ? address : `${address}${address.includes('?') ? '&' : '?'}${keys.join('&')}`;
}

/** Columns 4, 5 and 8 of parseBuilderLine, src/libstore/machines.cc. */
const columns: readonly (readonly [at: number, name: string, pattern: RegExp])[] = [
  [3, 'number of jobs', /^\d+$/],
  [4, 'speed', /^(?:\d+\.?\d*|\.\d+)$/],
  [7, 'host key', /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/],
];

export function refusedMachines(text: string): readonly RefusedLine[] {
  return entriesOf(text).flatMap((line): readonly RefusedLine[] => {
    const words = line.split(/\s+/);
    if (words[0]?.startsWith('@')) return [];
    const bad = columns.find(([at, , pattern]) => isSet(words[at]) && !pattern.test(words[at] ?? ''));
    return bad === undefined ? [] : [{ line, why: `${words[bad[0]]} is no ${bad[1]}` }];
  });
}

/** What Nix refuses is nobody's number. */
function numberOr1(word: string | undefined): number {
  const number = isSet(word) ? Number(word) : 1;
  return Number.isFinite(number) ? number : 1;
}

function isSet(word: string | undefined): word is string {
  return word !== undefined && word !== '' && word !== '-';
}

export function includesOf(text: string): readonly string[] {
  return entriesOf(text).flatMap((entry) => (entry.startsWith('@') ? [entry.slice(1).trim()] : []));
}

function entriesOf(text: string): readonly string[] {
  // A comment ends with its line, whatever is in it.
  return text
    .split('\n')
    .flatMap((line) => line.replace(/#.*/, '').split(';'))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function listOf(words: string | undefined): readonly string[] {
  return words === undefined || words === '-' ? [] : words.split(',').filter((word) => word !== '');
}
