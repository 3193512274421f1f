/** The port of files that others write to, on a real system: plain descriptors, everything on pool threads. */
import * as system from 'node:fs';
import { promisify } from 'node:util';
import { fail, ok, type Result } from '../base/problem.ts';
import { errnoOf } from './errno.ts';
import { type LoadKernel, loadKernel } from './kernel.ts';
import type { StreamFile, StreamFileInfo, StreamFiles } from './ports.ts';
import { createRootPath } from './root-path.ts';
import { createUnderWay } from './under-way.ts';

const { constants } = system;
/** A FIFO that takes a file's place between look and opening must not hold a thread. */
const openFlags = constants.O_NONBLOCK | constants.O_NOCTTY;
/** Not ours to write, or not at all: then it is only read. */
const readOnly = new Set(['EACCES', 'EPERM', 'EROFS']);

/** fallocate(2); everybody but x86 has the number of asm-generic/unistd.h. */
const fallocate: Readonly<Partial<Record<NodeJS.Architecture, number>>> = {
  x64: 285,
  arm64: 47,
  riscv64: 47,
  loong64: 47,
};
/** FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE. */
const punchHole = 0x01 | 0x02;
/** Of `struct statfs` (linux/magic.h): TMPFS_MAGIC, RAMFS_MAGIC. */
const inMemoryTypes = new Set([0x0102_1994, 0x8584_58f6]);
/** st_blocks counts in 512 bytes, whatever the file system. */
const blockBytes = 512;

const open = promisify(system.open);
const stat = promisify(system.stat);
const lstat = promisify(system.lstat);
const fstat = promisify(system.fstat);
const statfs = promisify(system.statfs);
const ftruncate = promisify(system.ftruncate);

/** `root`: as createFiles has it. */
export function createStreamFiles(
  options: { readonly root?: string; readonly kernel?: LoadKernel } = {},
): StreamFiles {
  const { root = '/', kernel = loadKernel } = options;
  const at = createRootPath(root);
  const underWay = createUnderWay();
  const { attempt } = underWay;

  const describe: StreamFiles['describe'] = (path, { followLinks }) =>
    attempt(path, async () => infoOf(await (followLinks ? stat(at(path)) : lstat(at.unfollowed(path)))));

  function of(descriptor: number, where: string, writable: boolean): StreamFile {
    let busy = 0;
    let closing = false;
    const call = async <T>(work: () => Promise<T>): Promise<Result<T>> => {
      if (closing) return fail('gone', where);
      busy += 1;
      const result = await attempt(where, work);
      busy -= 1;
      closeIfIdle();
      return result;
    };
    function closeIfIdle(): void {
      if (closing && busy === 0) system.close(descriptor, () => {});
    }
    return {
      writable,
      describe: () => call(async () => infoOf(await fstat(descriptor))),
      inMemory: async () => {
        // node:fs has no fstatfs(2).
        const found = await call(() => statfs(`/proc/self/fd/${descriptor}`));
        return found.ok && inMemoryTypes.has(found.value.type);
      },
      read: (offset, length) =>
        call(async () => {
          const bytes = new Uint8Array(length);
          return bytes.subarray(0, await readAt(descriptor, bytes, offset));
        }),
      async punch(from, end) {
        const number = fallocate[process.arch];
        const punched = await call(async () => {
          const loaded = await kernel().catch(() => null);
          if (number === undefined || loaded === null) return -1;
          return loaded.callAside(number, descriptor, punchHole, from, end - from);
        });
        if (!punched.ok) return punched;
        return punched.value === 0 ? ok(undefined) : fail('unsupported', where, 'no holes in this file');
      },
      truncate: () => call(() => ftruncate(descriptor, 0)),
      close() {
        if (closing) return;
        closing = true;
        closeIfIdle();
      },
    };
  }

  async function openNow(path: string, flags: number, empties: boolean) {
    if (empties) {
      try {
        return { descriptor: await open(path, flags | constants.O_RDWR), writable: true };
      } catch (error) {
        if (!readOnly.has(errnoOf(error) ?? '')) throw error;
      }
    }
    return { descriptor: await open(path, flags | constants.O_RDONLY), writable: false };
  }

  return {
    describe,
    async open(path, { followLinks, empties }) {
      const seen = await describe(path, { followLinks });
      if (!seen.ok) return seen;
      if (!seen.value.regular) return notRegular(path);
      const opened = await attempt(path, () =>
        followLinks
          ? openNow(at(path), openFlags, empties)
          : openNow(at.unfollowed(path), openFlags | constants.O_NOFOLLOW, empties),
      );
      if (!opened.ok) return opened;
      const file = of(opened.value.descriptor, path, opened.value.writable);
      const info = await file.describe();
      if (info.ok && info.value.regular) return ok(file);
      file.close();
      return info.ok ? notRegular(path) : info;
    },
    of: (descriptor, where, { writable = false } = {}) => of(descriptor, where, writable),
    get pending() {
      return underWay.pending;
    },
  };
}

function notRegular(path: string) {
  return fail('unsupported', path, 'not a regular file');
}

function infoOf(found: system.Stats): StreamFileInfo {
  const { dev, ino, uid, mode, size, blocks } = found;
  return {
    regular: found.isFile(),
    identity: `${dev}:${ino}`,
    uid,
    mode,
    sizeBytes: size,
    allocatedBytes: blocks * blockBytes,
  };
}

function readAt(descriptor: number, bytes: Uint8Array, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    system.read(descriptor, bytes, 0, bytes.length, offset, (error, length) =>
      error ? reject(error) : resolve(length),
    );
  });
}
