/** What is equal stays the same object, so that whoever compares by identity has nothing to do. */

/** Of plain data: numbers, texts, lists and records of them. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((one, i) => isSame(one, b[i]));
  if (Array.isArray(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => name in b && isSame(a[name as keyof typeof a], b[name as keyof typeof b]));
}

export function kept<T>(before: T, now: T): T {
  return isSame(before, now) ? before : now;
}

/** The rows of a list, each kept where the one in its place is equal. */
export function keptRows<T>(before: readonly T[], now: readonly T[]): readonly T[] {
  let changed = before.length !== now.length;
  const rows = now.map((row, i) => {
    const old = before[i];
    if (old !== undefined && isSame(old, row)) return old;
    changed = true;
    return row;
  });
  return changed ? rows : before;
}
