/** What `check rebuild` finds, a kind an item. */

/** Room of one file system against what will come. */
export type RebuildFound = {
  readonly kind: 'store-space';
  readonly mountPoint: string;
  readonly freeBytes: number;
  /** What the dry run says will be unpacked there; null where it was not run. */
  readonly neededBytes: number | null;
};
