/** A recording of two hours with a gap in it, as the state has it. */
import type { ModelEvent } from '../../src/model/model.ts';
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import { marksOf, type ReplayState } from '../../src/model/past/replay.ts';
import type { TrackPoint } from '../../src/model/past/track.ts';
import { journalEntry } from './journal-entry.ts';
import { fixtureTimeMs } from './model-fixture.ts';

const minute = 60_000;
/** The model fixtures' time lies 80 minutes after it. */
export const replayFromMs = fixtureTimeMs - 80 * minute;

/** Calm, then memory rises to its worst at minute 80, an hour without anything, calm again. */
export const replaySummary: readonly TrackPoint[] = Array.from({ length: 100 }, (_, index): TrackPoint => {
  const fromMs = replayFromMs + index * minute + (index >= 90 ? 60 * minute : 0);
  const rises = Math.max(0, Math.min(index - 40, 40));
  const max = index >= 90 ? 3 : rises * 2.2;
  return {
    fromMs,
    toMs: fromMs + 59_500,
    max: { memorySomePercent: max, memoryFullPercent: max * 0.6, ioSomePercent: index % 9 },
    builds: [],
  };
});

export function replayOf(over: Partial<ReplayState> = {}): ReplayState {
  const at = (minutes: number) => replayFromMs + minutes * minute;
  return {
    title: '/var/lib/nixpulse',
    fromMs: replayFromMs,
    toMs: replaySummary.at(-1)?.toMs ?? 0,
    atMs: fixtureTimeMs,
    playing: false,
    speed: 1,
    ended: false,
    summary: replaySummary,
    marks: marksOf(recordedEvents(at)),
    caption: null,
    longestNote: 0,
    canReturn: false,
    live: null,
    damaged: 0,
    ...over,
  };
}

function recordedEvents(at: (minutes: number) => number): readonly RecordedEvent[] {
  const alert = (minutes: number, facts: Facts): RecordedEvent => {
    const timeMs = at(minutes);
    return { kind: 'alert', timeMs, event: { timeMs, ...facts } };
  };
  return [
    alert(20, {
      kind: 'build-ended',
      level: 'ok',
      pid: 880,
      startTime: 26_000,
      name: 'hello-2.12.1',
      user: 'nixbld1',
      ageSec: 180,
    }),
    alert(67, { kind: 'pressure', level: 'critical', resource: 'memory', line: 'full', percent: 41 }),
    alert(75, { kind: 'stall', level: 'critical', device: 'nvme0n1', stalledSec: 2.1 }),
    alert(82, { kind: 'oom-kill', level: 'critical', count: 1 }),
    {
      kind: 'action',
      timeMs: at(85),
      entry: journalEntry({ user: 'alice', summary: 'killed firefox-130.0' }),
    },
    { kind: 'gap', timeMs: at(88), fromMs: at(88), samples: 12, why: 'disk too slow' },
    { kind: 'note', timeMs: at(155), text: 'calm again' },
  ];
}
type FactsOf<Event> = Event extends ModelEvent ? Omit<Event, 'timeMs'> : never;
type Facts = FactsOf<ModelEvent>;
