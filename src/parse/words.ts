/** Patterns that Nix's messages share. */

/** A name in quotes of any version: '…', "…" or ‘…’. */
export const quoted = String.raw`['"‘“]([^'"’”\n]+)['"’”]`;

/** `{a, b}` or `a, b`: the features of a machine; empty where there are none. */
export function featuresOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .replace(/^\{|\}$/g, '')
    .split(',')
    .map((feature) => feature.trim())
    .filter((feature) => feature !== '');
}

/**
 * An error as its raw text: since Nix 2.4 everything after the first line stands seven columns to the right when it
 * is printed, and `error:` before it.
 */
export function rawError(text: string): string {
  return text.replace(/^(?:error: ?)+/, '').replace(/\n {7}/g, '\n');
}
