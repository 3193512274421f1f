/** What the dashboard does to stay alive in a freeze, once the first frames are out. */
import { type HardenChoice, type HardeningPart, missingHardening } from '../model/health/hardening.ts';
import type { Hardening, StartPart } from '../platform/ports.ts';
import { rehearseCompiling, rehearseReading } from '../platform/rehearse-node.ts';

export interface Survival {
  readonly hardening: Hardening;
  readonly choice: HardenChoice;
  /** Collects the heap's garbage. */
  readonly collect: () => void;
  /** In use, garbage included. */
  readonly heapBytes: () => number;
}

/**
 * Runs everything once, lets go of what only the start needed, locks what is in memory then, and runs everything again,
 * so that what is needed comes back and stays; null where it is not wanted.
 */
export async function survive(
  survival: Survival | undefined,
  rehearse: () => Promise<unknown>,
  forget: StartPart,
): Promise<readonly HardeningPart[] | null> {
  const rehearseAll = async () => {
    rehearseCompiling();
    await Promise.all([rehearse(), rehearseReading()]);
  };
  await rehearseAll();
  // What the start left behind goes, and the collector has run once before memory is locked.
  survival?.collect();
  if (survival === undefined || survival.choice === 'off') return null;
  const parts = await survival.hardening.harden({ forget });
  await rehearseAll();
  // The collector comes back, too, and not when memory is short.
  survival.collect();
  return parts;
}

/** Before the screen is taken: what `--harden=require` lacks, in one line; null when nothing does. */
export async function unmetRequirement(survival: Survival | undefined): Promise<string | null> {
  if (survival === undefined || survival.choice !== 'require') return null;
  const unmet = missingHardening(await survival.hardening.harden());
  return unmet === null ? null : `--harden=require: ${unmet}`;
}
