/** What Nix is about to do, and how much it expects. */
import { ownText } from '../base/text.ts';
import type { PlanEvent, ProgressEvent, ResultEvent } from '../model/rebuild/log-event.ts';
import { bounds, withLast } from './bounds.ts';
import type { Draft } from './draft.ts';
import type { ExpectedBytes } from './log-state.ts';

const noBytes: ExpectedBytes = { download: null, copy: null };

/** Each command of a rebuild prints its own: they add up. */
export function addPlan(draft: Draft, event: Extract<PlanEvent, { kind: 'plan' }>): void {
  const { memory } = draft;
  memory.planList = event.list;
  const { download, unpacked } = memory.printed;
  memory.printed = {
    download: sum(download, event.downloadBytes),
    unpacked: sum(unpacked, event.unpackedBytes),
  };
  expect(draft);
}

export function addPlanned(draft: Draft, paths: readonly string[]): void {
  const { rebuild, memory } = draft;
  for (const path of paths) {
    if (memory.planList === 'unknown') {
      rebuild.unobtainable = withLast(rebuild.unobtainable, path, bounds.errors);
    } else if (memory.planList === 'fetches') {
      if (rebuild.plannedFetches.size < bounds.planned) draft.set('plannedFetches').add(path);
    } else if (path.endsWith('.drv') && !isKnown(draft, path) && rebuild.planned.size < bounds.planned) {
      draft.set('planned').add(path);
    }
  }
}

/** A second command of the same rebuild may plan it again: what is known of it stays until it begins. */
function isKnown({ rebuild }: Draft, drv: string): boolean {
  const { running, finished, failed, dependents, elsewhere } = rebuild;
  return [running, finished, failed, dependents, elsewhere].some((place) => place.has(drv));
}

/** Of the `realise` activity: all that it expects, what is done already included. */
export function expectBytes(
  draft: Draft,
  { id, of, count }: Extract<ResultEvent, { kind: 'expected' }>,
): void {
  if (of === 'other' || draft.memory.activities.get(id)?.activity.type !== 'realise') return;
  // Through ssh-ng the other side has a goal tree of its own, for the same build.
  if (isNested(draft, id)) return;
  const before = draft.memory.expected.get(id) ?? noBytes;
  if (before[of] === count) return;
  const all = draft.recall('expected').set(id, { ...before, [of]: count });
  if (all.size > bounds.counters) joinOldest(all);
  expect(draft);
}

/**
 * Of a goal tree's counter: what it has to build and what was built of it. A daemon's own log has no plan; the number is
 * all it says of what has not begun. A command's own stream names it, and a counter that counts a build twice (`--check`)
 * would be believed.
 */
export function expectBuilds(draft: Draft, { id, expected, failed }: ProgressEvent): void {
  const { memory, rebuild } = draft;
  if (expected === null || rebuild.key === 'stream' || isNested(draft, id)) return;
  const count = expected + (failed ?? 0);
  if (memory.expectedBuilds.get(id) === count) return;
  const all = draft.recall('expectedBuilds').set(ownText(id), count);
  if (all.size > bounds.counters) {
    const [[first, one] = ['', 0], [second, other] = ['', 0]] = all;
    all.delete(first);
    all.set(second, one + other);
  }
  expect(draft);
}

/** The sum stays, and what of it can no longer change is one number. */
function joinOldest(all: Map<string, ExpectedBytes>): void {
  const [[first, one] = ['', noBytes], [second, other] = ['', noBytes]] = all;
  all.delete(first);
  all.set(second, { download: sum(one.download, other.download), copy: sum(one.copy, other.copy) });
}

/** It has a goal tree above it; before Nix 2.9, which tells no parents, one that began earlier and is open. */
function isNested({ memory }: Draft, id: string): boolean {
  const own = memory.activities.get(id);
  if (own === undefined) return false;
  if (own.parent !== null) return true;
  for (const [other, { activity, writer }] of memory.activities)
    if (activity.type === own.activity.type && writer === own.writer) return other !== id;
  return false;
}

/** Counters are exact; what was printed is rounded, and there before they are. */
function expect({ rebuild, memory }: Draft): void {
  let download: number | null = null;
  let unpacked: number | null = null;
  for (const one of memory.expected.values()) {
    download = sum(download, one.download);
    unpacked = sum(unpacked, one.copy);
  }
  let builds: number | null = null;
  if (memory.planList === null)
    for (const count of memory.expectedBuilds.values()) builds = sum(builds, count);
  rebuild.expected = {
    builds,
    downloadBytes: download || memory.printed.download,
    unpackedBytes: unpacked || memory.printed.unpacked,
  };
}

function sum(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}
