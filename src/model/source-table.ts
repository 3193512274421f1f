/**
 * The sources that are polled, a row each. A new one is its row, what it reads in `SampleValues`, and a
 * sampler.
 */

/** Unless a view asks more often; `--interval` scales them. `parts`: where the source breaks, each says so. */
export const sourceTable = {
  pressure: { everyMs: 500, parts: ['pressure', 'cpu'] },
  // Also brings a fresher `forest`, which stays `buildTree`'s.
  residentMemory: { everyMs: 1000, parts: ['memory'] },
  iostat: { everyMs: 1000, parts: ['disks', 'storage'] },
  buildTree: { everyMs: 1000, parts: ['forest'] },
  // What streams brought; absent where none is followed.
  logs: { everyMs: 1000, parts: ['logs'] },
  // States and error counters of devices and file systems, and what the kernel says of them.
  health: { everyMs: 2000, parts: ['health', 'notices'] },
  // What guards say of themselves; absent while that is the same.
  guards: { everyMs: 1000, parts: ['guards'] },
  // What was asked for; absent where nothing was.
  probes: { everyMs: 1000, parts: ['probes'] },
  // Caches and builders of the settings, and the last checks; absent while they are the same.
  caches: { everyMs: 10_000, parts: ['caches'] },
} as const;

export type SourceId = keyof typeof sourceTable;

/** Part of a Sample; `host` comes beside what a source answers for. */
export type Part = 'host' | (typeof sourceTable)[SourceId]['parts'][number];

export const parts: readonly Part[] = [
  'host',
  ...Object.values(sourceTable).flatMap((source) => source.parts),
];
