/** A claim of the README, and what would fail if it were false. */

/** Titles of tests or describes as they stand in the file, by file below test/. */
export type ShownBy = Readonly<Record<string, readonly string[]>>;

export interface Claim {
  /** A sentence of the README or a part of it, as it is read: without emphasis and targets of links. */
  readonly says: string;
  readonly shownBy?: ShownBy;
  /** Where no test can show it: a command for bash, in the checkout, that ends with 0. */
  readonly command?: string;
}
