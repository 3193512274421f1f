/** A recording that is being shown: where in it, how it plays, and what lies on its time line. */

import type { TimeSpan } from '../../base/time-span.ts';
import { pressureThresholds } from '../machine/derive-pressure.ts';
import { isForMemory } from '../machine/killers.ts';
import type { Level } from '../model.ts';
import { kindOf, subjectOf } from './event-data.ts';
import type { RecordedEvent } from './recorded.ts';
import type { SeriesId, TrackPoint } from './track.ts';

export type MarkKind = 'critical' | 'oom-kill' | 'stall' | 'build-ended' | 'action' | 'gap' | 'note';

/** Letters on the time line; the most telling first: it is drawn where several share a column. */
export const markLetters: Readonly<Record<MarkKind, { readonly letter: string; readonly title: string }>> = {
  'oom-kill': { letter: 'X', title: 'out of memory' },
  critical: { letter: '!', title: 'critical' },
  stall: { letter: 'S', title: 'stall' },
  action: { letter: 'a', title: 'action' },
  gap: { letter: '~', title: 'samples lost' },
  note: { letter: '*', title: 'note' },
  'build-ended': { letter: '-', title: 'build ended' },
};

/** An event that one can go to. The words are made in format/events.ts. */
export interface ReplayMark {
  /** Unix ms. */
  readonly timeMs: number;
  readonly kind: MarkKind;
  readonly event: RecordedEvent;
}

export interface ReplayState {
  /** Where it comes from: a file, a directory, `demo`. */
  readonly title: string;
  /** Of the whole recording, Unix ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** When what is shown was recorded, Unix ms. */
  readonly atMs: number;
  readonly playing: boolean;
  /** Recorded seconds per second. */
  readonly speed: number;
  /** The last sample is shown. */
  readonly ended: boolean;
  /** The highest values of all that was recorded, chunk by chunk or finer, in order of time. */
  readonly summary: readonly TrackPoint[];
  /** In order of time. */
  readonly marks: readonly ReplayMark[];
  /** One line about what is shown: a note, what happened, what was skipped. */
  readonly caption: Caption | null;
  /** Columns of the longest text that is said of it; 0 without any. */
  readonly longestNote: number;
  /** Opened from the live dashboard, which goes on. */
  readonly canReturn: boolean;
  /** What there is to know of the live machine meanwhile; null: nothing, or there is none. */
  readonly live: string | null;
  /** Places that could not be read. */
  readonly damaged: number;
}

export type Caption =
  | { readonly kind: 'note' | 'said'; readonly text: string }
  | { readonly kind: 'event'; readonly event: RecordedEvent };

/** What a key asks of a recording. */
export type ReplayOrder =
  | { readonly kind: 'play' }
  | { readonly kind: 'speed'; readonly by: 1 | -1 }
  | { readonly kind: 'sample'; readonly by: 1 | -1 }
  | { readonly kind: 'event'; readonly by: 1 | -1 }
  | { readonly kind: 'time'; readonly at: ReplayTime };

/** Unix ms: the nearest sample; of a stretch the one at which pressure was the highest. */
export type ReplayTime = number | TimeSpan;

const speeds: readonly number[] = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];

/** The next speed of the scale; the same at its ends. */
export function turnSpeed(speed: number, by: 1 | -1): number {
  return speeds[speeds.indexOf(speed) + by] ?? speed;
}

/** Two recorders see the same thing at about the same time, with shares and ages of their own. */
const sameWithinMs = 3000;

/** Each event once, however many recorded it. */
export function eachOnce(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const lastOf = new Map<string, number>();
  return events.filter((event) => {
    if (event.kind !== 'alert') return true;
    const about = `${event.event.level} ${subjectOf(event.event)}`;
    if (Math.abs(event.timeMs - (lastOf.get(about) ?? Number.NEGATIVE_INFINITY)) < sameWithinMs) return false;
    lastOf.set(about, event.timeMs);
    return true;
  });
}

/** The events worth going to, in order of time, each once. */
export function marksOf(events: readonly RecordedEvent[]): readonly ReplayMark[] {
  const marks = eachOnce(events).flatMap((event): readonly ReplayMark[] => {
    const kind = markKindOf(event);
    return kind === null ? [] : [{ timeMs: event.kind === 'gap' ? event.fromMs : event.timeMs, kind, event }];
  });
  return marks.sort((a, b) => a.timeMs - b.timeMs);
}

/** Builds that end and what the machine suffered, whatever its level. */
const ownMarks = ['oom-kill', 'stall', 'build-ended'] as const;

function markKindOf(recorded: RecordedEvent): MarkKind | null {
  if (recorded.kind === 'note') return recorded.text === '' ? null : 'note';
  if (recorded.kind !== 'alert') return recorded.kind;
  if (recorded.event.kind === 'guard') return 'action';
  const kind = kindOf(recorded.event);
  if (recorded.event.kind === 'killed') return isForMemory(recorded.event) ? 'oom-kill' : null;
  return ownMarks.find((mark) => mark === kind) ?? (recorded.event.level === 'critical' ? 'critical' : null);
}

/** The next mark after, or before, a moment. */
export function markBeside(marks: readonly ReplayMark[], atMs: number, by: 1 | -1): ReplayMark | null {
  return (
    (by > 0 ? marks.find(({ timeMs }) => timeMs > atMs) : marks.findLast(({ timeMs }) => timeMs < atMs)) ??
    null
  );
}

/** Recorded time for which a note stays, and for which an event is shown. */
const noteForMs = 40_000;
const eventForMs = 8000;

/** What is said of a moment: the last note, which an empty one takes away; else what has just happened. */
export function captionAt(
  events: readonly RecordedEvent[],
  marks: readonly ReplayMark[],
  atMs: number,
): Caption | null {
  const note = events.findLast((event) => event.kind === 'note' && event.timeMs <= atMs);
  if (note?.kind === 'note' && note.text !== '' && atMs - note.timeMs <= noteForMs) {
    return { kind: 'note', text: note.text };
  }
  const mark = marks.findLast(({ kind, timeMs }) => kind !== 'note' && timeMs <= atMs);
  if (mark === undefined || atMs - mark.timeMs > eventForMs) return null;
  return { kind: 'event', event: mark.event };
}

const pressureSeries: readonly (readonly [SeriesId, 'memory' | 'io', 'some' | 'full'])[] = [
  ['memorySomePercent', 'memory', 'some'],
  ['memoryFullPercent', 'memory', 'full'],
  ['ioSomePercent', 'io', 'some'],
  ['ioFullPercent', 'io', 'full'],
];

/** Memory or I/O, whichever is worse: percent, null where neither is known, and what that amounts to. */
export function pressureOfPoint({ max }: TrackPoint): {
  readonly percent: number | null;
  readonly level: Level;
} {
  let percent: number | null = null;
  let level: Level = 'ok';
  for (const [id, resource, which] of pressureSeries) {
    const value = max[id];
    if (value === undefined) continue;
    percent = Math.max(percent ?? 0, value);
    const [warning, critical] = pressureThresholds[resource][which];
    if (value >= critical) level = 'critical';
    else if (value >= warning && level === 'ok') level = 'warning';
  }
  return { percent, level };
}
