/** Whose log is looked at. */
export type LogSubject =
  | {
      readonly kind: 'build';
      /** Null where only its name is known. */
      readonly drv: string | null;
      /** `FollowedRebuild.id`; null where no stream has it. */
      readonly rebuild: string | null;
      /** Without hash and `.drv`. */
      readonly name: string;
    }
  /** `FollowedRebuild.id`. */
  | { readonly kind: 'rebuild'; readonly rebuild: string };

/** The log of one build as Nix has written it to disk, read because somebody asked for it. */
export type LogFile =
  | { readonly state: 'reading'; readonly lines: number }
  | {
      readonly state: 'read';
      readonly path: string;
      /** The last ones, with colours and nothing else that a terminal would obey. */
      readonly lines: readonly string[];
      /** How many there are; null where only its end was read. */
      readonly total: number | null;
      /** Unix ms. */
      readonly atMs: number;
    }
  /** No such file, or not readable; in words. */
  | { readonly state: 'unread'; readonly reason: string };
