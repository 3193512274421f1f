/** A guard as others see it: what it says of itself, where, and whether it is still there. */
import type { GuardStatus } from './guard.ts';

export interface GuardSeen extends GuardStatus {
  /** Where its files are; null: it guards within this very process. */
  readonly directory: string | null;
  /** Whose directory it is; null within this process. */
  readonly uid: number | null;
  /** Its process is gone: it was killed, and its last words are still there. */
  readonly ended: boolean;
}

/**
 * - `armed`: it acts; in a dry run it says what it would do.
 * - `held`: somebody asked it to leave everything alone.
 * - `silent`: it has not said anything for so long that it does not guard now.
 * - `ended`: it is gone.
 */
export type GuardStanding = 'armed' | 'held' | 'silent' | 'ended';

/** It writes every two seconds, and is late where everybody is. */
export const silentFromMs = 10_000;

export function silentMs({ atMs }: Pick<GuardStatus, 'atMs'>, nowMs: number): number {
  return Math.max(0, nowMs - atMs);
}

/** `nowMs`: Unix ms. */
export function standingOf(
  guard: Pick<GuardSeen, 'atMs' | 'heldUntilMs' | 'ended'>,
  nowMs: number,
): GuardStanding {
  if (guard.ended) return 'ended';
  if (silentMs(guard, nowMs) >= silentFromMs) return 'silent';
  return guard.heldUntilMs !== null && guard.heldUntilMs > nowMs ? 'held' : 'armed';
}

/** Whom the key holds: that of the machine before others. Null: there is none. */
export function guardToHold<Guard extends Pick<GuardSeen, 'scope' | 'ended'>>(
  guards: readonly Guard[],
): Guard | null {
  const there = guards.filter(({ ended }) => !ended);
  return there.find(({ scope }) => scope === 'machine') ?? there[0] ?? null;
}
