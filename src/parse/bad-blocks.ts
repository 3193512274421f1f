/** badblocks(8): numbers of bad blocks on stdout, a line each; what it could not do on stderr. */

/** How many of the lines are numbers of blocks. */
export function countBadBlocks(lines: readonly string[]): number {
  return lines.filter((line) => /^\d+$/.test(line.trim())).length;
}
