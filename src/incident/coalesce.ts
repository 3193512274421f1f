/** One timeline of all that happened: the same thing once, builds that come and go together, and no more than is read. */
import type { TimelineEntry } from '../model/incident/timeline.ts';
import type { ModelEvent } from '../model/model.ts';
import { subjectOf } from '../model/past/event-data.ts';

/** What the kernel or a unit says again within this time is the same. */
const sameNoticeMs = 300_000;
/** Builds that begin or end within this time stand in one line. */
const togetherMs = 120_000;
const sameFindingMs = 600_000;
export const mostNames = 3;

export interface Coalesced {
  readonly entries: readonly TimelineEntry[];
  readonly omitted: number;
}

/** `inOrder`: as they came, where a clock was set and times do not tell. */
export function coalesce(raw: readonly TimelineEntry[], most: number, inOrder = false): Coalesced {
  const sorted = inOrder ? raw : raw.toSorted((a, b) => a.timeMs - b.timeMs);
  const entries: TimelineEntry[] = [];
  for (const entry of sorted) {
    if (isSaid(entries, entry) || joinNotice(entries, entry) || joinComings(entries, entry)) continue;
    entries.push(entry);
  }
  return fewer(entries, most);
}

function joinNotice(entries: TimelineEntry[], entry: TimelineEntry): boolean {
  if (entry.what.kind !== 'notice') return false;
  const { notice } = entry.what;
  const at = entries.findLastIndex(({ what }) => {
    return what.kind === 'notice' && noticeKey(what.notice) === noticeKey(notice);
  });
  const known = entries[at];
  if (known?.what.kind !== 'notice' || entry.timeMs - known.what.toMs > sameNoticeMs) return false;
  const { count, toMs } = known.what;
  const what = { ...known.what, count: count + entry.what.count, toMs: Math.max(toMs, entry.what.toMs) };
  entries[at] = { ...known, what };
  return true;
}

type NoticeOf = Extract<TimelineEntry['what'], { readonly kind: 'notice' }>['notice'];

function noticeKey(notice: NoticeOf): string {
  const what = 'what' in notice ? notice.what : '';
  const device = 'device' in notice ? notice.device : 'unit' in notice ? notice.unit : '';
  return `${notice.kind} ${what} ${device}`;
}

/** With the lines before it that are of the same kind: what happened between two builds stays between them. */
function joinComings(entries: TimelineEntry[], entry: TimelineEntry): boolean {
  const own = comingOf(entry);
  if (own === null) return false;
  const { timeMs } = entry;
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const before = entries[at];
    if (before?.what.kind !== 'comings') break;
    const { of, how, names, count, toMs } = before.what;
    if (of !== own.of || how !== own.how || timeMs - toMs > togetherMs) continue;
    const more = names.length < mostNames ? [...names, own.name] : names;
    entries[at] = { ...before, what: { ...before.what, names: more, count: count + 1, toMs: timeMs } };
    return true;
  }
  const { of, how, name } = own;
  entries.push({ ...entry, what: { kind: 'comings', of, how, names: [name], count: 1, toMs: timeMs } });
  return true;
}

interface Coming {
  readonly of: 'build' | 'command';
  readonly how: 'started' | 'ended';
  readonly name: string;
}

function comingOf({ what }: TimelineEntry): Coming | null {
  if (what.kind !== 'event') return null;
  const { event } = what;
  switch (event.kind) {
    case 'build-started':
      return { of: 'build', how: 'started', name: titleOf(event) };
    case 'build-ended':
      return { of: 'build', how: 'ended', name: titleOf(event) };
    case 'client-ended':
      return { of: 'command', how: 'ended', name: event.command };
    default:
      return null;
  }
}

function titleOf({
  name,
  user,
  pid,
}: Extract<ModelEvent, { readonly kind: 'build-started' | 'build-ended' }>) {
  return name ?? `a build of ${user ?? `process ${pid}`}`;
}

/** Two builds of one name are stuck in the same way. */
function isSaid(entries: readonly TimelineEntry[], { what, timeMs }: TimelineEntry): boolean {
  if (what.kind !== 'event' || what.event.kind !== 'finding') return false;
  const about = subjectOf(what.event);
  return entries.some((one) => {
    return (
      one.what.kind === 'event' &&
      timeMs - one.timeMs < sameFindingMs &&
      one.what.event.kind === 'finding' &&
      subjectOf(one.what.event) === about
    );
  });
}

/** What is routine goes first, then warnings that stand alone, then what is in the midst. */
function fewer(entries: readonly TimelineEntry[], most: number): Coalesced {
  if (entries.length <= most) return { entries, omitted: 0 };
  const order = entries
    .map((entry, at) => ({ at, weight: weightOf(entry) }))
    .toSorted((a, b) => b.weight - a.weight || middleLast(a.at, b.at, entries.length));
  const kept = new Set(order.slice(0, most).map(({ at }) => at));
  return { entries: entries.filter((_, at) => kept.has(at)), omitted: entries.length - most };
}

function middleLast(a: number, b: number, count: number): number {
  const toEdge = (at: number) => Math.min(at, count - 1 - at);
  return toEdge(a) - toEdge(b);
}

function weightOf({ what, level }: TimelineEntry): number {
  if (what.kind === 'action' || (what.kind === 'event' && what.event.kind === 'guard')) return 4;
  if (level === 'critical') return 3;
  if (what.kind === 'comings') return 0;
  return level === 'warning' ? 2 : 1;
}
