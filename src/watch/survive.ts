/** What the dashboard does to stay alive in a freeze, once the first frames are out. */
import { type HardenChoice, type HardeningPart, missingHardening } from '../model/health/hardening.ts';
import type { Collection, ForgottenPages, Hardening } from '../platform/ports.ts';
import {
  rehearseCollecting,
  rehearseCompiling,
  rehearseMatching,
  rehearseNumbers,
  rehearseReading,
} from '../platform/rehearse-node.ts';

export interface Survival extends Heap {
  readonly hardening: Hardening;
  readonly choice: HardenChoice;
}

export interface Heap {
  /** Collects the heap's garbage. */
  readonly collect: (what?: Collection) => void;
  /** In use, garbage included. */
  readonly heapBytes: () => number;
  /** While it does, nothing more is compiled to machine code. */
  readonly restCompiling: (rests: boolean) => void;
  /** Takes a little of the kernel's memory, for what is opened in a freeze. */
  readonly stockUp: () => void;
  /** None of it is in swap, ever. */
  readonly staysInMemory: () => boolean;
}

/**
 * Runs everything once, then locks what is in memory by now; null where it is not wanted. `forget`: pages of the start
 * that go first: those of data before the only rehearsal, all of them between two.
 */
export async function survive(
  survival: Survival | undefined,
  rehearse: () => Promise<unknown>,
  forget: ForgottenPages,
): Promise<readonly HardeningPart[] | null> {
  const hardening = survival?.choice === 'off' ? undefined : survival?.hardening;
  const rehearseAll = async () => {
    rehearseCompiling();
    rehearseMatching();
    rehearseNumbers();
    await Promise.all([rehearse(), rehearseReading()]);
  };
  if (forget === 'data') await hardening?.forget(forget);
  await rehearseAll();
  // What the start left behind goes, and the collector has run once before memory is locked.
  if (survival !== undefined) rehearseCollecting(survival.collect);
  if (survival === undefined || hardening === undefined) return null;
  if (forget === 'all') await hardening.forget(forget);
  const parts = await hardening.harden();
  if (forget === 'all') {
    // What was let go of and is needed comes back now, and stays: the collector, too, when memory is short.
    await rehearseAll();
    rehearseCollecting(survival.collect);
  }
  return parts;
}

/** Before the screen is taken: what `--harden=require` lacks, in one line; null when nothing does. */
export async function unmetRequirement(survival: Survival | undefined): Promise<string | null> {
  if (survival === undefined || survival.choice !== 'require') return null;
  const unmet = missingHardening(await survival.hardening.harden());
  return unmet === null ? null : `--harden=require: ${unmet}`;
}
