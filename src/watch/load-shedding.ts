/**
 * How whoever watches for long goes on while overloaded: details rest, sources that cost much are read less often,
 * garbage is collected before memory is short, and while anybody waits for some nothing is compiled.
 */
import { nextOverload, noOverload, type Overload } from '../model/health/overload.ts';
import type { Model } from '../model/model.ts';
import type { Collection } from '../platform/ports.ts';
import type { Loop } from './loop.ts';
import type { Heap } from './survive.ts';

export interface LoadSheddingOptions {
  readonly loop: Pick<Loop, 'slowDown'>;
  /** Switched on while details are to rest. */
  readonly lowDetail?: { on: boolean };
  readonly heap?: Heap;
}

export interface LoadShedding {
  /** With each tick. */
  tick(model: Model, latenessMs: number): Overload;
}

/**
 * What is not there cannot be swapped out, so the heap is kept small before memory is short; while overloaded only where
 * it cannot be in swap, for the collector touches all of it (docs/decisions/0011). V8 mostly keeps it small itself: only
 * what it lets pile up is collected, and what there is when memory begins to be short. What is young, up to 2 MB of it,
 * counts as well.
 */
const piledUpBytes = 3.5 * 1024 ** 2;
const worthBytes = 1024 ** 2;
/** A collection of all takes twice as long as a tick: where much piles up at each, not with each. */
const mostOftenMs = 10_000;
/** Somebody waits for memory, which is to come. */
const waitingPercent = 1;
/**
 * After so long without builds or a shortage what is left in the heap moves close together, as at the start: pages that
 * a freeze, or thousands of processes, filled and left half empty are 5 MB. Not while anything is built: in a freeze
 * that room need not be waited for.
 */
const restMs = 60_000;

export function createLoadShedding(options: LoadSheddingOptions): LoadShedding {
  const { loop, lowDetail, heap } = options;
  let overload = noOverload;
  /** The least that was in use since the last collection. */
  let leastBytes = Number.POSITIVE_INFINITY;
  let collectedAtMs = Number.NEGATIVE_INFINITY;
  let wasShort = false;
  let wasWaiting = false;
  /** When there last was something to do; null once the heap was moved close together since. */
  let busyAtMs: number | null = null;

  function isRested(isBusy: boolean, monotonicMs: number): boolean {
    if (isBusy) busyAtMs = monotonicMs;
    return busyAtMs !== null && monotonicMs - busyAtMs >= restMs;
  }

  function keepSmall(
    { collect, heapBytes, restCompiling, stockUp, staysInMemory }: Heap,
    { pressure, builds, monotonicMs }: Model,
  ): void {
    const collectNow = (what: Collection) => {
      collect(what);
      collectedAtMs = monotonicMs;
      leastBytes = heapBytes();
    };
    const isShort = pressure.memory.level !== 'ok';
    const begins = isShort && !wasShort;
    wasShort = isShort;
    const isWaiting =
      isShort || overload.lowDetail || (pressure.memory.some?.tickPercent ?? 0) >= waitingPercent;
    if (isWaiting !== wasWaiting) restCompiling(isWaiting);
    wasWaiting = isWaiting;
    if (!isWaiting) stockUp();
    const isBusy = isWaiting || pressure.io.level !== 'ok' || builds.length > 0;
    if (isRested(isBusy, monotonicMs)) {
      busyAtMs = null;
      collectNow('close');
    }
    if (overload.lowDetail && !staysInMemory()) return;
    if (!begins && monotonicMs - collectedAtMs < mostOftenMs) return;
    const usedBytes = heapBytes();
    leastBytes = Math.min(leastBytes, usedBytes);
    if (usedBytes - leastBytes >= (begins ? worthBytes : piledUpBytes)) collectNow('all');
  }

  return {
    tick(model, latenessMs) {
      overload = nextOverload(overload, model, latenessMs);
      if (lowDetail !== undefined) lowDetail.on = overload.lowDetail;
      for (const source of ['buildTree', 'iostat'] as const) loop.slowDown(source, overload.factor);
      if (heap !== undefined) keepSmall(heap, model);
      return overload;
    },
  };
}
