/**
 * Our recording of the last half hour, copied without what is secret in it: the newest chunk first, each a segment of
 * its own, so that a deadline takes the oldest.
 */
import { fail, ok, type Result } from '../base/problem.ts';
import type { RecordedEvent } from '../model/past/recorded.ts';
import type { TrackPoint } from '../model/past/track.ts';
import type { Sample } from '../model/sample.ts';
import { sumUp } from '../record/derive-recorded.ts';
import type { RecordedChunk, Recording } from '../record/recording.ts';
import { wholeSegment } from '../record/whole-segment.ts';
import type { GatherContext, SourceRow } from './source.ts';

export interface RecordingSourceOptions {
  /** Where it is, as a person would look for it. */
  readonly from: string;
  readonly open: () => Promise<Result<Recording>>;
  /** What was looked at meanwhile, once that is over: all there is where nobody recorded. */
  readonly looked: Promise<readonly Sample[]>;
  /** Of nixpulse. */
  readonly version: string;
}

export const recordingFolder = 'recording';
const lookBackMs = 31 * 60_000;
/** Whoever writes it is at work still. */
const freshMs = 30_000;
const mostBytes = 48 << 20;

export function recordingSource(options: RecordingSourceOptions): SourceRow {
  return {
    id: 'recording',
    what: 'what nixpulse recorded of the last half hour: nixpulse replay shows it from the archive',
    from: options.from,
    stage: 'own',
    timeMs: 40_000,
    mostBytes,
    redaction: 'done',
    gather: (context) => gatherRecording(context, options),
  };
}

async function gatherRecording(
  context: GatherContext,
  options: RecordingSourceOptions,
): Promise<Result<void>> {
  const { facts, emit, miss, ended } = context;
  const opened = await options.open();
  const chunks = opened.ok
    ? opened.value.chunks.filter(({ point }) => point.toMs >= facts.startedMs - lookBackMs)
    : [];
  const events = opened.ok
    ? opened.value.events.filter(({ timeMs }) => timeMs >= facts.startedMs - lookBackMs)
    : [];
  if (!opened.ok && opened.problem.kind !== 'gone') miss(opened.problem);
  const writers = [...new Set(chunks.map(({ writer }) => writer))];
  const { value } = context.redact.remembering();
  let taken = 0;
  for (const [back, chunk] of chunks.toReversed().entries()) {
    if (ended.aborted || taken > mostBytes) {
      miss({
        kind: 'timeout',
        where: 'recording',
        cause: `the oldest ${chunks.length - back} minutes are not in it`,
      });
      break;
    }
    const samples = await chunk.load();
    if (samples.length === 0) continue;
    const at = chunks.length - back;
    const segment = await wholeSegment({
      header: headerOf(options, writers.indexOf(chunk.writer), at, chunk.point.fromMs),
      samples: samples.map((sample) => value(sample)),
      point: value(chunk.point),
      events: back === 0 ? events.map((event) => value(event)) : [],
    });
    taken += segment.bytes.length;
    emit({ name: nameOf(chunk, at), body: segment.bytes });
  }
  const newestMs = Math.max(...chunks.map(({ point }) => point.toMs));
  if (newestMs >= facts.startedMs - freshMs) return ok(undefined);
  return addLooked(context, options, events, chunks.length);
}

async function addLooked(
  { redact, emit }: GatherContext,
  options: RecordingSourceOptions,
  events: readonly RecordedEvent[],
  before: number,
): Promise<Result<void>> {
  const samples = (await options.looked).map((sample) => redact.value(sample));
  const point = sumUp(samples);
  if (point === null) return before > 0 ? ok(undefined) : fail('gone', options.from, 'nothing was recorded');
  const at = before + 1;
  const header = headerOf(options, at, 1, point.fromMs);
  const segment = await wholeSegment({
    header,
    samples,
    point,
    events: before === 0 ? events.map((one) => redact.value(one)) : [],
  });
  emit({ name: nameOf({ point }, at), body: segment.bytes });
  return ok(undefined);
}

/** Who wrote it is told apart by number: the name of a run has the host in it. */
function headerOf({ version }: RecordingSourceOptions, writer: number, part: number, startedMs: number) {
  return { writer: version, hostName: null, startedMs, run: `bundle-${writer + 1}`, part };
}

function nameOf(
  { point }: { readonly point: TrackPoint } | Pick<RecordedChunk, 'point'>,
  at: number,
): string {
  const time = new Date(point.fromMs).toISOString().replace(/[-:.]/g, '');
  return `${recordingFolder}/${time}-1-${at}.nixpulse`;
}
