/** What `diagnose --quick` finds beside what the checks find. Null = not known. */
import type { JournalErrors } from './quick-facts.ts';

export type QuickFound =
  | { readonly kind: 'failed-units'; readonly units: readonly string[] }
  /** `active`: ActiveState of systemd. `silent`: why what was asked does not answer; null: it does, or nothing was asked. */
  | {
      readonly kind: 'unit';
      readonly unit: string;
      readonly active: string | null;
      readonly asks: string | null;
      readonly silent: string | null;
    }
  | ({ readonly kind: 'journal-errors' } & JournalErrors);
