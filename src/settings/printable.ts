/** What somebody wrote into a file, in a complaint: one line, without control characters, and not without end. */

const longest = 40;

export function printable(text: string): string {
  const clean = text.slice(0, 2 * longest).replace(/\p{C}+/gu, '?');
  return text.length > longest || clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}
