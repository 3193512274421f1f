/** Who runs probes, as others see it: the performer asks, the screen shows what runs. */
import type { ProbeId, ProbeResult, ProbeRow, ProbeRun } from './probe.ts';

/** Why one was not begun. */
export type ProbeRefusal =
  /** It takes a subject of this kind, and has none, or one that is none. */
  | { readonly kind: 'subject'; readonly wants: ProbeRow['subject'] }
  /** About the same subject it runs already. */
  | { readonly kind: 'running' }
  /** It was ended before, and hangs in a read that does not come back. */
  | { readonly kind: 'hangs' }
  /** Heavy ones run one at a time. */
  | { readonly kind: 'busy'; readonly with: ProbeId }
  /** A heavy one, while this is critically short. */
  | { readonly kind: 'critical'; readonly resource: 'memory' | 'io' }
  /** What is looked at is a captured tree or a recording. */
  | { readonly kind: 'not-live' }
  /** This program has no such probe, or ends. */
  | { readonly kind: 'unknown' };

export type ProbeStart =
  /** `done`: null where it was ended before it had anything to tell. Never rejects. */
  | { readonly ok: true; readonly done: Promise<ProbeResult | null> }
  | { readonly ok: false; readonly refusal: ProbeRefusal };

export interface ProbeOptions {
  /** A heavy one even while memory or disk is critically short. */
  readonly force?: boolean;
  readonly onProgress?: (text: string) => void;
}

export interface ProbeRunner {
  run(id: ProbeId, subject: string | null, options?: ProbeOptions): ProbeStart;
  /** False: it does not run. */
  cancel(id: ProbeId, subject: string | null): boolean;
  readonly running: readonly ProbeRun[];
}
