/** Text that a program coloured for a terminal, without the colours. */

/**
 * ECMA-48: control sequences `ESC [ … final`, strings `ESC ] … BEL` (links, titles) and two-character
 * escapes. What is left of a cut sequence goes too.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what an escape begins with
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]?|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)/g;

export function withoutEscapes(text: string): string {
  return text.includes('\x1b') ? text.replace(escapes, '') : text;
}
