/** Files that others write to, in memory: with holes, without them, denied, hanging, as a test says. */
import { fail, ok, type Problem, type Result } from '../../src/base/problem.ts';
import type { StreamFile, StreamFileInfo, StreamFiles } from '../../src/platform/ports.ts';

export interface FakeFile {
  bytes: Buffer;
  uid: number;
  mode: number;
  regular: boolean;
  writable: boolean;
  inMemory: boolean;
  /** False: fallocate(2) is not supported. */
  holes: boolean;
  readonly inode: number;
}

export interface FakeStreamFiles extends StreamFiles {
  readonly byPath: Map<string, FakeFile>;
  /** Opening a path answers this instead. */
  readonly problems: Map<string, Problem>;
  /** A new file at the path, in the place of what was there. */
  create(path: string, text?: string, how?: Partial<FakeFile>): FakeFile;
  append(file: FakeFile, text: string): void;
  /** Calls wait until they are let go. */
  block(): () => void;
  /** Called right before a file is cut. */
  beforeCut: () => void;
  readonly calls: string[];
  /** Handles that are not closed. */
  openFiles: number;
  handleOf(file: FakeFile): StreamFile;
}

export function createFakeStreamFiles(): FakeStreamFiles {
  let inodes = 0;
  let gate: Promise<void> | null = null;
  const byPath = new Map<string, FakeFile>();
  const problems = new Map<string, Problem>();
  const calls: string[] = [];

  async function call<T>(name: string, answer: () => Result<T>): Promise<Result<T>> {
    calls.push(name);
    await gate;
    return answer();
  }

  function handle(file: FakeFile, where: string): StreamFile {
    let closed = false;
    files.openFiles += 1;
    return {
      writable: file.writable,
      describe: () => call('fstat', () => ok(infoOf(file))),
      inMemory: async () => file.inMemory,
      read: (offset, length) =>
        call('read', () =>
          closed ? fail('gone', where) : ok(new Uint8Array(file.bytes.subarray(offset, offset + length))),
        ),
      punch: (from, end) =>
        call(`punch ${from} ${end}`, () => {
          if (!file.holes) return fail('unsupported', where);
          file.bytes.fill(0, from, end);
          return ok(undefined);
        }),
      truncate: () =>
        call('truncate', () => {
          files.beforeCut();
          file.bytes = Buffer.alloc(0);
          return ok(undefined);
        }),
      close() {
        if (!closed) files.openFiles -= 1;
        closed = true;
      },
    };
  }

  const files: FakeStreamFiles = {
    byPath,
    problems,
    calls,
    openFiles: 0,
    pending: 0,
    beforeCut: () => {},
    create(path, text = '', how = {}) {
      inodes += 1;
      const plain = { uid: 0, mode: 0o100640, regular: true, writable: true, inMemory: true, holes: true };
      const file = { ...plain, bytes: Buffer.from(text), inode: inodes, ...how };
      byPath.set(path, file);
      return file;
    },
    append(file, text) {
      file.bytes = Buffer.concat([file.bytes, Buffer.from(text)]);
    },
    block() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = null;
        resolve();
      };
    },
    describe: (path) =>
      call('stat', () => {
        const file = byPath.get(path);
        return file === undefined ? fail('gone', path) : ok(infoOf(file));
      }),
    open: (path) =>
      call('open', () => {
        const problem = problems.get(path);
        const file = byPath.get(path);
        if (problem !== undefined) return { ok: false, problem };
        if (file === undefined) return fail('gone', path);
        return file.regular ? ok(handle(file, path)) : fail('unsupported', path, 'not a regular file');
      }),
    handleOf: (file) => handle(file, 'handle'),
    of: () => {
      throw new Error('there are no descriptors here');
    },
  };
  return files;

  function infoOf({ regular, inode, uid, mode, bytes }: FakeFile): StreamFileInfo {
    return {
      ...{ regular, identity: `1:${inode}`, uid, mode },
      ...{ sizeBytes: bytes.length, allocatedBytes: bytes.length },
    };
  }
}
