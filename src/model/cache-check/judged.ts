/** What follows from what a check of a cache found. */
import type { CacheTrouble, CheckedCache, SignatureState } from './cache-check.ts';

const noInfo: readonly CacheTrouble[] = ['unreachable', 'timeout', 'denied', 'status', 'no-cache'];

/** It answers as a binary cache, whatever is wrong with what it has: an archive that trickles, too. */
export function hasCacheInfo({ trouble, answerSec }: Pick<CheckedCache, 'trouble' | 'answerSec'>): boolean {
  if (trouble === 'timeout') return answerSec !== null;
  return trouble === null || !noInfo.includes(trouble);
}

export function isUsable({ trouble }: Pick<CheckedCache, 'trouble'>): boolean {
  return trouble === null;
}

/** Null: none was seen, or it cannot be checked here. */
export function signatureHolds({ signature }: Pick<CheckedCache, 'signature'>): boolean | null {
  return signature === null ? null : holds[signature];
}

const holds: Readonly<Record<SignatureState, boolean | null>> = {
  good: true,
  'not-needed': true,
  bad: false,
  untrusted: false,
  unsigned: false,
  'unknown-kind': null,
};
