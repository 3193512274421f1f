/** What happened to the machine: OOM kills, shortages that began, grew or ended. Newest last, bounded. */

import { lengthText } from '../../base/duration.ts';
import { plural } from '../../base/plural.ts';
import type { ModelEvent, Shortage } from '../model.ts';
import { isWorse } from './level.ts';

export const maxEvents = 200;

/** The same list when nothing was added. */
export function appendEvents(
  events: readonly ModelEvent[],
  added: readonly ModelEvent[],
): readonly ModelEvent[] {
  return added.length === 0 ? events : [...events, ...added].slice(-maxEvents);
}

/** Counters since boot, of /proc/vmstat. */
export function oomEvents(now: number | null, before: number | null, timeMs: number): readonly ModelEvent[] {
  if (now === null || before === null || now <= before) return [];
  const count = now - before;
  const text = `out of memory: the kernel killed ${plural(count, 'process', 'processes')}`;
  return [{ timeMs, kind: 'oom-kill', level: 'critical', text }];
}

export function shortageEvents(
  now: readonly Shortage[],
  before: readonly Shortage[],
  at: { readonly timeMs: number; readonly monotonicMs: number },
): readonly ModelEvent[] {
  if (now === before) return [];
  const events: ModelEvent[] = [];
  const key = (shortage: Shortage) => `${shortage.resource} ${spacePath(shortage) ?? ''}`;
  const earlier = new Map(before.map((shortage) => [key(shortage), shortage]));
  const current = new Set(now.map(key));
  for (const shortage of now) {
    const { resource, level, text } = shortage;
    const old = earlier.get(key(shortage));
    if (!worthTelling(shortage) || (old !== undefined && !isWorse(level, old.level))) continue;
    const kind = text.includes('STALLED') ? 'stall' : 'pressure';
    events.push({ timeMs: at.timeMs, kind, level, text: `${resource} ${level}: ${text}` });
  }
  for (const shortage of before) {
    if (!worthTelling(shortage) || current.has(key(shortage))) continue;
    const subject = spacePath(shortage) ?? shortage.resource;
    const text = `${subject} ok again after ${lengthText(at.monotonicMs - shortage.sinceMs)}`;
    events.push({ timeMs: at.timeMs, kind: 'pressure', level: 'ok', text });
  }
  return events;
}

/** Every build that uses all CPUs is a cpu warning: no news. */
function worthTelling({ resource }: Shortage): boolean {
  return resource !== 'cpu';
}

/** Two file systems are two shortages; their text begins with the path. */
function spacePath({ resource, text }: Shortage): string | null {
  return resource === 'space' ? text.slice(0, text.search(/ \d+% /)) : null;
}
