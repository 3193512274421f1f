/** What `diagnose --quick` has read within its five seconds: raw, each part with its own problem, a late one among them. */
import type { Result } from '../../base/problem.ts';
import type { MachineFacts, RebuildFacts } from './rebuild-facts.ts';

export interface QuickFacts
  extends Pick<RebuildFacts, 'settings' | 'state' | 'daemonSaid' | 'caches' | 'units' | 'memoryLimit'> {
  readonly machine: Result<MachineFacts>;
  /** That the settings name, in their order. */
  readonly asked: readonly AskedUnit[];
  readonly errors: Result<JournalErrors>;
}

export interface AskedUnit {
  readonly unit: string;
  /** ActiveState of systemd: `active`, `inactive`, `failed`, `activating`. */
  readonly active: Result<string>;
  /** A URL or the path of a socket, and whether it answers: null, or why not. Null: nothing is asked. */
  readonly asks: { readonly address: string; readonly found: Result<string | null> } | null;
}

/** Of the last minutes, priority err and worse (syslog(3)). */
export interface JournalErrors {
  readonly minutes: number;
  readonly count: number;
  /** More were there than were read. */
  readonly more: boolean;
  /** Who said how many, the most first, each with its last line. */
  readonly by: readonly { readonly who: string; readonly count: number; readonly last: string }[];
}
