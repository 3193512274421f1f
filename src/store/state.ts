/** The shape of the one store: what the samplers said (model, history) and what the user chose (ui). */

import type { History } from '../model/history.ts';
import type { IdentityKey } from '../model/identity.ts';
import type { Build, BuildProcess, Model } from '../model/model.ts';
import type { Layout } from './layout.ts';

export type ViewId = 'overview' | 'builds' | 'disks';

/** What receives keys: the top of a stack whose bottom is always `normal`. */
export type Mode =
  | { readonly kind: 'normal' }
  | {
      readonly kind: 'search';
      readonly text: string;
      /** What Esc goes back to. */
      readonly before: { readonly search: string; readonly selected: IdentityKey | null };
    }
  | { readonly kind: 'filter'; readonly text: string; readonly before: string }
  | { readonly kind: 'sort'; readonly cursor: number }
  | { readonly kind: 'details'; readonly build: IdentityKey; readonly scroll: number }
  | { readonly kind: 'help'; readonly filter: string; readonly typing: boolean; readonly scroll: number };

/** Columns a build list can be sorted by; ids are those of the field table. */
export type SortId = 'resident' | 'growth' | 'cpu' | 'age' | 'io' | 'name' | 'user';

export interface UiState {
  readonly view: ViewId;
  readonly modes: readonly Mode[];
  /** Selected row of the build list (a build or one of its processes); follows identity. */
  readonly selected: IdentityKey | null;
  readonly sort: SortId;
  readonly inverted: boolean;
  /** Rows that do not match are hidden; '' = none. */
  readonly filter: string;
  readonly search: string;
  /** Builds whose processes are shown. */
  readonly unfolded: ReadonlySet<IdentityKey>;
  readonly tagged: ReadonlySet<IdentityKey>;
  /** `z`: the model shown while sampling goes on; null = live. */
  readonly frozen: { readonly model: Model; readonly history: History } | null;
  readonly selectedDisk: string | null;
  /** First visible row of the build list. */
  readonly scroll: number;
  /** One line above the footer: an error of a search, why a key is blocked. */
  readonly notice: { readonly text: string; readonly level: 'info' | 'warning' } | null;
}

/** One visible line of the build list, computed once per tick or transition. */
export type BuildRow =
  | {
      readonly kind: 'build';
      readonly key: IdentityKey;
      readonly build: Build;
      readonly unfolded: boolean;
      readonly tagged: boolean;
    }
  | {
      readonly kind: 'process';
      readonly key: IdentityKey;
      readonly build: Build;
      readonly process: BuildProcess;
    };

export interface TerminalState {
  readonly columns: number;
  readonly rows: number;
  /** False: TERM=linux or a locale that is not UTF-8. */
  readonly unicode: boolean;
  readonly color: boolean;
}

/** How the program itself does. */
export interface Health {
  /** How late the last tick came, ms. */
  readonly latenessMs: number;
  readonly intervalScale: number;
  readonly readOnly: boolean;
  /** One line that says what root would add; null when nothing is missing. */
  readonly privilegeHint: string | null;
}

export interface State {
  /** The newest model, even while the screen is frozen. */
  readonly model: Model;
  readonly history: History;
  readonly rows: readonly BuildRow[];
  readonly ui: UiState;
  readonly terminal: TerminalState;
  /** How many rows each part of the screen has now; the same object while unchanged. */
  readonly layout: Layout;
  readonly health: Health;
}
