/**
 * How long a rebuild will still take: what is left of its graph is played on the slots there are, three times, with what
 * its builds took before; downloads go beside it (docs/estimates.md).
 */
import type { Estimate, FollowedRebuild } from '../model/rebuild/followed.ts';
import type { Build, Rebuild } from '../model/rebuild/rebuild.ts';
import { buildSlots } from './build-slots.ts';
import { downloadTime } from './download-time.ts';
import { expectedBuilds, secondsLeft } from './expected-seconds.ts';
import { playWork } from './play-work.ts';
import { type RemainingWork, remainingWork, withUnreadInTurn } from './remaining-work.ts';
import type { Streams } from './streams.ts';

/** What it is made of beside the rebuild itself. */
export interface Known extends Pick<Streams, 'derivations' | 'durations' | 'maxJobs'> {
  /** Its client said what it will build. Else it may be anything more. */
  readonly hasPlan: boolean;
  /** Of the running ones those that have ended (logs/ended-unsaid.ts). */
  readonly ended?: ReadonlySet<string>;
}

/** With less of what is left known it is a guess of ours. */
const leastKnown = 0.5;
/** Of the runs seen, those that are left out at either end. */
const shares = { low: 0.1, middle: 0.5, high: 0.9 } as const;
/** Builds that take longer and shorter even out, but for what slows all of them alike. */
const leastSpread = 0.45;
/** Seen after this time with builds that are ready, no slot is free. */
const slotsSeenAfterMs = 10_000;

/** Pure, and bounded by the size of what is left: some milliseconds for 5,000 builds. */
export function estimateRebuild(
  followed: Pick<FollowedRebuild, 'rebuild'>,
  known: Known,
  nowMs: number,
): Estimate | null {
  const rebuild = withoutEnded(followed.rebuild, known.ended);
  if (rebuild.ended !== null || !known.hasPlan) return null;
  const download = downloadTime(rebuild, nowMs);
  if (download === null) return null;
  const work = remainingWork(rebuild, known.derivations);
  const count = work.drvs.length;
  if (count === 0) return download.highSec === 0 ? null : { ...inSteps(download), known: 1 };
  const expected = expectedBuilds(work, known);
  if (expected.known < leastKnown * count) return null;

  const secondsAt = (share: number) => secondsLeft(work, expected, share, nowMs);
  const slots = buildSlots(rebuild, known.maxJobs);
  const middles = secondsAt(shares.middle);
  const fast = playWork(work, secondsAt(shares.low), slots.most, 'longest');
  const middle = playWork(work, middles, slots.most);
  const worst = isShortOfSlots(work, rebuild.startedMs, nowMs, download.highSec) ? slots.least : slots.most;
  const slow = playWork(withUnreadInTurn(work), secondsAt(shares.high), worst);
  const spread = spreadOf(middle, middles);
  const builds = {
    lowSec: middle - (middle - fast) * spread,
    highSec: work.unread.length > 0 || worst !== slots.most ? slow : middle + (slow - middle) * spread,
  };
  // Nothing runs yet: what is fetched may be needed by all of it.
  const afterwards = rebuild.running.size === 0;
  const range = {
    lowSec: Math.max(builds.lowSec, download.lowSec),
    highSec: afterwards ? builds.highSec + download.highSec : Math.max(builds.highSec, download.highSec),
  };
  return { ...inSteps(range), known: Math.round((100 * expected.known) / count) / 100 };
}

function withoutEnded(rebuild: Rebuild, ended: ReadonlySet<string> | undefined): Rebuild {
  if (ended === undefined || ended.size === 0) return rebuild;
  const running = new Map<string, Build>();
  for (const [drv, build] of rebuild.running) if (!ended.has(drv)) running.set(drv, build);
  return { ...rebuild, running };
}

/** The more builds stand one after the other, the more they even out. */
function spreadOf(totalSec: number, seconds: Float64Array): number {
  let longest = 0;
  for (const one of seconds) longest = Math.max(longest, one);
  const inTurn = longest === 0 ? 1 : Math.max(1, totalSec / longest);
  return Math.max(leastSpread, 1 / Math.sqrt(inTurn));
}

/** A client may have been told to build fewer at once than nix.conf says. */
function isShortOfSlots(work: RemainingWork, startedMs: number, nowMs: number, fetchSec: number): boolean {
  if (fetchSec > 0 || nowMs - startedMs < slotsSeenAfterMs || work.running.length === 0) return false;
  if (work.unread.length > 0) return false;
  for (let node = work.running.length; node < work.drvs.length; node++)
    if (work.graph.waitsFor[node] === 0) return true;
  return false;
}

/** In steps that a person would say, so that it does not change with every tick. */
function inSteps({ lowSec, highSec }: { readonly lowSec: number; readonly highSec: number }) {
  return { lowSec: stepped(lowSec), highSec: stepped(highSec) };
}

function stepped(seconds: number): number {
  const step = seconds < 60 ? 1 : seconds < 600 ? 10 : 60;
  return Math.round(seconds / step) * step;
}
