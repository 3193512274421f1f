/** Builds and clients that run, and those that ended a moment ago: what the kernel says of them comes later. */
import { identityKey, type ProcessIdentity } from '../../base/identity.ts';
import type { Build, Client } from '../model.ts';

/** All times are Unix ms. */
export interface Ran<Work> {
  /** As it was seen last. */
  readonly work: Work;
  readonly seenMs: number;
  /** When it was gone; null: it runs. */
  readonly goneMs: number | null;
}

export interface RecentWork {
  readonly builds: readonly Ran<Build>[];
  readonly clients: readonly Ran<Client>[];
}
export const noRecentWork: RecentWork = { builds: [], clients: [] };

/** A probe may bring what was said minutes ago. */
const keptMs = 10 * 60_000;
/** Of those that ended. */
const mostGone = 200;
/** The kernel's clock and ours are not one. */
const slackMs = 2000;

/** At each look at the processes. */
export function followWork(
  before: RecentWork,
  { builds, clients }: { readonly builds: readonly Build[]; readonly clients: readonly Client[] },
  timeMs: number,
): RecentWork {
  if (builds.length + clients.length + before.builds.length + before.clients.length === 0) return before;
  return { builds: follow(before.builds, builds, timeMs), clients: follow(before.clients, clients, timeMs) };
}

function follow<Work extends ProcessIdentity>(
  before: readonly Ran<Work>[],
  now: readonly Work[],
  timeMs: number,
): readonly Ran<Work>[] {
  const running = new Set(now.map(identityKey));
  const gone = before.flatMap((one) => {
    if (one.goneMs === null) return running.has(identityKey(one.work)) ? [] : [{ ...one, goneMs: timeMs }];
    return timeMs - one.goneMs < keptMs ? [one] : [];
  });
  return [...now.map((work) => ({ work, seenMs: timeMs, goneMs: null })), ...gone.slice(-mostGone)];
}

/** Those that ran at a moment; where none did, those that did a moment before or after. */
export function ranAt<Work extends { readonly ageSec: number | null }>(
  all: readonly Ran<Work>[],
  atMs: number,
): readonly Work[] {
  const within = (ms: number) =>
    all.filter(({ work, seenMs, goneMs }) => {
      const startedMs = seenMs - (work.ageSec ?? 0) * 1000;
      return startedMs - ms <= atMs && (goneMs === null || atMs <= goneMs + ms);
    });
  const exact = within(0);
  return (exact.length > 0 ? exact : within(slackMs)).map(({ work }) => work);
}
