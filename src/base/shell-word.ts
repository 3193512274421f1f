/** As a shell reads it as one word, whatever is in it: others chose it. A leading `-` stays an option: say `--` before it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
