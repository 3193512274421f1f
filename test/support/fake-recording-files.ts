/** Recordings as a Map: full, failing or blocked as a test says. */
import { fail, ok, type Problem, type Result } from '../../src/base/problem.ts';
import type { RecordingFiles } from '../../src/platform/ports.ts';

export interface FakeRecordingFiles extends RecordingFiles {
  readonly contents: Map<string, Uint8Array>;
  readonly modifiedMs: Map<string, number>;
  /** What every write answers instead. */
  failure: Problem | null;
  /** Bytes that still fit; what does not fit fails with ENOSPC and leaves its first part. */
  room: number;
  /** Writes wait until they are let go. */
  block(): () => void;
  readonly syncs: number;
  /** Of each file, how much of it has reached the disk. */
  readonly syncedBytes: ReadonlyMap<string, number>;
  pending: number;
}

export function createFakeRecordingFiles(now: () => number = () => 0): FakeRecordingFiles {
  const contents = new Map<string, Uint8Array>();
  const modifiedMs = new Map<string, number>();
  const syncedBytes = new Map<string, number>();
  let gate: Promise<void> | null = null;
  let syncs = 0;

  function append(path: string, bytes: Uint8Array): void {
    const before = contents.get(path) ?? new Uint8Array();
    contents.set(path, Buffer.concat([before, bytes]));
    modifiedMs.set(path, now());
  }

  const files: FakeRecordingFiles = {
    contents,
    modifiedMs,
    syncedBytes,
    failure: null,
    room: Number.POSITIVE_INFINITY,
    pending: 0,
    get syncs() {
      return syncs;
    },
    block() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = null;
        resolve();
      };
    },
    async list(directory) {
      if (contents.has(directory)) return fail('malformed', directory, 'ENOTDIR');
      const paths = Array.from(contents.keys()).filter((path) => path.startsWith(`${directory}/`));
      return ok(paths.map((path) => path.slice(directory.length + 1)));
    },
    async describe(path) {
      const bytes = contents.get(path);
      if (bytes === undefined) return fail('gone', path);
      return ok({ sizeBytes: bytes.length, modifiedMs: modifiedMs.get(path) ?? 0 });
    },
    async create(path) {
      await gate;
      if (files.failure !== null) return { ok: false, problem: files.failure };
      if (contents.has(path)) return fail('malformed', path, 'EEXIST');
      append(path, new Uint8Array());
      return ok({
        write: async (bytes) => write(path, bytes),
        async sync() {
          syncs += 1;
          syncedBytes.set(path, contents.get(path)?.length ?? 0);
          return ok(undefined);
        },
        linked: async () => ok(contents.has(path)),
        close: async () => ok(undefined),
      });
    },
    async open(path) {
      const bytes = () => contents.get(path) ?? new Uint8Array();
      if (!contents.has(path)) return fail('gone', path);
      return ok({
        size: async () => ok(bytes().length),
        read: async (offset, length) => ok(bytes().slice(offset, offset + length)),
        close: async () => {},
      });
    },
    async remove(path) {
      contents.delete(path);
      return ok(undefined);
    },
  };

  async function write(path: string, bytes: Uint8Array): Promise<Result<void>> {
    await gate;
    if (files.failure !== null) return { ok: false, problem: files.failure };
    if (!contents.has(path)) return ok(undefined);
    const fits = bytes.subarray(0, Math.min(bytes.length, files.room));
    append(path, fits);
    files.room -= fits.length;
    return fits.length === bytes.length ? ok(undefined) : fail('denied', path, 'ENOSPC');
  }

  return files;
}
