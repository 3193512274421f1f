/** The heap: how much of it is used, and its garbage, collected when asked. */
import { getHeapStatistics } from 'node:v8';

/** Takes some ten milliseconds; nothing where Node was started without --expose-gc (`bin/nixpulse` has it). */
export function collectHeap(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

/** In use, garbage that was not collected yet included. */
export function heapBytes(): number {
  return getHeapStatistics().used_heap_size;
}
