/**
 * The bytes of one stream until the next tick takes their events. They are read in large pieces, so that what came
 * between two ticks is joined (parse/log-batch.ts); of a flood a part is read at once, so that no more than that is held.
 */
import { joinBytes } from '../base/join-bytes.ts';
import type { Problem } from '../base/problem.ts';
import type { StreamRaw } from '../model/rebuild/followed.ts';
import type { LogEvent } from '../model/rebuild/log-event.ts';
import { endLog, type LogRead, newLogReader, newLogReaderOfMany, readLog } from '../parse/read-log.ts';

export interface StreamBuffer {
  /** The next bytes; they belong to the buffer from then on. `early`: written before the stream was followed. */
  push(bytes: Uint8Array, early?: boolean): void;
  /** Bytes that nobody could read, 0: nobody knows how many. What is left of a line before them is given up. */
  lost(bytes: number): void;
  /** The stream is over; what comes after is not looked at. */
  end(exitCode: number | null): void;
  /** Why it is not followed any more. */
  fail(problem: Problem): void;
  take(): StreamRaw | null;
}

/** Held until a tick comes; more is read at once. */
const mostBytes = 1 << 20;

export function createStreamBuffer(stream: Pick<StreamRaw, 'id' | 'origin' | 'writers'>): StreamBuffer {
  const newReader = stream.writers === 'many' ? newLogReaderOfMany : newLogReader;
  let reader = newReader;
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  let events: readonly LogEvent[] = [];
  let lostBytes = 0;
  let problem: Problem | null = null;
  let ended = false;
  let early = false;
  /** What was early, until it is taken. */
  let before: StreamRaw | null = null;

  function keep(read: LogRead): void {
    reader = read.reader;
    events = events.length === 0 ? read.events : [...events, ...read.events];
  }

  function read(): void {
    if (bytes === 0) return;
    const whole = joinBytes(pieces);
    pieces = [];
    bytes = 0;
    keep(readLog(reader, whole));
  }

  function takeNow(): StreamRaw | null {
    read();
    if (events.length === 0 && problem === null && lostBytes === 0) return null;
    const taken: StreamRaw = {
      ...stream,
      events,
      ...(early && { early }),
      ...(problem && { problem }),
      ...(lostBytes > 0 && { lostBytes }),
    };
    events = [];
    problem = null;
    lostBytes = 0;
    return taken;
  }

  return {
    push(more, isEarly = false) {
      if (ended || more.length === 0) return;
      if (early && !isEarly) before = takeNow();
      early = isEarly;
      pieces.push(more);
      bytes += more.length;
      if (bytes >= mostBytes) read();
    },
    lost(more) {
      if (ended) return;
      read();
      reader = newReader;
      lostBytes += more;
    },
    end(exitCode) {
      if (ended) return;
      read();
      keep(endLog(reader, exitCode));
      ended = true;
    },
    fail(why) {
      problem = why;
    },
    take() {
      const taken = before ?? takeNow();
      before = null;
      return taken;
    },
  };
}
