/** What a Prometheus answered to the queries, before anything is made of it. */
import type { QueryId } from './queries.ts';

/** A series of an instant vector. */
export interface InstantSample {
  readonly labels: Readonly<Record<string, string>>;
  /** Finite. */
  readonly value: number;
  /** When it was evaluated, Unix s. */
  readonly atSec: number;
}

export interface FleetAnswers {
  readonly samples: Readonly<Record<QueryId, readonly InstantSample[]>>;
  /** Rules of nixpulse are loaded; null: it does not say. */
  readonly hasRules: boolean | null;
  /** By our own clock, Unix ms: counts where no series tells Prometheus' own. */
  readonly askedMs: number;
}
