/**
 * Which few of many make a fault: halves are left out as long as it stays (ddmin; Zeller and Hildebrandt, Simplifying
 * and Isolating Failure-Inducing Input, IEEE TSE 28(2), 2002).
 */

export interface Smallest<T> {
  /** In their order; the fault needs each of them where `complete`. */
  readonly items: readonly T[];
  readonly tests: number;
  /** False: ended before, by the number of tests or by `fails`. */
  readonly complete: boolean;
}

/**
 * `fails`: whether the fault is there with these alone; another fault is none. Null: nobody can tell any more. It is
 * taken as given that it is there with all of them. Each set is asked for once.
 */
export async function smallestFailing<T>(
  all: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean | null>,
  { mostTests }: { readonly mostTests: number },
): Promise<Smallest<T>> {
  let items = all;
  let parts = 2;
  let tests = 0;

  /** The first of them that fails; null: none; undefined: it ends here. */
  async function firstFailing(sets: readonly (readonly T[])[]): Promise<readonly T[] | null | undefined> {
    for (const set of sets) {
      if (tests >= mostTests) return undefined;
      tests += 1;
      const failed = await fails(set);
      if (failed === null) return undefined;
      if (failed) return set;
    }
    return null;
  }

  while (items.length > 1) {
    const pieces = piecesOf(items, Math.min(parts, items.length));
    const piece = await firstFailing(pieces);
    if (piece === undefined) return { items, tests, complete: false };
    if (piece !== null) {
      items = piece;
      parts = 2;
      continue;
    }
    // Of two halves each is what the other leaves out.
    const rests = pieces.length === 2 ? [] : pieces.map((left) => items.filter((one) => !left.includes(one)));
    const rest = await firstFailing(rests);
    if (rest === undefined) return { items, tests, complete: false };
    if (rest !== null) {
      items = rest;
      parts = Math.max(pieces.length - 1, 2);
    } else if (pieces.length >= items.length) break;
    else parts = Math.min(items.length, 2 * pieces.length);
  }
  return { items, tests, complete: true };
}

/** As many pieces of nearly the same length. */
function piecesOf<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  return Array.from({ length: count }, (_, at) =>
    items.slice(Math.floor((at * items.length) / count), Math.floor(((at + 1) * items.length) / count)),
  );
}
