/** The port of recordings on a real disk: everything asynchronous, and as long as the disk takes. */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, ok } from '../base/problem.ts';
import { errnoOf } from './errno.ts';
import type { ReadableFile, RecordingFiles, WritableFile } from './ports.ts';
import { createUnderWay } from './under-way.ts';

/** What is recorded names users, paths and commands: the user's own business. */
const directoryMode = 0o700;
const fileMode = 0o600;
const createFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND;
/** A FIFO where a recording is expected must not hold a thread. */
const openFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

export function createRecordingFiles(): RecordingFiles {
  const underWay = createUnderWay();
  const { attempt } = underWay;

  function writable(handle: FileHandle, path: string): WritableFile {
    let sizeBytes = 0;
    return {
      write: (bytes) =>
        attempt(path, async () => {
          try {
            await writeAll(handle, bytes);
          } catch (error) {
            // Whole records only: what a full disk took of this one goes again, where it can.
            await handle.truncate(sizeBytes).catch(() => {});
            throw error;
          }
          sizeBytes += bytes.length;
        }),
      sync: () => attempt(path, () => handle.datasync()),
      linked: () => attempt(path, async () => (await handle.stat()).nlink > 0),
      close: () => attempt(path, () => handle.close()),
    };
  }

  return {
    list: (directory) =>
      attempt(directory, async () => {
        const entries = await readdir(directory, { withFileTypes: true });
        return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
      }),
    describe: (path) =>
      attempt(path, async () => {
        const { size, mtimeMs } = await stat(path);
        return { sizeBytes: size, modifiedMs: mtimeMs };
      }),
    create: (path) =>
      attempt(path, async () => {
        await makeDirectory(dirname(path));
        return writable(await open(path, createFlags, fileMode), path);
      }),
    async open(path) {
      const opened = await attempt(path, () => open(path, openFlags));
      if (!opened.ok) return opened;
      const handle = opened.value;
      const file = await attempt(path, async () => (await handle.stat()).isFile());
      if (file.ok && file.value) return ok(readable(handle, path));
      await attempt(path, () => handle.close());
      return file.ok ? fail('malformed', path, 'not a file') : file;
    },
    remove: (path) => attempt(path, () => rm(path, { force: true })),
    get pending() {
      return underWay.pending;
    },
  };

  function readable(handle: FileHandle, path: string): ReadableFile {
    return {
      size: () => attempt(path, async () => (await handle.stat()).size),
      read: (offset, length) =>
        attempt(path, async () => {
          const bytes = new Uint8Array(length);
          let filled = 0;
          try {
            while (filled < length) {
              const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
              if (bytesRead === 0) break;
              filled += bytesRead;
            }
          } catch (error) {
            if (filled === 0) throw error;
          }
          return bytes.subarray(0, filled);
        }),
      async close() {
        await attempt(path, () => handle.close());
      },
    };
  }
}

/** With its parents. Node's own `recursive` never comes back where a file system makes none (/proc). */
async function makeDirectory(path: string, withParents = true): Promise<void> {
  try {
    await mkdir(path, directoryMode);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || !withParents || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await makeDirectory(path, false);
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, null);
    written += bytesWritten;
  }
}
