/** The heap's garbage, collected when asked: V8 itself lets it grow while there is room. */

/** Takes some ten milliseconds; nothing where Node was started without --expose-gc (`bin/nixpulse` has it). */
export function collectHeap(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
