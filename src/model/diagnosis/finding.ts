/** What was found: by a rule of diagnose/, as data; worded in format/findings.ts. All times are monotonic ms. */
import type { ProcessIdentity } from '../../base/identity.ts';
import type { Found } from './found.ts';
import type { HypothesisId, HypothesisState } from './hypothesis.ts';
import type { ProbeId } from './probe.ts';
import type { Evidence } from './verdict.ts';

/** Whom or what it is about. */
export type FindingSubject =
  | { readonly kind: 'machine' }
  | ({ readonly kind: 'build' | 'client' | 'process' } & ProcessIdentity)
  /** `FollowedRebuild.id`. */
  | { readonly kind: 'rebuild'; readonly rebuild: string }
  | { readonly kind: 'device'; readonly device: string }
  | { readonly kind: 'filesystem'; readonly mountPoint: string }
  | { readonly kind: 'cgroup'; readonly cgroup: string }
  /** A path of the store, a lock, a database. */
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'unit'; readonly unit: string }
  | { readonly kind: 'cache'; readonly cache: string }
  | { readonly kind: 'builder'; readonly host: string };

/** What a rule says of one subject. */
export interface FindingDraft {
  readonly subject: FindingSubject;
  /** `ok`: worth knowing, and nothing to mend. */
  readonly level: 'ok' | 'warning' | 'critical';
  readonly state: Extract<HypothesisState, 'possible' | 'likely' | 'confirmed'>;
  readonly found: Found;
  readonly evidence: readonly Evidence[];
  /** Null: since it was found. */
  readonly sinceMs: number | null;
  /** What would settle it where it is not certain. */
  readonly probe?: ProbeId;
}

export interface Finding extends Omit<FindingDraft, 'sinceMs' | 'probe'> {
  /** Hypothesis and subject: the same as long as it lasts. */
  readonly id: string;
  readonly hypothesis: HypothesisId;
  readonly sinceMs: number;
  readonly probe: ProbeId | null;
}
