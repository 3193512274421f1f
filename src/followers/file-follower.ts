/**
 * Follows a file that others append to: json-log-path, the stderr of a command that we started, a file that somebody
 * names. Never waits for it: a turn is under way or not, and what it read is taken by the next tick. A file that we
 * may write is kept small by taking out of it what was read long enough ago.
 */
import type { Problem } from '../base/problem.ts';
import type { StreamOrigin, StreamRaw } from '../model/rebuild/followed.ts';
import type { Clock, StreamFile, StreamFileInfo, StreamFiles } from '../platform/ports.ts';
import type { Follower } from './follower.ts';
import { type KeepSmallOptions, keepSmall, nothingTaken, type Taken } from './keep-small.ts';
import { createStreamBuffer, type StreamBuffer } from './stream-buffer.ts';
import { type Place, pushWithoutHoles } from './without-holes.ts';
import { writersByContent } from './writers-by-content.ts';

export interface FileFollowerOptions {
  /** Of the stream; the next file at the same place has `<id>#2`, and so on. */
  readonly id: string;
  readonly origin: StreamOrigin;
  /** `by-content`: json-log-path's documents are of many clients, anything else is of one command. */
  readonly writers: StreamRaw['writers'] | 'by-content';
  readonly clock: Clock;
  readonly files: StreamFiles;
  /** A name, which may lead to another file later, or a file of our own without one. */
  readonly file: NamedFile | OpenFile;
  /** Without it nothing is ever taken out. */
  readonly keepSmall?: KeepSmallOptions;
}
export interface NamedFile {
  readonly path: string;
  readonly followLinks: boolean;
  /** Asked of every file found there, before it is read: why it is not to be followed. */
  readonly refuses?: (info: StreamFileInfo) => Problem | null;
}
export interface OpenFile {
  readonly handle: StreamFile;
}

export interface FileFollower extends Follower {
  /**
   * Nobody writes any more: what is left is read, then the stream is over. Resolves when the last `take` will bring
   * all of it; never where the file does not answer.
   */
  end(exitCode: number | null): Promise<void>;
}

/** While nothing comes: one look between two ticks, late enough to bring the next one what is new. */
const longestAfterTakeMs = 750;
const partOfTick = 0.75;
const idle = null;
/** After something has come. */
const soonMs = 250;
/** There is more: keys and ticks come in between. */
const pieceMs = 5;
const pieceBytes = 1 << 20;
/** Between two ticks: at this rate a second of a flood is read in less than one. */
const mostBetweenTakes = 8 << 20;
/** Of a file of many clients that began before us: what has begun earlier is known from the process table alone. */
const tailBytes = 8 << 20;
/** Further behind than this (we stood still for long), only the end is read. */
const mostBehind = 256 << 20;

/** Enough to see of what kind it is. */
const headBytes = 4096;

/** One file, from where it was begun to its end. */
interface Reader {
  readonly file: StreamFile;
  readonly identity: string;
  readonly buffer: StreamBuffer;
  readonly writers: StreamRaw['writers'];
  position: number;
  place: Place;
  /** Documents of Nix were read. */
  hasDocuments: boolean;
  /** It is a log of Nix, as far as can be seen. */
  emptiable: boolean;
  /** What stands before it was there before us, and is no news. */
  earlyUntil: number;
  /** When something came. Monotonic ms. */
  readMs: number;
  taken: Taken;
}

