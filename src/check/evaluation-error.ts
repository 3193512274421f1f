/** Why a configuration does not evaluate, as far as what Nix said is known. */
import { explain } from '../explain/explain.ts';
import type { EvaluationCause } from '../model/advice/evaluation-cause.ts';
import { pastedLines } from '../parse/paste.ts';

/** The first cause that is known of what was said. */
export function causeOf(said: readonly string[], error: string | null): EvaluationCause | null {
  const text = [...said, ...(error === null ? [] : [`error: ${error.replace(/^error:\s*/, '')}`])].join('\n');
  const known = explain(pastedLines(text)).explained.find(({ rank }) => rank === 'cause');
  if (known === undefined) return null;
  const [first] = known.causes;
  return { title: known.title, text: first?.text ?? null, remedies: first?.remedies ?? [] };
}

/**
 * The attribute that is missing is the configuration itself, or the set of them: `web` of `/etc/nixos#web`. The place that
 * Nix names with it is then not in a file, but in the expression that was asked for.
 *
 *     error: attribute 'web' missing
 *            at «string»:2:12:
 *
 * Since about 2.20 a name with a dot is in quotes within those: `'"web.example.org"'`.
 */
export function lacksConfiguration(
  configuration: string,
  said: readonly string[],
  error: string | null,
): boolean {
  const name = /attribute ['"‘](.+?)['"’] missing/.exec(error ?? '')?.[1];
  const attribute = configuration.replace(/^[^#]*#?/, '');
  if (name === undefined || attribute === '') return false;
  const path = `nixosConfigurations.${attribute}`;
  const names = [attribute, path, ...path.split('.')].map(unquoted);
  return names.includes(unquoted(name)) && !isOfFile(name, said);
}

/** Of an expression of the command line it is `«string»`, up to about 2.9 `(string)`. */
function isOfFile(name: string, said: readonly string[]): boolean {
  const at = said.findIndex((line) => line.includes(`attribute '${name}' missing`));
  const place = said.slice(at + 1).find((line) => line.trim() !== '');
  return at >= 0 && /^\s*at (?:\/|<|«(?!string»))/.test(place ?? '');
}

function unquoted(name: string): string {
  return name.replace(/^"(.*)"$/, '$1');
}

/** Nothing is built by a check (import from derivation), and a rebuild would. */
export function wantsToBuild(said: readonly string[]): boolean {
  return said.some((line) => /allow-import-from-derivation|during evaluation because/.test(line));
}
