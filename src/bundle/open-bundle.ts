/** Opens a bundle for reading: the recording in it, as files that are in memory alone. */
import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { unpackTar } from 'modern-tar';
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
}

/** `gone`: there is no recording in it. One that was not finished gives what there is of it. */
export async function openBundle(files: RecordingFiles, path: string): Promise<Result<OpenedBundle>> {
  const opened = await files.open(path);
  if (!opened.ok) return opened;
  const read = await readParts(opened.value, path);
  await opened.value.close();
  if (!read.ok) return read;
  const { segments, journal } = read.value;
  if (segments.size === 0) return fail('gone', path, 'no recording in this bundle');
  return ok({ files: inMemory(segments, path), path, journal });
}

interface Parts {
  readonly segments: ReadonlyMap<string, Uint8Array>;
  readonly journal: string | null;
}

async function readParts(file: ReadableFile, path: string): Promise<Result<Parts>> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
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
  void feed(file, gunzip);
  let taken = 0;
  let count = 0;
  try {
    const entries = await unpackTar(source.pipeThrough(bounded), {
      filter({ name, type, size = 0 }) {
        if (type !== 'file') return false;
        if (isJournal(name)) return size <= mostJournalBytes;
        if (segmentIn(name) === null || taken + size > mostRecordingBytes) return false;
        taken += size;
        count += 1;
        return count <= mostSegments;
      },
    });
    const segments = entries.flatMap(({ header, data }) => {
      const name = segmentIn(header.name);
      return name === null || data === undefined ? [] : [[name, data] as const];
    });
    const journal = entries.find(({ header }) => isJournal(header.name))?.data;
    return ok({
      segments: new Map(segments),
      journal: journal === undefined ? null : Buffer.from(journal).toString('utf8'),
    });
  } catch (error) {
    gunzip.destroy();
    return fail('malformed', path, error instanceof Error ? error.message : String(error));
  }
}

/** `nixpulse-…/recording/20261129T221001123Z-1-7.nixpulse`: its last part. */
function segmentIn(name: string): string | null {
  const [last = '', folder] = name.split('/').toReversed();
  return folder === recordingFolder && last.endsWith(extension) ? last : null;
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
