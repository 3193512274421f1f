/**
 * Reads that may block (another process' mmap lock, a disk, a hung mount), on libuv's pool threads.
 * A late one is abandoned, and its slot is free again only when its thread has come back: whatever
 * hangs, the other pool threads and the main thread go on.
 */
import * as system from 'node:fs';
import { fail, ok, type Result } from '../base/problem.ts';
import { problemOf } from './errno.ts';
import type { Clock, FileOwner, Files, SlowOptions } from './ports.ts';
import type { RootPath } from './root-path.ts';

/**
 * Of UV_THREADPOOL_SIZE: two for other processes, which may be in swap, so that whatever thrashes keeps nobody from
 * reading a file; three for files, and two for statfs of mounts that may hang.
 */
const slots = { process: 2, file: 3, space: 2 } as const;
type Lane = keyof typeof slots;
const laneOf = (path: string): Lane => (/^\/proc\/\d/.test(path) ? 'process' : 'file');
/** What hangs as one: a process, else a directory at the top, `/nix`. It never has the last slot of its lane. */
const placeOf = (path: string): string => /^\/proc\/\d+|^\/[^/]*/.exec(path)?.[0] ?? path;
/** Reads that wait for a slot; past it they are refused at once. */
const maxWaiting = 256;
/** A FIFO where a file is expected must not hold a thread. */
const openFlags = system.constants.O_RDONLY | system.constants.O_NONBLOCK | system.constants.O_NOCTTY;
const defaultDeadlineMs = 500;
/** Of our own timers. */
const punctualMs = 50;
const defaultMaxBytes = 64 * 1024;

type Callback<T> = (error: Error | null, value?: T) => void;
type Operation<T> = (done: Callback<T>) => void;
type SlowReads = Pick<Files, 'readSlow' | 'linkSlow' | 'listSlow' | 'ownerSlow' | 'spaceSlow'>;

interface Job {
  readonly lane: Lane;
  /** With its lane. */
  readonly place: string;
  readonly key: string;
  start(): void;
}

/** What it takes of node:fs; a test hands in one that hangs. */
export type SlowCalls = Pick<
  typeof system,
  'open' | 'read' | 'close' | 'closeSync' | 'lstat' | 'stat' | 'readdir' | 'readlink' | 'statfs'
>;

