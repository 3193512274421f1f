/** Opens a recording for reading: one segment, or a directory of them. */
import { zstdDecompress } from 'node:zlib';
import { fail, ok, type Problem, type Result } from '../base/problem.ts';
import type { RecordedEvent } from '../model/past/recorded.ts';
import type { RecordingFiles } from '../platform/ports.ts';
import { extension } from './format.ts';
import type { Damage, RecordedChunk, Recording } from './recording.ts';
import { openSegment, type SegmentReader } from './segment-reader.ts';

/**
 * `path`: a segment or a directory. What cannot be read in it is damage; a Problem when there is nothing
 * at all that can.
 */
export async function openRecording(files: RecordingFiles, path: string): Promise<Result<Recording>> {
  // Node before 22.15, where somebody runs us on their own.
  if (typeof zstdDecompress !== 'function') return fail('unsupported', path, 'needs Node 22.15 or newer');
  const listed = await files.list(path);
  const segments = new Map<string, SegmentReader>();
  /** Why there is no reader for it. */
  const refused = new Map<string, Problem>();

  async function add(file: string): Promise<void> {
    const segment = await openSegment(files, file);
    if (segment.ok) segments.set(file, segment.value);
    else refused.set(file, segment.problem);
  }

  if (!listed.ok) {
    await add(path);
    const [problem] = refused.values();
    if (problem) return { ok: false, problem };
  } else for (const file of segmentsIn(path, listed.value)) await add(file);

  let chunks: readonly RecordedChunk[] = [];
  let events: readonly RecordedEvent[] = [];

  function gather(): void {
    const all = Array.from(segments.values());
    chunks = inOrder(all);
    events = all.flatMap((segment) => segment.events).toSorted((a, b) => a.timeMs - b.timeMs);
  }

  gather();
  if (chunks.length === 0) {
    const [[, problem] = []] = refused;
    const why =
      refused.size === 1 ? problem?.cause : `nothing recorded in ${listed.ok ? 'this directory' : 'it'}`;
    return fail(refused.size === 1 ? (problem?.kind ?? 'malformed') : 'gone', path, why);
  }
  return ok({
    get chunks() {
      return chunks;
    },
    get events() {
      return events;
    },
    get damage() {
      const unread = Array.from(refused, ([file, { kind, cause }]): Damage => {
        return { file, offset: 0, bytes: 0, what: cause ?? kind };
      });
      return [...unread, ...Array.from(segments.values()).flatMap(({ damage }) => damage)];
    },
    title: path,
    async refresh() {
      for (const segment of segments.values()) await segment.refresh();
      const again = listed.ok ? await files.list(path) : listed;
      if (again.ok) {
        const there = new Set(segmentsIn(path, again.value));
        for (const file of there) if (!segments.has(file)) await add(file);
        // Old ones go while one reads.
        for (const file of segments.keys()) if (!there.has(file)) segments.delete(file);
        for (const file of refused.keys()) if (!there.has(file) || segments.has(file)) refused.delete(file);
      }
      gather();
    },
  });
}

/** By time; but those of one writer stay in their order. */
function inOrder(segments: readonly SegmentReader[]): RecordedChunk[] {
  const written = segments.toSorted((a, b) => a.part - b.part).flatMap(({ chunks }) => chunks);
  const latest = new Map<string, number>();
  const placed = written.map((chunk) => {
    const atMs = Math.max(chunk.point.fromMs, latest.get(chunk.writer) ?? Number.NEGATIVE_INFINITY);
    latest.set(chunk.writer, atMs);
    return { chunk, atMs };
  });
  return placed.toSorted((a, b) => a.atMs - b.atMs).map(({ chunk }) => chunk);
}

function segmentsIn(directory: string, names: readonly string[]): string[] {
  const segments = names.filter((name) => name.endsWith(extension));
  return segments.toSorted().map((name) => `${directory}/${name}`);
}
