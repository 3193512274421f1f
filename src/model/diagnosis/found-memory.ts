/** What rules find of builds, evaluations and memory. Null = unknown. */

export type MemoryFound =
  /** A build of which a verdict says that it is stuck, or computes and gets nowhere. */
  { readonly kind: 'build-stuck'; readonly build: string; readonly how: 'idle' | 'spinning' };
