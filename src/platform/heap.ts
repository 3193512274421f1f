/** The heap: how much of it is used, its garbage, collected when asked, and what we ask of V8 while it runs. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import type { Collection } from './ports.ts';

interface Collecting {
  readonly gc?: (options: {
    readonly type: 'minor' | 'major';
    readonly flavor: 'regular' | 'last-resort';
  }) => void;
}

/**
 * Collects the heap's garbage, which V8 lets grow while there is room. Nothing where Node was started without
 * --expose-gc (`bin/nixpulse` has it).
 */
export function collectHeap(what: Collection = 'all'): void {
  // Called with `undefined`, V8 collects what is young alone.
  const type = what === 'young' ? 'minor' : 'major';
  (globalThis as Collecting).gc?.({ type, flavor: what === 'close' ? 'last-resort' : 'regular' });
}

/**
 * Machine code for what runs often, straight from bytecode: a sixth less CPU in the long run, but 7 ms of the start,
 * so `bin/nixpulse` starts without.
 */
export function compileWhatRunsOften(): void {
  setFlagsFromString('--sparkplug');
}

/**
 * The optimizing compilers as well, for what computes for many seconds and watches nothing: a third of the time. Here they
 * have no thread of their own either (`--v8-pool-size=0`).
 */
export function compileWhatComputes(): void {
  setFlagsFromString('--sparkplug');
  setFlagsFromString('--maglev');
}

/** In use, garbage that was not collected yet included. */
export function heapBytes(): number {
  return getHeapStatistics().used_heap_size;
}
