/** What is wrong with a builder, by what ssh and Nix say of it. */
import type { BuilderTrouble } from '../model/cache-check/cache-check.ts';

type Row = readonly [BuilderTrouble, RegExp];

/** The first that fits. */
const rows: readonly Row[] = [
  // sshconnect.c of OpenSSH; RFC 4251 names no words.
  ['host-key', /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|host key is known for/],
  [
    'login',
    /Permission denied|Too many authentication failures|no supported authentication methods|This account is currently not available|Load key .*(?:invalid|bad permissions|error in libcrypto)|UNPROTECTED PRIVATE KEY/i,
  ],
  // daemon.cc of Nix: wopBuildDerivation, and paths that are sent without a signature.
  [
    'untrusted',
    /not privileged to build|you are not (?:privileged|allowed|a trusted user)|lacks a (?:valid )?signature/i,
  ],
  // failure-words.ts: a builder that its line calls another.
  [
    'system',
    /\ba ['"‘]([^'"’]+)['"’][^\n]* is required to build [^\n]*but I am a ['"‘](?!\1['"’])|platform mismatch/,
  ],
  ['features', /is required to build [^\n]*but I am a |missing system features|required system or feature/],
  [
    'unreachable',
    /Connection (?:refused|reset|closed|timed out)|timed out|No route to host|(?:Host|Network) is (?:down|unreachable)|Could not resolve|Name or service not known|kex_exchange_identification|banner exchange|cannot (?:open|connect)|failed to start SSH|unexpected end-of-file|command not found|No such file or directory/i,
  ],
];

/** Null: none of those. */
export function builderTroubleOf(lines: readonly string[]): BuilderTrouble | null {
  // What ssh says first is the reason of what comes after it.
  const text = lines.join('\n');
  return rows.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/** `unexpected end-of-file`: somebody hung up, and did not say to Nix why. */
export function saysNothing(lines: readonly string[]): boolean {
  return lines.every((line) => /unexpected end-of-file|failed to start SSH connection/.test(line));
}

/** The line for people: the last one of ssh that is not Nix's, else Nix's own. */
export function tellingLine(lines: readonly string[]): string | null {
  const ofSsh = lines.slice(0, -1).filter((line) => rows.some(([, pattern]) => pattern.test(line)));
  return ofSsh.at(-1) ?? lines.at(-1) ?? null;
}
