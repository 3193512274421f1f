/**
 * Kills that only a counter told, held back for a moment where the kernel can be heard: who said whom it killed is told
 * in place of the number. Monotonic ms.
 */
import type { ModelEvent } from '../model.ts';

type Counted = Extract<ModelEvent, { kind: 'oom-kill' | 'oom-limit' }>;

interface Held {
  readonly event: Counted;
  readonly sinceMs: number;
}

/** One kill that was told by name: it is counted for the machine, and at the limit that it met. */
export interface NamedKill {
  /** As in a notice. */
  readonly limited: string | null;
  readonly atMs: number;
  readonly machine: boolean;
  readonly limit: boolean;
}

export interface CountedKills {
  readonly held: readonly Held[];
  /** Of which a counter has not told yet. */
  readonly named: readonly NamedKill[];
}
export const noCountedKills: CountedKills = { held: [], named: [] };

/** The kernel's log is read every second and handed on every two; counters of cgroups are read every two. */
const heldForMs = 6000;
const namedForMs = 10_000;

function isCounted(event: ModelEvent): event is Counted {
  return event.kind === 'oom-kill' || event.kind === 'oom-limit';
}

/** `names`: limits (as in notices) of the kills that were told now. Gives the events that are to be told. */
export function holdCounted(
  before: CountedKills,
  events: readonly ModelEvent[],
  names: readonly (string | null)[],
  { nowMs, heard }: { readonly nowMs: number; readonly heard: boolean },
): { readonly events: readonly ModelEvent[]; readonly counted: CountedKills } {
  if (!heard) return { events, counted: noCountedKills };
  const counting = events.filter(isCounted);
  if (counting.length + names.length + before.held.length + before.named.length === 0)
    return { events, counted: before };
  let named: readonly NamedKill[] = [
    ...before.named.filter(({ atMs }) => nowMs - atMs < namedForMs),
    ...names.map((limited) => ({ limited, atMs: nowMs, machine: true, limit: limited !== null })),
  ];
  const held: Held[] = [];
  const late: ModelEvent[] = [];
  for (const one of [...before.held, ...counting.map((event) => ({ event, sinceMs: nowMs }))]) {
    let { count } = one.event;
    named = named.map((kill) => {
      if (count === 0 || !covers(kill, one.event)) return kill;
      count -= 1;
      return one.event.kind === 'oom-kill' ? { ...kill, machine: false } : { ...kill, limit: false };
    });
    if (count === 0) continue;
    const event = { ...one.event, count };
    if (nowMs - one.sinceMs < heldForMs) held.push({ event, sinceMs: one.sinceMs });
    else late.push(event);
  }
  return {
    events: [...late, ...events.filter((event) => !isCounted(event))],
    counted: { held, named: named.filter(({ machine, limit }) => machine || limit) },
  };
}

function covers(kill: NamedKill, event: Counted): boolean {
  if (event.kind === 'oom-kill') return kill.machine;
  return kill.limit && (kill.limited === '' || kill.limited === event.cgroup);
}
