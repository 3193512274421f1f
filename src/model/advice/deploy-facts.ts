/** The target of a deployment and the configuration that it is to get: raw, each part with its own problem. */
import type { Result } from '../../base/problem.ts';
import type { EvaluationRun } from '../diagnosis/probe-values.ts';
import type { Target } from './deploy-target.ts';
import type { AuthorizedKey, WantedSystem } from './wanted-system.ts';

export interface DeployFacts {
  /** As the user named it. */
  readonly host: string;
  readonly reach: Result<Reach>;
  readonly ping: Result<Ping>;
  readonly target: Result<Target>;
  /** Seconds of the target's clock before (negative: behind) ours, past what the connection took; null: not known. */
  readonly clockAheadSec: number | null;
  /** Null: it was to be left out, or none was named. */
  readonly configuration: Result<Evaluated> | null;
  readonly keys: OwnKeys;
  /** Where the closure is built or copied from: the store of this machine. */
  readonly localStore: Result<{ readonly freeBytes: number }>;
}

export interface Reach {
  readonly sec: number;
  /** Null: it answered. */
  readonly said: string | null;
}

export interface Ping {
  readonly address: string;
  readonly answered: boolean;
}

export interface Evaluated {
  readonly run: EvaluationRun;
  /** On stderr: its first lines and its last. */
  readonly said: readonly string[];
  /** Null where nothing of it could be had. */
  readonly system: WantedSystem | null;
}

/** Public keys that ssh can offer from here. */
export interface OwnKeys {
  /** The one that the target accepted; null where ssh did not say: a connection that was there before, a certificate. */
  readonly used: AuthorizedKey | null;
  readonly offered: readonly AuthorizedKey[];
}
