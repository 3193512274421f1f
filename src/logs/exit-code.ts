/**
 * What Nix's exit code says of failed builds, where no words do: 0x60 with a bit for each reason (failingExitStatus,
 * src/libstore/build/worker.cc): 100 failed, 101 timed out, 102 hash mismatch, 104 not the same when built again, and
 * their sums. Clients of a daemon, and `nix build`, have 1 for all of them.
 */
import type { Rebuild } from '../model/rebuild/rebuild.ts';

export interface ToldByExitCode {
  readonly timeout: boolean;
  readonly hash: boolean;
  readonly check: boolean;
}

/** Null where it says nothing: a switch that wants a reboot ends with 100, too. */
export function toldByExitCode({ ended, steps }: Rebuild): ToldByExitCode | null {
  const code = ended?.exitCode ?? null;
  if (code === null || (code & ~0xf) !== 0x60 || steps.some(({ step }) => step === 'activating')) return null;
  return { timeout: (code & 1) !== 0, hash: (code & 2) !== 0, check: (code & 8) !== 0 };
}
