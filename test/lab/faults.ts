/** Faults of the lab, and how long the rules take to find each: by the times of the Models, not of the test. */
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import type { Model } from '../../src/model/model.ts';
import type { MemoryRaw } from '../../src/model/sample.ts';
import type { Source } from '../../src/samplers/source.ts';

export interface Fault {
  readonly name: string;
  /** Monotonic ms at which it began. */
  readonly startedMs: number;
  /** It is to be found within. */
  readonly mostSec: number;
  readonly isFound: (finding: Finding, model: Model) => boolean;
}

export interface Clocked {
  /** With each Model. */
  look(model: Model): void;
  /** Those that were not found yet. */
  missing(): readonly Fault[];
  /** Seconds until each was found first; Infinity: not at all. */
  readonly tookSec: ReadonlyMap<string, number>;
}

/** `faults` may grow. */
export function clocked(faults: readonly Fault[]): Clocked {
  const tookSec = new Map<string, number>();
  return {
    tookSec,
    missing: () => faults.filter(({ name }) => !tookSec.has(name)),
    look(model) {
      for (const { name, startedMs, isFound } of faults) {
        if (tookSec.has(name)) continue;
        if (!model.findings.some((finding) => isFound(finding, model))) continue;
        tookSec.set(name, (model.monotonicMs - startedMs) / 1000);
      }
    },
  };
}

/**
 * Memory of a machine that is smaller than this one: what is available is what `held` leaves. The memory of processes
 * is real; a leak of all there is would be a hardship for everybody else here.
 */
export function onSmallMachine(source: Source, totalBytes: number, held: () => number): Source {
  return {
    ...source,
    sample(later) {
      const parts = source.sample(later);
      if (!parts.memory?.ok) return parts;
      const availableBytes = Math.max(0, totalBytes * 0.9 - held());
      const value: MemoryRaw = {
        ...parts.memory.value,
        ...{ totalBytes, availableBytes, freeBytes: availableBytes },
        ...{ swapTotalBytes: 0, swapFreeBytes: 0 },
      };
      return { ...parts, memory: { ...parts.memory, value } };
    },
    close: () => source.close(),
  };
}
