/** What a guard would have done over a recording. */
import type { GuardAct } from './guard.ts';

/** A build or client that it falls on, as it was then. Null: not known. */
export interface SimulatedTarget {
  readonly name: string;
  /** Since it began. */
  readonly ageSec: number | null;
  /** CPU time that it was seen to use: what is done again after a kill. */
  readonly cpuSec: number;
  readonly residentBytes: number | null;
}

export interface SimulatedAct {
  readonly act: GuardAct;
  /** All work of these would be lost; empty where nothing is ended. */
  readonly lost: readonly SimulatedTarget[];
  /** These would stand still, or be slowed down. */
  readonly held: readonly SimulatedTarget[];
  /** It would have come only if the acts before it had not helped. */
  readonly after: boolean;
}

export interface Simulated {
  readonly looks: number;
  /** Unix ms of the first and last look; null without one. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly acts: readonly SimulatedAct[];
}
