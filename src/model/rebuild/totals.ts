/** A rebuild in numbers (logs/totals.ts counts them). */
export interface Totals {
  /** Derivations that are or were to be built, whatever became of them. */
  readonly builds: number;
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  /** By another client, while this one waited. */
  readonly elsewhere: number;
  /** Stopped with the others, or nobody says how. */
  readonly ended: number;
  readonly failed: number;
  /** Not built because something they need failed. */
  readonly dependents: number;
  readonly pathsToFetch: number;
  readonly fetching: number;
  readonly fetchedPaths: number;
  /** Over the network; transfers under way included. Lines for people do not tell it: 0. */
  readonly fetchedBytes: number;
  readonly expectedBytes: number | null;
  readonly sentPaths: number;
}
