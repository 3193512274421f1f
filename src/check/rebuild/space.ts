/** Whether what will come fits. */
import type { CheckItem } from '../../model/advice/check.ts';

const GiB = 1024 ** 3;
/** Below this Nix's own database and a build's log have no room either. */
const leastBytes = 1 * GiB;

export function storeSpace(room: {
  readonly mountPoint: string;
  readonly freeBytes: number;
  readonly neededBytes: number | null;
}): CheckItem {
  const { mountPoint, freeBytes, neededBytes } = room;
  const left = freeBytes - (neededBytes ?? 0);
  const state = left < 0 ? 'failed' : left < leastBytes ? 'warning' : 'ok';
  return {
    id: 'store-space',
    subject: mountPoint,
    state,
    found: { kind: 'store-space', mountPoint, freeBytes, neededBytes },
  };
}
