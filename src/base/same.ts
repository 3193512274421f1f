/** What is equal stays the same object, so that whoever compares by identity has nothing to do. */

/** Of plain data: numbers, texts, lists and records of them. Called at every tick, so that it makes no lists of its own. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && isSameList(a, b);
  let left = 0;
  for (const name in a) {
    if (!(name in b) || !isSame(a[name as keyof typeof a], b[name as keyof typeof b])) return false;
    left += 1;
  }
  for (const _ in b) left -= 1;
  return left === 0;
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (!isSame(a[at], b[at])) return false;
  return true;
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
