/** The word of a list that somebody meant who mistyped it. */

/** Null where none is near: more than a third of its letters would have to change. */
export function nearestWord(typed: string, words: readonly string[]): string | null {
  const lower = typed.toLowerCase();
  let nearest: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const word of words) {
    const changes = changesBetween(lower, word.toLowerCase());
    if (changes < least) [nearest, least] = [word, changes];
  }
  return nearest !== null && least * 3 <= nearest.length ? nearest : null;
}

/** Letters that are added, left out or exchanged (Levenshtein). */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const exchanged = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
