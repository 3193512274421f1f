/** A machine of a fleet, as a Prometheus tells of it. Null is unknown: nobody told, or too long ago. */
import type { VerdictState } from '../diagnosis/verdict.ts';
import type { Level } from '../model.ts';
import type { FleetCheck } from './queries.ts';

/**
 * How much it needs somebody, the most first. `critical`, `warning`: an alert, a finding, memory or a cache says so. `gone`:
 * it is not told any more, or what is told is old. `stuck`, `slow`: what its builds do.
 */
export const machineStates = ['critical', 'warning', 'gone', 'stuck', 'slow', 'ok'] as const;
export type MachineState = (typeof machineStates)[number];

export interface FleetMachine {
  /** The host of its `instance`. */
  readonly name: string;
  readonly state: MachineState;
  /** Since its last look at itself, as Prometheus' clock has it; null: none within the last hour. */
  readonly ageSec: number | null;
  readonly rebuild: FleetRebuild | null;
  /** What is short, the most urgent first; busy CPUs last, which a rebuild is meant to use. */
  readonly pressure: readonly FleetShortage[] | null;
  /** Those that weigh most, the heaviest first. */
  readonly findings: readonly FleetFinding[] | null;
  readonly caches: FleetCaches | null;
  readonly alerts: FleetAlerts | null;
}

export interface FleetRebuild {
  /** Those whose log is followed; null: it does not say. */
  readonly underWay: number | null;
  /** Builds here; null: they may be hidden. */
  readonly running: number | null;
  /** Of what builds and waits the worst; null: nothing does. */
  readonly verdict: VerdictState | null;
  /** Of all followed rebuilds together; null: nobody knows. */
  readonly builds: number | null;
  readonly done: number | null;
  readonly failed: number | null;
  /** Of the earliest of them. */
  readonly ageSec: number | null;
}

export interface FleetShortage {
  readonly resource: string;
  readonly level: Level;
}

export interface FleetFinding {
  readonly hypothesis: string;
  readonly kind: string;
  readonly level: Level;
  readonly state: string;
}

export interface FleetCaches {
  readonly failed: readonly FleetCheck[];
  /** How many worked; what is not set up (no builders) is in neither. */
  readonly working: number;
  /** Since they were tried; null: not told. */
  readonly ageSec: number | null;
}

export interface FleetAlert {
  readonly name: string;
  /** `critical`, `warning`, or what the rule calls it; null: it does not. */
  readonly severity: string | null;
}
export interface FleetAlerts {
  readonly firing: number;
  /** The worst of them, the very worst first. */
  readonly named: readonly FleetAlert[];
}

export interface Fleet {
  /** In the order in which they need somebody. */
  readonly machines: readonly FleetMachine[];
  /** Prometheus' own clock, Unix ms. */
  readonly timeMs: number;
  /** Nixpulse's own rules are loaded there: null: it does not say. */
  readonly hasRules: boolean | null;
  /** What has metrics of nixpulse and no `instance`: nobody knows which machine it is. */
  readonly unnamed: number;
}

/** What is as old as that tells of no machine any more (NixpulseExportStale of the rules). */
export const goneSec = 120;
/** A check of caches that is tried every 15 min has then missed its time twice. */
export const staleChecksSec = 1800;
