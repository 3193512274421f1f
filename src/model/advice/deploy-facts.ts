/** The target of a deployment and the configuration that it is to get: raw, each part with its own problem. */
import type { Result } from '../../base/problem.ts';

export interface DeployFacts {
  readonly host: string;
  readonly reach: Result<Reach>;
}

export interface Reach {
  readonly sec: number;
  /** Null: it answered. */
  readonly said: string | null;
}