export function createFileFollower(options: FileFollowerOptions): FileFollower {
  const { clock, files, origin } = options;
  const named = 'path' in options.file ? options.file : null;
  let beginnings = 0;
  /** What is found at the name was not there before us. */
  let isNew = false;
  let reader: Reader | null = null;
  /** Of streams that are over, or were never read. */
  const left: StreamBuffer[] = [];
  let told: string | null = null;
  let sinceTake = 0;
  let underWay = false;
  let closed = false;
  let ending: { readonly exitCode: number | null; readonly done: () => void } | null = null;
  let planned = false;
  let takenMs = Number.NEGATIVE_INFINITY;
  let cancel = () => {};

  function newBuffer(writers: StreamRaw['writers'] = 'one'): StreamBuffer {
    beginnings += 1;
    const id = beginnings === 1 ? options.id : `${options.id}#${beginnings}`;
    return createStreamBuffer({ id, origin, writers });
  }

  /** Once, while it stays the same; `gone` is a file that will come. */
  function tell(problem: Problem): void {
    const text = `${problem.kind} ${problem.cause}`;
    if (problem.kind === 'gone' || told === text) return;
    told = text;
    const buffer = reader?.buffer ?? newBuffer();
    buffer.fail(problem);
    if (reader === null) left.push(buffer);
  }

  async function begin(file: StreamFile, { identity, sizeBytes }: StreamFileInfo): Promise<void> {
    const writers = await writersOf(file);
    // Who names no file has just made it.
    const wasThere = writers === 'many' && named !== null && !isNew;
    const from = wasThere ? Math.max(0, sizeBytes - tailBytes) : 0;
    if (writers === null || closed) {
      if (named !== null) file.close();
      return;
    }
    told = null;
    reader = {
      ...{ file, identity, buffer: newBuffer(writers), writers, position: from },
      // Of a file that somebody names all is wanted, what is past as well.
      ...{
        hasDocuments: false,
        emptiable: false,
        earlyUntil: wasThere && options.writers === 'many' ? sizeBytes : 0,
        place: { midLine: from > 0, begun: false },
      },
      ...{ readMs: clock.monotonic(), taken: nothingTaken },
    };
  }

  async function open(at: NamedFile): Promise<void> {
    const opened = await files.open(at.path, {
      followLinks: at.followLinks,
      empties: options.keepSmall !== undefined,
    });
    if (!opened.ok) {
      if (opened.problem.kind === 'gone') isNew = true;
      return tell(opened.problem);
    }
    const info = await opened.value.describe();
    const refused = info.ok ? (at.refuses?.(info.value) ?? null) : info.problem;
    if (!info.ok || refused !== null || closed) {
      opened.value.close();
      if (refused !== null) tell(refused);
      return;
    }
    await begin(opened.value, info.value);
  }

  /** Null: nothing stands in it yet. */
  async function writersOf(file: StreamFile): Promise<StreamRaw['writers'] | null> {
    if (options.writers !== 'by-content') return options.writers;
    const head = await file.read(0, headBytes);
    return head.ok ? writersByContent(head.value) : null;
  }

  /** Nothing comes from it any more. Of many clients, who is over is known from the process table. */
  function leave(old: Reader): void {
    if (old.writers === 'one') old.buffer.end(null);
    left.push(old.buffer);
    old.file.close();
    reader = null;
    isNew = true;
  }

  /** How long until the next turn; `idle`: until something else makes one. */
  async function turn(): Promise<number | typeof idle> {
    if (reader === null) {
      if (named === null) {
        const { handle } = options.file as OpenFile;
        const info = await handle.describe();
        if (!info.ok) {
          tell(info.problem);
          return idle;
        }
        await begin(handle, info.value);
      } else await open(named);
      if (reader === null) return idle;
    }
    const now: Reader = reader;
    const found = await look(now);
    if (found === null) return idle;
    const { info, isThere } = found;
    if (info.sizeBytes < now.position) restart(now);
    if (info.sizeBytes - now.position > mostBehind) skip(now, info.sizeBytes - tailBytes);
    const behind = info.sizeBytes - now.position;
    if (behind > 0) {
      const early = now.earlyUntil - now.position;
      const read = await now.file.read(
        now.position,
        Math.min(pieceBytes, behind, early > 0 ? early : behind),
      );
      if (read.ok) push(now, read.value);
      else tell(read.problem);
      if (!read.ok) return idle;
    } else if (!isThere) {
      leave(now);
      return 0;
    }
    await takeOut(now);
    if (behind === 0) return idle;
    return now.position < info.sizeBytes ? pieceMs : soonMs;
  }

  /** Somebody has emptied it; what was not read of it is lost, and nobody knows how much that was. */
  function restart(from: Reader): void {
    from.buffer.lost(0);
    Object.assign(from, { position: 0, earlyUntil: 0, place: { midLine: false, begun: false } });
    from.taken = nothingTaken;
  }

  function skip(from: Reader, to: number): void {
    from.buffer.lost(to - from.position);
    Object.assign(from, { position: to, place: { midLine: true, begun: true } });
  }

  /** Whatever a setting says: only what is a log of Nix from its first byte on, or from the holes that were made in it. */
  async function isEmptiable(from: Reader): Promise<boolean> {
    const head = await from.file.read(0, headBytes);
    const isLog = head.ok && writersByContent(head.value) === 'many';
    return isLog && (head.value[0] !== 0 || from.hasDocuments);
  }

  async function takeOut(from: Reader): Promise<void> {
    if (options.keepSmall === undefined || !from.file.writable) return;
    if (named !== null && !from.emptiable) {
      if (from.position <= options.keepSmall.keepBytes) return;
      from.emptiable = await isEmptiable(from);
      if (!from.emptiable) return;
    }
    const quietMs = clock.monotonic() - from.readMs;
    const { taken, cut } = await keepSmall({ ...from, quietMs }, options.keepSmall);
    from.taken = cut ? { ...taken, bytes: 0 } : taken;
    if (cut) Object.assign(from, { position: 0, earlyUntil: 0 });
  }

  /**
   * One call while all is well: the name says whether it is still this file, and how long that is. A file without its
   * name (removed, or another one in its place) is read to its end.
   */
  async function look({ file, identity }: Reader) {
    const byName = named && (await files.describe(named.path, { followLinks: named.followLinks }));
    if (byName?.ok && byName.value.identity === identity) return { info: byName.value, isThere: true };
    const info = await file.describe();
    if (!info.ok) {
      tell(info.problem);
      return null;
    }
    // Who removed it may not have made another one yet, and who has it open still writes.
    return { info: info.value, isThere: byName === null || !byName.ok };
  }

  function push(to: Reader, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const { buffer } = to;
    const early = to.position < to.earlyUntil;
    to.position += bytes.length;
    to.readMs = clock.monotonic();
    sinceTake += bytes.length;
    to.hasDocuments ||= hasDocument(bytes);
    to.place = pushWithoutHoles({ ...buffer, push: (text) => buffer.push(text, early) }, bytes, to.place);
  }

  function plan(ms: number): void {
    cancel();
    planned = !closed && !underWay;
    if (planned) cancel = clock.after(ms, run);
  }

  function run(): void {
    planned = false;
    underWay = true;
    // A turn that had begun before may have looked before the last was written.
    const isLast = ending !== null;
    void turn().then((nextMs) => {
      underWay = false;
      if (closed) return closeFile();
      if (isLast && nextMs !== pieceMs && nextMs !== soonMs) return finish();
      // Nobody takes: nothing is read that would have to be held.
      if (ending !== null) plan(pieceMs);
      else if (nextMs !== idle && sinceTake < mostBetweenTakes) plan(nextMs);
    });
  }

  function finish(): void {
    const { exitCode, done } = ending ?? { exitCode: null, done: () => {} };
    closed = true;
    const buffer = reader?.buffer ?? newBuffer();
    buffer.end(exitCode);
    left.push(buffer);
    closeFile();
    reader = null;
    done();
  }

  function closeFile(): void {
    if (named === null) (options.file as OpenFile).handle.close();
    reader?.file.close();
  }

  plan(0);
  return {
    take() {
      const now = clock.monotonic();
      const afterTakeMs = Math.min(longestAfterTakeMs, partOfTick * (now - takenMs));
      takenMs = now;
      const waited = sinceTake >= mostBetweenTakes;
      sinceTake = 0;
      if (waited) plan(0);
      else if (!planned) plan(afterTakeMs);
      for (let buffer = left[0]; buffer !== undefined; buffer = left[0]) {
        left.shift();
        const taken = buffer.take();
        if (taken !== null) return taken;
      }
      return reader?.buffer.take() ?? null;
    },
    end(exitCode) {
      return new Promise((resolve) => {
        if (closed) return resolve();
        ending = { exitCode, done: resolve };
        plan(0);
      });
    },
    close() {
      if (closed) return;
      closed = true;
      cancel();
      if (!underWay) closeFile();
    },
  };
}

const newline = 10;
const documentStart = new TextEncoder().encode('{"action":');

/** A document of json-log-path at the beginning of a line. */
function hasDocument(bytes: Uint8Array): boolean {
  for (let at = 0; at >= 0 && at < bytes.length; at = bytes.indexOf(newline, at) + 1 || bytes.length)
    if (documentStart.every((byte, i) => bytes[at + i] === byte)) return true;
  return false;
}
