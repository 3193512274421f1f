/** A segment as it is read: its chunks and events, from its index or by looking through it once. */
import { fail, ok, type Result } from '../base/problem.ts';
import type { RecordedEvent } from '../model/past/recorded.ts';
import type { TrackPoint } from '../model/past/track.ts';
import type { Sample } from '../model/sample.ts';
import type { ReadableFile, RecordingFiles } from '../platform/ports.ts';
import { readEvent, readSummary } from './bodies.ts';
import { sumUp } from './derive-recorded.ts';
import { recordKinds } from './format.ts';
import { segmentMagic } from './frame.ts';
import { readChunk } from './read-chunk.ts';
import type { Damage, RecordedChunk } from './recording.ts';
import { type Scanned, type ScanState, scanFrom } from './scan.ts';
import { scanFile } from './scan-file.ts';
import { readHead, readSegmentIndex, type SegmentHead } from './segment-ends.ts';

/** A file that has neither our name at its start nor a record within this is not ours. */
const foreignBytes = 1 << 20;

export interface SegmentReader {
  /** Where it stands among the segments of its writer. */
  readonly part: number;
  readonly chunks: readonly RecordedChunk[];
  readonly events: readonly RecordedEvent[];
  readonly damage: readonly Damage[];
  /** Reads what was added. */
  refresh(): Promise<Result<void>>;
}

interface Found {
  /** Of its key record. */
  readonly offset: number;
  /** False: more of it may come. */
  over: boolean;
  /** Null until it is summed up. */
  chunk: RecordedChunk | null;
}

type FileDamage = Omit<Damage, 'file'>;

/** Nothing is kept open between its uses. */
export async function openSegment(files: RecordingFiles, path: string): Promise<Result<SegmentReader>> {
  let found: Found[] = [];
  let events: RecordedEvent[] = [];
  /** By offset: what is found twice counts once. */
  let damage = new Map<number, FileDamage>();
  let tail: FileDamage | null = null;
  let state: ScanState = scanFrom(segmentMagic.length);
  let writer = path;
  let part = 0;
  /** Of the file when it was last looked at; null: not yet. */
  let knownBytes: number | null = null;

  async function withFile<T>(work: (file: ReadableFile, sizeBytes: number) => Promise<Result<T>>) {
    const opened = await files.open(path);
    if (!opened.ok) return opened;
    const file = opened.value;
    const size = await file.size();
    const result = size.ok ? await work(file, size.value) : size;
    await file.close();
    return result;
  }

  async function load(offset: number): Promise<readonly Sample[]> {
    const read = await withFile(async (file, size) => ok(await readChunk(file, offset, size)));
    const { samples, damage: found } = read.ok
      ? read.value
      : { samples: [], damage: [{ offset, bytes: 0, what: read.problem.cause ?? read.problem.kind }] };
    // What is at the end of the file may be whole by the next look.
    for (const one of found) if (one.offset !== tail?.offset) damage.set(one.offset, one);
    return samples;
  }

  /** A chunk as its summary in the file has it, which is checked when it is loaded. */
  function summedUp(offset: number, point: TrackPoint): RecordedChunk {
    const isWithin = ({ timeMs }: Sample) => timeMs >= point.fromMs && timeMs <= point.toMs;
    return {
      writer,
      point,
      async load() {
        const samples = await load(offset);
        const what = 'its summary tells of other times';
        if (!samples.every(isWithin)) damage.set(offset, { offset, bytes: 0, what });
        return samples;
      },
    };
  }

  /** One without a summary in the file: while it is written, more of it is loaded than was summed up. */
  function growing(offset: number, point: TrackPoint): RecordedChunk {
    return { writer, point, load: () => load(offset) };
  }

  function take(scanned: Scanned): void {
    if (scanned.what === 'damage') {
      const { offset, bytes, why } = scanned;
      if (scanned.tail) tail = { offset, bytes, what: why };
      else damage.set(offset, { offset, bytes, what: why });
      return;
    }
    const { kind, offset, body } = scanned;
    const last = found.at(-1);
    if (kind === recordKinds.key) {
      if (last) last.over = true;
      found.push({ offset, over: false, chunk: null });
    } else if (kind === recordKinds.chunk && last) {
      const summary = readSummary(body);
      last.over = true;
      if (summary?.offset === last.offset) last.chunk = summedUp(last.offset, summary.point);
    } else if (kind === recordKinds.event) {
      const event = readEvent(body);
      if (event !== null) events.push(event);
    }
  }

  /** `head`: null where it is known to be ours. */
  async function lookThrough(
    file: ReadableFile,
    sizeBytes: number,
    head: SegmentHead | null,
  ): Promise<Result<void>> {
    tail = null;
    let isOurs = head === null || head.named;
    for await (const scanned of scanFile(file, state, sizeBytes)) {
      take(scanned);
      isOurs ||= scanned.what === 'record';
      if (!isOurs && state.offset > foreignBytes) break;
    }
    if (isOurs) return ok(undefined);
    return head?.unread
      ? { ok: false, problem: head.unread }
      : fail('malformed', path, 'not a recording of nixpulse');
  }

  async function look(file: ReadableFile, sizeBytes: number): Promise<Result<void>> {
    if (sizeBytes === knownBytes) return ok(undefined);
    // Without a head yet, or cut back by its writer.
    const isFirst = !knownBytes || sizeBytes < state.offset;
    knownBytes = sizeBytes;
    if (!isFirst) return lookThrough(file, sizeBytes, null);
    [found, events, damage, state] = [[], [], new Map(), scanFrom(segmentMagic.length)];
    if (sizeBytes === 0) return ok(undefined);
    const head = await readHead(file, path);
    if (!head.ok) return head;
    ({ run: writer, part } = head.value);
    const index = await readSegmentIndex(file, sizeBytes);
    if (index === null) return lookThrough(file, sizeBytes, head.value);
    found = index.chunks.map(({ offset, point }) => ({ offset, over: true, chunk: summedUp(offset, point) }));
    events = [...index.events];
    state = scanFrom(sizeBytes);
    return ok(undefined);
  }

  async function refresh(): Promise<Result<void>> {
    const before = knownBytes;
    const looked = await withFile(look);
    if (!looked.ok || before === knownBytes) return looked;
    for (const one of found) {
      if (one.over && one.chunk !== null) continue;
      const point = sumUp(await load(one.offset));
      one.chunk = point && growing(one.offset, point);
    }
    return looked;
  }

  const first = await refresh();
  if (!first.ok) return first;
  return ok({
    get part() {
      return part;
    },
    get chunks() {
      return found.flatMap(({ chunk }) => chunk ?? []);
    },
    get events() {
      return events;
    },
    get damage() {
      const all = tail === null ? damage.values() : [...damage.values(), tail];
      return Array.from(all, (one) => ({ file: path, ...one }));
    },
    refresh,
  });
}
