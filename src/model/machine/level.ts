/** A level that rises at once and falls only when it has been calm for a while, so that it does not flicker. */
import type { Level } from '../model.ts';

export interface LevelState {
  readonly level: Level;
  /** Monotonic ms since which the level is not ok. */
  readonly sinceMs: number | null;
  /** The same of this level: a warning may have been there before it became critical. */
  readonly levelSinceMs: number | null;
  /** Since when what is measured would allow a lower level. */
  readonly calmSinceMs: number | null;
}

export const calm: LevelState = { level: 'ok', sinceMs: null, levelSinceMs: null, calmSinceMs: null };

/** How long it must be calmer before the level falls. */
const calmForMs = 3000;
/** A level is left below this share of the value at which it was entered. */
export const leaveShare = 0.75;

const severity: Readonly<Record<Level, number>> = { ok: 0, warning: 1, critical: 2 };

export function worseLevel(a: Level, b: Level): Level {
  return severity[a] >= severity[b] ? a : b;
}

export function isWorse(a: Level, b: Level): boolean {
  return severity[a] > severity[b];
}

/**
 * `entered` is what the thresholds say; `held` is what they say when taken as low as `leaveShare`, so
 * never less than `entered`. The same state comes back when nothing changes.
 */
export function nextLevel(state: LevelState, entered: Level, held: Level, atMs: number): LevelState {
  if (isWorse(entered, state.level)) {
    return { level: entered, sinceMs: state.sinceMs ?? atMs, levelSinceMs: atMs, calmSinceMs: null };
  }
  if (!isWorse(state.level, held))
    return state.calmSinceMs === null ? state : { ...state, calmSinceMs: null };
  const calmSinceMs = state.calmSinceMs ?? atMs;
  if (atMs - calmSinceMs < calmForMs) return state.calmSinceMs === null ? { ...state, calmSinceMs } : state;
  if (held === 'ok') return calm;
  return { level: held, sinceMs: state.sinceMs, levelSinceMs: atMs, calmSinceMs: null };
}
