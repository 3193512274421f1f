/** As Nix reads it as one string, whatever is in it: others chose it. */
export function nixString(text: string): string {
  return `"${text.replace(/["\\]|\$\{/g, '\\$&')}"`;
}
