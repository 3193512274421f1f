/** What was done so that nixpulse itself stays alive in a freeze, and the words for it. */

export type HardeningPartId = 'memory' | 'own-memory' | 'priority' | 'oom' | 'cgroup';

/**
 * - `done`: it is so.
 * - `denied`: a right is missing, `reason` names it.
 * - `unsupported`: this system, or this way of starting, does not have it.
 * - `failed`: it was tried and went wrong.
 */
export interface HardeningPart {
  readonly id: HardeningPartId;
  readonly status: 'done' | 'denied' | 'unsupported' | 'failed';
  /** One clause: what was done, or why not and what would help. */
  readonly reason: string;
}

export type HardenChoice = 'auto' | 'off' | 'require';

export const hardeningTitles: Readonly<Record<HardeningPartId, string>> = {
  memory: 'memory lock',
  'own-memory': 'own memory',
  priority: 'CPU priority',
  oom: 'OOM score',
  cgroup: 'own cgroup',
};

/** A cgroup of its own is an extra, not missing; everything else counts. */
function counts({ id, status }: HardeningPart): boolean {
  return id !== 'cgroup' || status !== 'unsupported';
}

/** `hardened`, `hardened 3/4`, `not hardened`; null before it was tried. */
export function hardeningMark(parts: readonly HardeningPart[] | null): string | null {
  if (parts === null) return null;
  const counted = parts.filter(counts);
  const done = counted.filter(({ status }) => status === 'done').length;
  if (done === 0) return 'not hardened';
  return done === counted.length ? 'hardened' : `hardened ${done}/${counted.length}`;
}

/** `memory lock denied: needs CAP_IPC_LOCK (root)`. */
export function hardeningLine({ id, status, reason }: HardeningPart): string {
  return `${hardeningTitles[id]} ${status}: ${reason}`;
}

/** What `--harden=require` misses, in one line; null when nothing does. */
export function missingHardening(parts: readonly HardeningPart[]): string | null {
  const missing = parts.filter((part) => counts(part) && part.status !== 'done');
  if (missing.length === 0) return null;
  return missing.map(hardeningLine).join('; ');
}
