/** What `check deploy` finds, a kind an item. */

/** Whether the target answers to ssh, and how. */
export type DeployFound = {
  readonly kind: 'ssh';
  readonly host: string;
  readonly sec: number | null;
  /** Null: it answered. */
  readonly refused: 'key' | 'host-key' | 'connection' | 'route' | 'name' | 'time' | 'other' | null;
  /** In ssh's words; null where it answered. */
  readonly said: string | null;
};
