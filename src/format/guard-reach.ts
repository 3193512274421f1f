/** How far a guard that is not root's can act: said when it begins, not found out when memory is gone. */
import { listText } from '../base/plural.ts';

/** `missing`: rights that it lacks to signal and to lower processes of others. Null: it lacks none. */
export function guardReachText(missing: readonly string[]): string | null {
  if (missing.length === 0) return null;
  return `what belongs to others it cannot touch, builds of the daemon among them: that takes ${listText([...new Set(missing)])}`;
}
