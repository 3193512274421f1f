/** What a .drv file says of a derivation, as far as a rebuild's tree and its estimate need it. */
export interface DerivationRaw {
  /** `/nix/store/<hash>-<name>.drv`. */
  readonly drv: string;
  /** Of the derivations that it needs directly (`inputDrvs`) those that a followed rebuild names. */
  readonly inputs: readonly string[];
  /** Null where its environment does not say it. */
  readonly pname: string | null;
  readonly system: string | null;
}
