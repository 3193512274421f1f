/** How long Nix waits for a cache that does not answer (src/libstore/filetransfer.cc, getting a `.narinfo`). */

/** `download-attempts` of nix.conf(5). */
export const usualAttempts = 5;

/** 250 ms, then twice as long each time; by chance up to the root of two more, a fifth on the whole. */
const firstPauseSec = 0.25;
const byChance = 1.19;

/**
 * `attemptSec`: until one attempt has failed. At least so long: of a connection that was taken Nix would wait for
 * `stalled-download-timeout`, five minutes, and nobody here does.
 */
export function lostSec(attemptSec: number, attempts: number = usualAttempts): number {
  const pauses = firstPauseSec * byChance * (2 ** Math.max(0, attempts - 1) - 1);
  return Math.round((attemptSec * attempts + pauses) * 1000) / 1000;
}

/** Statuses that are asked for again: the others say that it is not there, or not for us. */
export function isRetried(status: number): boolean {
  return (status >= 500 && ![501, 505, 511].includes(status)) || status === 408 || status === 429;
}
