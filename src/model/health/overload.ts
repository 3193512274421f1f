/**
 * How hard it is for nixpulse itself to go on, and what it does less often meanwhile (command lines, locks, build
 * directories, file systems) or leaves out (I/O of processes). Never pressure, memory and who builds: that is what it
 * is there for.
 */
import type { Model } from '../model.ts';

export interface Overload {
  /** Details are left out. */
  readonly lowDetail: boolean;
  /** The forest and the disks are looked at so many times less often. */
  readonly factor: 1 | 2 | 4;
  /** Monotonic ms since which it could be lower. */
  readonly calmSinceMs: number | null;
  /** The worst lateness of the last while, and when it was. */
  readonly lateMs: number;
  readonly lateAtMs: number;
}

export const noOverload: Overload = {
  lowDetail: false,
  factor: 1,
  calmSinceMs: null,
  lateMs: 0,
  lateAtMs: 0,
};

/** A tick so late, ms: something holds us up; so late: hardly anything runs. */
const lateTickMs = 500;
const frozenMs = 2000;
/** What was left out comes back after so long a calm. */
const calmForMs = 10_000;
/** How late we were is shown for so long. */
const shownForMs = 10_000;

/** `latenessMs`: of this tick. The same object while nothing changes. */
export function nextOverload(
  before: Overload,
  { pressure, monotonicMs }: Pick<Model, 'pressure' | 'monotonicMs'>,
  latenessMs: number,
): Overload {
  const earlierWasWorse = monotonicMs - before.lateAtMs < shownForMs && before.lateMs > latenessMs;
  const lateMs = earlierWasWorse ? before.lateMs : latenessMs;
  const lateAtMs = earlierWasWorse || latenessMs === 0 ? before.lateAtMs : monotonicMs;
  const wanted = wantedFactor(pressure.memory.level === 'critical', latenessMs);
  const next = withFactor(before, wanted, monotonicMs);
  return next === before && lateMs === before.lateMs ? before : { ...next, lateMs, lateAtMs };
}

function wantedFactor(memoryCritical: boolean, latenessMs: number): Overload['factor'] {
  if (latenessMs >= frozenMs) return 4;
  return memoryCritical || latenessMs >= lateTickMs ? 2 : 1;
}

/** Up at once, down after a calm, and then all the way. */
function withFactor(before: Overload, wanted: Overload['factor'], nowMs: number): Overload {
  if (wanted > before.factor) return { ...before, lowDetail: true, factor: wanted, calmSinceMs: null };
  if (wanted === before.factor)
    return before.calmSinceMs === null ? before : { ...before, calmSinceMs: null };
  const calmSinceMs = before.calmSinceMs ?? nowMs;
  if (nowMs - calmSinceMs < calmForMs)
    return before.calmSinceMs === null ? { ...before, calmSinceMs } : before;
  return { ...before, lowDetail: wanted > 1, factor: wanted, calmSinceMs: null };
}
