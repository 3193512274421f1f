/**
 * Writes a tar.gz as its entries come. What was compressed is kept until the end, so that a disk that stops answering
 * amid it costs a moment: the next place gets all of it. Entries are plain files of nobody, at one time, with relative
 * names; nothing else is ever in one.
 */
import { createHash } from 'node:crypto';
import { constants, createGzip } from 'node:zlib';
import { packTar } from 'modern-tar';
import { fail, ok, type Result } from '../base/problem.ts';
import type { BundleFiles, Clock, WritableFile } from '../platform/ports.ts';

export interface Place {
  /** Of the archive. */
  readonly path: string;
  /** Of what it may take, compressed. */
  readonly mostBytes: number;
}

export interface ArchiveOptions {
  readonly files: BundleFiles;
  readonly clock: Clock;
  /** The first that takes it counts; the next ones are for when it stops answering. */
  readonly places: readonly Place[];
  /** What all names begin with. */
  readonly root: string;
  /** Of all entries, Unix ms. */
  readonly timeMs: number;
  /** A place that has not taken a piece by then is left. */
  readonly writeMs?: number;
}

export interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Archive {
  /** In the order of the calls. A Problem: it does not fit any more, or there is no place left. */
  add(name: string, body: string | Uint8Array): Promise<Result<Entry>>;
  /** Ends it. Where it is, and the sum of the file. */
  end(): Promise<Result<WrittenArchive>>;
  /** Removes what was written. */
  abandon(): Promise<void>;
  readonly entries: readonly Entry[];
  readonly place: Place | null;
  /** Places that stopped answering, or were full. */
  readonly left: readonly string[];
}

export interface WrittenArchive {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

const defaultWriteMs = 4000;
/** Kept for what comes last: the manifest. */
const reservedBytes = 1 << 20;
/** Without which a bundle that is full is none: they may take of what is kept. */
const smallBytes = 256 << 10;
/** Logs and tables take less than a third of it. */
const textShrinks = 3;
/** An archive ends with two blocks of zeros (pax(1)). */
const endBytes = 1024;
const fileMode = 0o644;
const unfinished = '.partial';

export async function createArchive(options: ArchiveOptions): Promise<Result<Archive>> {
  const { files, clock, root, timeMs, writeMs = defaultWriteMs } = options;
  const waiting = [...options.places];
  const left: string[] = [];
  const entries: Entry[] = [];
  const names = new Set<string>();
  const compressed: Uint8Array[] = [];
  const sum = createHash('sha256');
  let bytes = 0;
  let written = 0;
  let place: Place | null = null;
  let file: WritableFile | null = null;

  const gzip = createGzip();
  gzip.on('data', (piece: Buffer) => {
    compressed.push(piece);
    bytes += piece.length;
    sum.update(piece);
  });

  function within<T>(work: Promise<Result<T>>, where: string): Promise<Result<T>> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(writeMs, () => resolve(fail('timeout', where, 'the disk does not answer')));
      work.then((result) => {
        cancel();
        resolve(result);
      }, reject);
    });
  }

  /** The next place, with all that there is so far. */
  async function nextPlace(): Promise<Result<void>> {
    if (place !== null) {
      left.push(place.path);
      // It may answer some day.
      void file?.close();
      if (written > 0) void files.remove(place.path + unfinished);
    }
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const path = next.path + unfinished;
      const made = await within(files.create(path), path);
      if (!made.ok) {
        left.push(next.path);
        if (waiting.length === 0) return made;
        continue;
      }
      place = next;
      file = made.value;
      written = 0;
      return ok(undefined);
    }
    place = null;
    file = null;
    return fail('exhausted', left.at(-1) ?? 'bundle', 'there is no place left to write to');
  }

  async function writeOut(): Promise<Result<void>> {
    for (;;) {
      const piece = compressed[written];
      if (piece === undefined) return ok(undefined);
      if (file === null || place === null) return fail('exhausted', 'bundle', 'there is no place left');
      const done = await within(file.write(piece), place.path);
      if (done.ok) written += 1;
      else {
        const next = await nextPlace();
        if (!next.ok) return done;
      }
    }
  }

  /** Out of the compressor as well, so that it can be read whatever comes next. */
  async function compress(piece: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => gzip.write(piece, () => resolve()));
    await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, () => resolve()));
  }

  let turn: Promise<unknown> = Promise.resolve();
  /** Sources bring what they have at any time. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  }

  async function add(name: string, body: string | Uint8Array): Promise<Result<Entry>> {
    const content = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const whole = `${root}/${uniqueName(name, names)}`;
    const most = (place?.mostBytes ?? 0) - reservedBytes;
    const likelyBytes = typeof body === 'string' ? content.length / textShrinks : content.length;
    if (bytes + likelyBytes > most && content.length > smallBytes)
      return fail('exhausted', whole, 'the archive is full');
    const header = {
      name: whole,
      size: content.length,
      mode: fileMode,
      uid: 0,
      gid: 0,
      mtime: new Date(timeMs),
    };
    const packed = await packTar([
      { header: { ...header, type: 'file', uname: '', gname: '' }, body: content },
    ]);
    await compress(packed.subarray(0, packed.length - endBytes));
    const out = await writeOut();
    if (!out.ok) return out;
    const added = {
      name: whole,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    };
    entries.push(added);
    return ok(added);
  }

  async function end(): Promise<Result<WrittenArchive>> {
    await compress(new Uint8Array(endBytes));
    await new Promise<void>((resolve) => gzip.once('end', resolve).end());
    const out = await writeOut();
    if (!out.ok) return out;
    const [last, at] = [file, place];
    if (last === null || at === null) return fail('exhausted', 'bundle');
    const synced = await within(last.sync(), at.path);
    void last.close();
    if (!synced.ok) return synced;
    const path = at.path + unfinished;
    const named = await within(files.rename(path, at.path), at.path);
    return named.ok ? ok({ path: at.path, bytes, sha256: sum.digest('hex') }) : named;
  }

  const begun = await nextPlace();
  if (!begun.ok) return begun;
  return ok({
    add: (name, body) => inTurn(() => add(name, body)),
    end: () => inTurn(end),
    async abandon() {
      gzip.destroy();
      void file?.close();
      if (place !== null) await within(files.remove(place.path + unfinished), place.path);
    },
    entries,
    get place() {
      return place;
    },
    left,
  });
}

/** Relative, of plain characters, and none twice. */
export function uniqueName(name: string, taken: Set<string>): string {
  const parts = name
    .split('/')
    .map((part) => part.replace(/[^A-Za-z0-9._+=@,-]/g, '_'))
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  const plain = parts.join('/') || 'file';
  let unique = plain;
  for (let count = 2; taken.has(unique); count += 1) unique = plain.replace(/(\.\w+)?$/, `-${count}$1`);
  taken.add(unique);
  return unique;
}
