/** Whether the name of a setting, a variable or a flag says that its value is secret. */

/** What such names have in them; an expression's source. */
export const secretWords =
  'passw(?:or)?[dt]|passphrase|passcode|secret|token|credential|cookie|bearer|(?:api|private|access|signing|encryption|auth|account|master|license|session|recovery|preshared|shared|deploy|service|host)[-_. ]?key|authkey|psk(?![a-z])';

const secret = new RegExp(secretWords, 'i');
/** A place where a secret is kept is none. */
const place = /(?:file|files|path|paths|dir|directory|fd|sock|socket|command|cmd|program|helper)$/i;
/** About a secret, and not one. */
const about =
  /(?:public|type|types|length|count|expir\w*|ttl|policy|prompt|url|uri|endpoint|enabled?|mode|format)$/i;
const isPublic = /public|pubkey|fingerprint|substituter/i;

/** Whether such a word is in a text at all: most lines are looked at once. */
export function saysSecret(text: string): boolean {
  return secret.test(text);
}

export type NameKind = 'secret' | 'place' | 'harmless';

export function nameKind(name: string): NameKind {
  if (!secret.test(name) || isPublic.test(name) || about.test(name)) return 'harmless';
  return place.test(name) ? 'place' : 'secret';
}

const variable =
  /(?:^|_)(?:KEY|KEYS|AUTH|PASS|PWD|PW|CREDS?|DSN|PAT)(?:_|$)|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|COOKIE|APIKEY|^(?:AWS|GITHUB|GH|GITLAB|CACHIX|ATTIC|NIX_CONFIG$)/;
const notOne =
  /PUBLIC|_(?:FILE|FILES|PATH|DIR|SOCK|URL|TYPE|MODE)$|^(?:OLD)?PWD$|^GITHUB_(?:ACTIONS|REF|SHA|RUN_ID)$/;

/** Of the environment: `GITHUB_TOKEN`, `RESTIC_PASSWORD`, all of `AWS_…`. */
export function isSecretVariable(name: string): boolean {
  return variable.test(name) && !notOne.test(name);
}

/** A switch, a number of tokens, nothing: what a value is that tells nobody anything. */
const plainValue =
  /^["']?(?:|null|nil|none|true|false|yes|no|on|off|y|n|auto|enabled|disabled|required|optional|\d{1,6}|\(null\)|\*+|<[^>]*>|\[redacted[^\]]*\]?)["']?[,;]?$/i;
/** Store paths are everybody's to read. */
const storePath = /^["']?\/nix\/store\/[0-9a-df-np-sv-z]{32}-[\w.+?=-]+(?:\/[\w.+/-]*)?["']?[,;:)]*$/;

export function isHarmlessValue(name: string, value: string): boolean {
  if (storePath.test(value)) return true;
  // A password may be a number, or a word.
  return /passw|passphrase|passcode|pin$/i.test(name)
    ? /^["']?(?:|null|none|\*+|\[redacted[^\]]*\]?)["']?[,;]?$/i.test(value)
    : plainValue.test(value);
}

export function isPath(value: string): boolean {
  return /^["']?(?:\/|~|\.{1,2}\/|\$|%|<|\d+["']?$)/.test(value);
}
