/** What rules find of those who wait: locks, caches, builders, hooks, units. Null = unknown. */

export type WaitFound =
  /** Clients or builds wait for a lock that somebody holds. */
  {
    readonly kind: 'lock-held';
    readonly path: string | null;
    readonly holderPid: number | null;
    readonly holder: string | null;
    readonly waiting: number;
    readonly holderState: 'working' | 'slow' | 'waiting' | 'stuck' | 'paused' | null;
  };
