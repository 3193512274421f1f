/** A recording of two hours with a gap in it, as the state has it. */
import type { ReplayState } from '../../src/model/past/replay.ts';
import type { TrackPoint } from '../../src/model/past/track.ts';
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
    marks: [
      { timeMs: at(20), kind: 'build-ended', text: 'ended hello-2.12.1 after 3 min (nixbld1)' },
      { timeMs: at(67), kind: 'critical', text: 'memory critical: full 41%' },
      { timeMs: at(75), kind: 'stall', text: 'io critical: nvme0n1 STALLED 2.1s' },
      { timeMs: at(82), kind: 'oom-kill', text: 'out of memory: the kernel killed 1 process' },
      { timeMs: at(85), kind: 'action', text: 'alice: killed firefox-130.0' },
      { timeMs: at(88), kind: 'gap', text: '12 samples lost: disk too slow' },
      { timeMs: at(155), kind: 'note', text: 'calm again' },
    ],
    caption: null,
    longestNote: 0,
    canReturn: false,
    live: null,
    damaged: 0,
    ...over,
  };
}
