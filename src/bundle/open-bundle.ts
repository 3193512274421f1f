/** Opens a bundle for reading: the recording in it, as files that are in memory alone. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createTarDecoder } from 'modern-tar';
import { fail, ok, type Result } from '../base/problem.ts';
import type { ReadableFile, RecordingFiles } from '../platform/ports.ts';
import { extension } from '../record/format.ts';
import { journalName } from './own.ts';
import { recordingFolder } from './recording.ts';

/** Whoever made it may be anybody: what is taken of it is bounded, whatever it says of itself. */
const mostArchiveBytes = 512 << 20;
const mostUnpackedBytes = 2 ** 31;
const mostRecordingBytes = 256 << 20;
const mostSegments = 1024;
const mostJournalBytes = 4 << 20;
const pieceBytes = 64 << 10;

export interface OpenedBundle {
  /** What openRecording reads it through. */
  readonly files: RecordingFiles;
  /** Where the recording is, for it. */
  readonly path: string;
  /** Its journal of actions, JSON lines; null: there is none. */
  readonly journal: string | null;
  /** The archive ends in the midst of something: it was not finished. */
  readonly cut: boolean;
}

/** `gone`: there is no recording in it. */
export async function openBundle(files: RecordingFiles, path: string): Promise<Result<OpenedBundle>> {
  const opened = await files.open(path);
  if (!opened.ok) return opened;
  const segments = new Map<string, Uint8Array>();
  const told: { journal: string | null } = { journal: null };
  const cut = await readSegments(opened.value, segments, told);
  await opened.value.close();
  if (segments.size === 0)
    return cut === null ? fail('gone', path, 'no recording in this bundle') : fail('malformed', path, cut);
  return ok({ files: inMemory(segments, path), path, journal: told.journal, cut: cut !== null });
}

/** Why it is not whole; null: it is. */
async function readSegments(
  file: ReadableFile,
  into: Map<string, Uint8Array>,
  told: { journal: string | null },
): Promise<string | null> {
  const gunzip = createGunzip();
  let unpacked = 0;
  const bounded = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      unpacked += piece.length;
      if (unpacked > mostUnpackedBytes) controller.error(new Error('it is too large'));
      else controller.enqueue(piece);
    },
  });
  // It takes no more of it than is read here, however much a piece unpacks to.
  const source = Readable.toWeb(gunzip) as ReadableStream<Uint8Array>;
  const feeding = feed(file, gunzip);
  let taken = 0;
  try {
    const entries = source.pipeThrough(bounded).pipeThrough(createTarDecoder());
    for await (const { header, body } of entries) {
      const [name, folder] = header.name.split('/').toReversed();
      if (isJournal(header.name) && header.type === 'file' && header.size <= mostJournalBytes) {
        told.journal ??= await new Response(body).text();
        continue;
      }
      const isSegment =
        folder === recordingFolder && name?.endsWith(extension) === true && header.type === 'file';
      if (
        name === undefined ||
        !isSegment ||
        into.size >= mostSegments ||
        taken + header.size > mostRecordingBytes
      ) {
        await body.cancel();
        continue;
      }
      const bytes = new Uint8Array(await new Response(body).arrayBuffer());
      taken += bytes.length;
      into.set(name, bytes);
    }
    await feeding;
    return null;
  } catch (error) {
    gunzip.destroy();
    return error instanceof Error ? error.message : String(error);
  }
}

/** Below the folder that all of it lies in. */
function isJournal(name: string): boolean {
  return name.split('/').slice(1).join('/') === journalName;
}

/** As it takes it, piece by piece. */
async function feed(file: ReadableFile, gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  for (let at = 0; at < mostArchiveBytes && !gunzip.destroyed; ) {
    const piece = await file.read(at, pieceBytes);
    if (!piece.ok || piece.value.length === 0) break;
    at += piece.value.length;
    await new Promise<void>((resolve) => gunzip.write(piece.value, () => resolve()));
  }
  if (!gunzip.destroyed) gunzip.end();
}

function inMemory(segments: ReadonlyMap<string, Uint8Array>, directory: string): RecordingFiles {
  const bytesAt = (path: string) => segments.get(path.slice(directory.length + 1));
  const unwritable = async (path: string) => fail('unsupported', path, 'a bundle is only read');
  return {
    list: async () => ok([...segments.keys()]),
    async describe(path) {
      const bytes = bytesAt(path);
      return bytes === undefined ? fail('gone', path) : ok({ sizeBytes: bytes.length, modifiedMs: 0 });
    },
    async open(path) {
      const bytes = bytesAt(path);
      if (bytes === undefined) return fail('gone', path);
      return ok({
        size: async () => ok(bytes.length),
        read: async (offset, length) => ok(bytes.subarray(offset, offset + length)),
        close: async () => {},
      });
    },
    create: unwritable,
    remove: unwritable,
    pending: 0,
  };
}
