/** The streams of a recorded Sample, read: whatever stands there, what comes out is what the fold and the screen expect. */
import { isFields } from '../base/fields.ts';
import { listOf, number, object, oneOf, orNull, type Reader, tagged, text } from '../base/reader.ts';
import type { LeftOut, LogsRaw, StreamOrigin, StreamRaw } from '../model/rebuild/followed.ts';
import { readFacts } from './facts.ts';
import { readEvent, texts } from './read-events.ts';
import { readProblem } from './read-problem.ts';

/** More than a tick brings, whatever it is: at 1 MB a piece some ten thousand lines. */
const mostEvents = 100_000;
/** Of one Sample; those that are followed at a time are a handful. */
const mostStreamsRead = 100;

const origin = tagged<StreamOrigin, 'kind'>('kind', {
  command: { words: texts, pid: orNull(number) },
  stdin: {},
  file: { path: text },
});
const head = object<Pick<StreamRaw, 'id' | 'origin' | 'writers' | 'events'>>({
  id: text,
  origin,
  writers: oneOf('one', 'many'),
  events: listOf(readEvent, mostEvents),
});
const before = oneOf('here', 'earlier');

const stream: Reader<StreamRaw> = (value) => {
  const read = head(value);
  if (read === undefined || !isFields(value)) return undefined;
  const problem = readProblem(value['problem']);
  const lostBytes = number(value['lostBytes']);
  const { checkpoint, becomes } = value;
  const leftOut = leftOutOf(value['leftOut']);
  return {
    ...read,
    ...(problem && { problem }),
    ...(value['early'] === true && { early: true as const }),
    ...(lostBytes && { lostBytes }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(becomes !== undefined && { becomes }),
    ...(leftOut && { leftOut }),
  };
};
const streams = listOf(stream, mostStreamsRead);

/** Counts, by whatever names there are. */
function leftOutOf(value: unknown): LeftOut | undefined {
  if (!isFields(value)) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([, count]) => number(count) !== undefined));
}

/** Null where it has no list of streams at all. */
export function readLogs(value: unknown): LogsRaw | null {
  if (!isFields(value)) return null;
  const read = streams(value['streams']);
  if (read === undefined) return null;
  const known = before(value['before']);
  const { facts, evidence } = value;
  return {
    streams: read,
    ...readFacts(value),
    ...(known && { before: known }),
    ...(facts !== undefined && { facts }),
    ...(evidence !== undefined && { evidence }),
  };
}
