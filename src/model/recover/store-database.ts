/** What the program that works on the store's database is asked to do, and what it answers: lines of JSON. */

/** Paths are absolute. `store`: the store's directory, `state`: Nix's own (`/nix/var/nix`). */
export type DatabaseOrder =
  /** By SQLite's backup; the bytes as they are where SQLite cannot open it. */
  | { readonly do: 'copy'; readonly from: string; readonly to: string }
  | { readonly do: 'check'; readonly database: string; readonly most: number }
  /** What can be read, into another file that is removed again: what would be lost. */
  | {
      readonly do: 'try';
      readonly from: string;
      readonly to: string;
      readonly state: string;
      readonly store: string;
    }
  /** The same in the place of the database; its files stay beside as `aside`, `aside-wal`. With Nix's big lock held. */
  | {
      readonly do: 'replace';
      readonly database: string;
      readonly aside: string;
      readonly state: string;
      readonly store: string;
    }
  /** What was lost of references and roots. */
  | { readonly do: 'lost'; readonly database: string; readonly state: string; readonly store: string }
  /** Puts that back, by what the paths on the disk contain. */
  | { readonly do: 'register'; readonly database: string; readonly state: string; readonly store: string };

export interface CopyReport {
  readonly bytes: number;
  /** SQLite could not open it. */
  readonly raw: boolean;
}

export interface CheckReport {
  /** SQLite's words; none where it is sound. */
  readonly problems: readonly string[];
}

export interface RebuildReport {
  readonly paths: number;
  /** Their entry could not be read, and is made anew by what is on the disk. */
  readonly renewed: readonly string[];
  /** Nor are they on the disk. */
  readonly gone: readonly string[];
  /** Paths that may have lost references: what they contain is looked through. */
  readonly doubtful: number;
  /** That roots and other paths need, and of which nothing was left: made anew by what is on the disk. */
  readonly found: readonly string[];
}

export interface LostReport {
  /** Paths with references that lead nowhere. */
  readonly referrers: readonly string[];
  /** Roots on the disk that the database does not know. */
  readonly roots: readonly string[];
}

export interface RegisterReport {
  readonly registered: readonly string[];
  /** Whose references were looked up anew. */
  readonly referrers: number;
}

export interface DatabaseReports {
  readonly copy: CopyReport;
  readonly check: CheckReport;
  readonly try: RebuildReport;
  readonly replace: RebuildReport;
  readonly lost: LostReport;
  readonly register: RegisterReport;
}

/** One line of its stdout. */
export type DatabaseLine =
  | { readonly progress: string }
  | { readonly done: unknown }
  | { readonly failed: string };
