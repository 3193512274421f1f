/** What happened to the machine: OOM kills, shortages that began, grew or ended. Newest last, bounded. */

import type { ModelEvent, Shortage, ShortageCause } from '../model.ts';
import { isWorse } from './level.ts';

export const maxEvents = 200;

/** The same list when nothing was added. */
export function appendEvents(
  events: readonly ModelEvent[],
  added: readonly ModelEvent[],
): readonly ModelEvent[] {
  if (added.length === 0) return events;
  // Whoever keeps more of them has seen those of one tick, however many they are.
  return [...events, ...added].slice(-Math.max(maxEvents, added.length));
}

/** Counters since boot, of /proc/vmstat. */
export function oomEvents(now: number | null, before: number | null, timeMs: number): readonly ModelEvent[] {
  if (now === null || before === null || now <= before) return [];
  return [{ timeMs, kind: 'oom-kill', level: 'critical', count: now - before }];
}

export function shortageEvents(
  now: readonly Shortage[],
  before: readonly Shortage[],
  { timeMs, monotonicMs }: { readonly timeMs: number; readonly monotonicMs: number },
): readonly ModelEvent[] {
  if (now === before) return [];
  const earlier = new Map(before.filter(isNews).map((shortage) => [subjectOf(shortage), shortage]));
  const current = new Set(now.map(subjectOf));
  const begun = now
    .filter((shortage) => isNews(shortage) && hasGrown(shortage, earlier.get(subjectOf(shortage))))
    .map(({ level, cause }): ModelEvent => ({ timeMs, level, ...cause }));
  const ended = [...earlier.values()]
    .filter((shortage) => !current.has(subjectOf(shortage)))
    .map(({ resource, cause, sinceMs }): ModelEvent => {
      const lengthSec = (monotonicMs - sinceMs) / 1000;
      return { timeMs, kind: 'shortage-ended', level: 'ok', resource, path: pathOf(cause), lengthSec };
    });
  return [...begun, ...ended];
}

/** Every build that uses all CPUs is a cpu warning: no news. */
function isNews({ resource }: Shortage): boolean {
  return resource !== 'cpu';
}

/** Two file systems are two shortages. */
function subjectOf({ resource, cause }: Shortage): string {
  return `${resource} ${pathOf(cause) ?? ''}`;
}

function pathOf(cause: ShortageCause): string | null {
  return cause.kind === 'space' || cause.kind === 'inodes' ? cause.path : null;
}

/**
 * Worse than it was, or short for a cause of its own. Pressure and space are what a shortage falls back to
 * when a stall or a lack of inodes has passed: a level falls late, so that they may say nothing.
 */
function hasGrown({ level, cause }: Shortage, old: Shortage | undefined): boolean {
  if (old === undefined || isWorse(level, old.level)) return true;
  if (level !== old.level) return false;
  if (cause.kind === 'stall')
    return cause.device !== null && !(old.cause.kind === 'stall' && old.cause.device === cause.device);
  return cause.kind === 'inodes' && old.cause.kind !== 'inodes';
}
