/** What was taken out of a text, and what stands in its place. */

/**
 * - `token`: by its form alone (`ghp_…`, JWT, AWS key ids, hashes of passwords).
 * - `secret-key`: the secret half of a Nix signing key.
 * - `private-key`: a block of PEM or OpenPGP, or what is left of one.
 * - `url`: who logs in, and parameters that are none that Nix knows.
 * - `setting`: the value of a key whose name says that it is secret.
 * - `argument`: of a command line.
 * - `environment`: the value of a variable.
 * - `header`: of an HTTP request.
 * - `known`: a value that stood at one of these places elsewhere.
 */
export type RedactionKind =
  | 'token'
  | 'secret-key'
  | 'private-key'
  | 'url'
  | 'setting'
  | 'argument'
  | 'environment'
  | 'header'
  | 'known';

export type RedactionCounts = Readonly<Partial<Record<RedactionKind, number>>>;

export const redacted = '[redacted]';

/** Told of each piece that goes: its kind, and the piece, where it is a secret wherever else it stands. */
export type Take = (kind: RedactionKind, secret?: string) => string;
