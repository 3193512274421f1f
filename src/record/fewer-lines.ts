/** Log lines of one tick as a recording keeps them: the last ones of each build, all together bounded. */
import { colouredLine } from '../base/coloured-line.ts';
import type { StreamRaw } from '../model/rebuild/followed.ts';
import type { LogEvent } from '../model/rebuild/log-event.ts';

/** Of each build, the first of these with which all are few enough. */
const linesOfTick = [20, 10, 5, 2, 1, 0] as const;
/** A build that stops is looked at for its last words. */
const moreAtEnd = 5;
const longestLine = 500;
/** Of all lines of a tick: a second of 150 compiled files. */
const mostCharacters = 16_384;

/** How many there were stays in their events. */
export function withFewerLines(streams: readonly StreamRaw[]): readonly StreamRaw[] {
  let fewer = streams;
  for (const most of linesOfTick) {
    fewer = streams.map((stream) => lastLinesOf(stream, most));
    if (charactersOf(fewer) <= mostCharacters) break;
  }
  return fewer;
}

function lastLinesOf(stream: StreamRaw, most: number): StreamRaw {
  const stopped = new Set(stream.events.flatMap((event) => (event.kind === 'stop' ? event.id : [])));
  let left = 0;
  const events = stream.events.map((event): LogEvent => {
    if (event.kind !== 'lines' && event.kind !== 'output') return event;
    const kept = event.kind === 'lines' && stopped.has(event.id) ? most * moreAtEnd : most;
    if (event.lines.length <= kept && event.lines.every((line) => line.length <= longestLine)) return event;
    const first = Math.max(0, event.lines.length - kept);
    left += first;
    return { ...event, lines: event.lines.slice(first).map((line) => colouredLine(line, longestLine)) };
  });
  return { ...stream, events, ...(left > 0 && { leftOut: { lines: left } }) };
}

function charactersOf(streams: readonly StreamRaw[]): number {
  let characters = 0;
  for (const { events } of streams)
    for (const event of events)
      if (event.kind === 'lines' || event.kind === 'output')
        for (const line of event.lines) characters += line.length;
  return characters;
}