export function createSlowReads(
  at: RootPath,
  clock: Clock,
  calls: SlowCalls = system,
): { reads: SlowReads; pending(): number } {
  const { lstat, stat, readdir, readlink, statfs } = calls;
  const readWhole = createWholeReads(calls);
  const busy: Record<Lane, number> = { process: 0, file: 0, space: 0 };
  const late: Record<Lane, number> = { process: 0, file: 0, space: 0 };
  const lateKeys = new Set<string>();
  const busyAt = new Map<string, number>();
  const lateAt = new Map<string, number>();
  let waiting: Job[] = [];

  function startNext(lane: Lane): void {
    while (busy[lane] < slots[lane]) {
      const index = waiting.findIndex(
        (job) => job.lane === lane && (busyAt.get(job.place) ?? 0) < slots[lane] - 1,
      );
      const job = waiting[index];
      if (job === undefined) return;
      waiting.splice(index, 1);
      job.start();
    }
  }

  /**
   * At most one abandoned read per name: asking a hung mount again takes no second thread. With every
   * slot hung, or every one that its place may have, nothing waits for one.
   */
  function run<T>(lane: Lane, key: string, where: string, deadlineMs: number, operation: Operation<T>) {
    return new Promise<Result<T>>((resolve) => {
      if (lateKeys.has(key)) return resolve(fail('timeout', where, 'the last read has not come back'));
      const place = `${lane} ${placeOf(where)}`;
      if (late[lane] >= slots[lane]) return resolve(fail('timeout', where, 'all reading threads hang'));
      if ((lateAt.get(place) ?? 0) >= slots[lane] - 1)
        return resolve(fail('timeout', where, `earlier reads of ${placeOf(where)} have not come back`));
      if (waiting.length >= maxWaiting) return resolve(fail('timeout', where, 'too many reads at once'));

      let state: 'waiting' | 'running' | 'late' | 'done' = 'waiting';
      const dueMs = clock.monotonic() + deadlineMs;
      let cancel = clock.after(deadlineMs, () => {
        // The answer may be there, and what kept us from taking it is no fault of the disk.
        const lateMs = clock.monotonic() - dueMs;
        if (lateMs < punctualMs) expire();
        else cancel = clock.after(Math.min(lateMs, deadlineMs), expire);
      });
      function expire(): void {
        if (state === 'running') {
          state = 'late';
          late[lane] += 1;
          count(lateAt, place, 1);
          lateKeys.add(key);
        } else {
          state = 'done';
          waiting = waiting.filter((other) => other !== job);
        }
        resolve(fail('timeout', where));
      }

      const job: Job = {
        lane,
        place,
        key,
        start() {
          state = 'running';
          busy[lane] += 1;
          count(busyAt, place, 1);
          operation((error, value) => {
            busy[lane] -= 1;
            count(busyAt, place, -1);
            if (state === 'late') {
              late[lane] -= 1;
              count(lateAt, place, -1);
              lateKeys.delete(key);
            } else {
              cancel();
              resolve(error ? { ok: false, problem: problemOf(error, where) } : ok(value as T));
            }
            state = 'done';
            startNext(lane);
          });
        },
      };
      waiting.push(job);
      startNext(lane);
    });
  }

  function count(counts: Map<string, number>, place: string, by: 1 | -1): void {
    const now = (counts.get(place) ?? 0) + by;
    if (now === 0) counts.delete(place);
    else counts.set(place, now);
  }

  /** Resolving names below a captured root can fail by itself (a loop of links). */
  function named<T>(resolveName: () => string, operation: (name: string, done: Callback<T>) => void) {
    return (done: Callback<T>) => {
      let name: string;
      try {
        name = resolveName();
      } catch (error) {
        done(error as Error);
        return;
      }
      operation(name, done);
    };
  }
  const deadline = (options?: SlowOptions) => options?.deadlineMs ?? defaultDeadlineMs;

  const reads: SlowReads = {
    readSlow: (path, options) =>
      run(
        laneOf(path),
        `read ${path}`,
        path,
        deadline(options),
        named(
          () => at(path),
          (name, done) => readWhole(name, options?.maxBytes ?? defaultMaxBytes, done),
        ),
      ),
    linkSlow: (path, options) =>
      run(
        laneOf(path),
        `link ${path}`,
        path,
        deadline(options),
        named(() => at.unfollowed(path), readlink),
      ),
    listSlow: (path, options) =>
      run<readonly string[]>(
        laneOf(path),
        `list ${path}`,
        path,
        deadline(options),
        named(() => at(path), readdir),
      ),
    ownerSlow: (path, options) =>
      run<FileOwner>(
        laneOf(path),
        `${options?.follow ? 'stat' : 'owner'} ${path}`,
        path,
        deadline(options),
        named(
          () => (options?.follow ? at(path) : at.unfollowed(path)),
          (name, done) =>
            (options?.follow ? stat : lstat)(name, (error, found) =>
              error ? done(error) : done(null, ownerOf(found)),
            ),
        ),
      ),
    spaceSlow: (path, options) =>
      run(
        'space',
        `space ${path}`,
        path,
        deadline(options),
        named(
          () => at(path),
          (name, done) =>
            statfs(name, (error, stat) =>
              error
                ? done(error)
                : done(null, {
                    totalBytes: stat.blocks * stat.bsize,
                    availableBytes: stat.bavail * stat.bsize,
                    inodes: stat.files,
                    freeInodes: stat.ffree,
                  }),
            ),
        ),
      ),
  };
  return { reads, pending: () => busy.process + busy.file + busy.space };
}

function ownerOf(stats: system.Stats): FileOwner {
  const { uid, dev, ino, mode, mtimeMs, ctimeMs, birthtimeMs, size } = stats;
  return {
    uid,
    device: dev,
    inode: ino,
    mode,
    mtimeMs,
    changedMs: ctimeMs,
    bornMs: birthtimeMs,
    bytes: size,
  };
}

/**
 * Command lines are most of what is read here, and whole in one read: they take two journeys to the pool instead of
 * four, each of which wakes two threads. Closing waits for nobody, opening may wait for memory.
 */
const inOneRead = /^\/proc\/\d+\/cmdline$/;

/** What most files fit into. */
const bufferBytes = 8192;

/** Reads up to `maxBytes`; what is past it is cut. */
function createWholeReads(calls: SlowCalls) {
  /** Each read with a buffer of its own would take memory anew, which in a freeze has to be waited for. */
  const spare: Buffer[] = [];

  return (name: string, maxBytes: number, done: Callback<string>): void => {
    const whole = inOneRead.test(name);
    calls.open(name, openFlags, (openError, descriptor) => {
      if (openError) return done(openError);
      const own = spare.pop() ?? Buffer.allocUnsafeSlow(bufferBytes);
      let buffer = own;
      let total = 0;
      const finish = (error: Error | null) => {
        const text = error ? '' : buffer.toString('utf8', 0, total);
        spare.push(own);
        const end = () => (error ? done(error) : done(null, text));
        if (!whole) return calls.close(descriptor, end);
        calls.closeSync(descriptor);
        end();
      };
      const next = () => {
        if (total === maxBytes) return finish(null);
        if (total === buffer.length) {
          const larger = Buffer.allocUnsafeSlow(4 * total);
          buffer.copy(larger);
          buffer = larger;
        }
        const room = Math.min(buffer.length, maxBytes) - total;
        calls.read(descriptor, buffer, total, room, null, (error, length) => {
          if (error || length === 0) return finish(error);
          total += length;
          if (whole && length < room) finish(null);
          else next();
        });
      };
      next();
    });
  };
}
