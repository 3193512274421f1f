/** The port of our own files on a real disk: everything asynchronous, whole or not at all, never for ever. */
import * as system from 'node:fs';
import { basename, dirname } from 'node:path';
import { fail, ok, type Result } from '../base/problem.ts';
import { problemOf } from './errno.ts';
import type { Clock, OwnFileOptions, OwnFiles, ReplaceOptions } from './ports.ts';
import { createUnderWay } from './under-way.ts';

const defaultDeadlineMs = 3000;
/** State names users, paths and commands: the user's own business. */
const directoryMode = 0o700;
const fileMode = 0o600;
/** Of what everybody may read. */
const sharedDirectoryMode = 0o755;
const sharedFileMode = 0o644;

export function createOwnFiles(options: { readonly clock: Clock; readonly deadlineMs?: number }): OwnFiles {
  const { clock, deadlineMs = defaultDeadlineMs } = options;
  let written = 0;
  const underWay = createUnderWay();

  /** A disk that does not answer keeps its thread, not its caller. */
  function bounded<T>(path: string, work: Promise<T>): Promise<Result<T>> {
    const end = underWay.begin();
    return new Promise((resolve, reject) => {
      const cancel = clock.after(deadlineMs, () => resolve(fail('timeout', path)));
      work
        .then(ok<T>, (error) => ({ ok: false as const, problem: problemOf(error, path) }))
        .then((result) => {
          end();
          cancel();
          resolve(result);
        }, reject);
    });
  }

  /** What is above it is nobody's business, even so. */
  async function makeShared(directory: string): Promise<void> {
    await system.promises.mkdir(dirname(directory), { recursive: true, mode: directoryMode });
    try {
      await system.promises.mkdir(directory, { mode: sharedDirectoryMode });
      // Whatever umask(2) says.
      await system.promises.chmod(directory, sharedDirectoryMode);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }

  async function replaceNow(
    path: string,
    text: string,
    { shared = false, synced = true, fresh = false, makesDirectory = true }: ReplaceOptions,
  ): Promise<void> {
    if (makesDirectory && shared) await makeShared(dirname(path));
    else if (makesDirectory)
      await system.promises.mkdir(dirname(path), { recursive: true, mode: directoryMode });
    written += 1;
    const beside = `${path}.${process.pid}.${written}`;
    try {
      // Nobody's link, and nothing that was left there.
      await system.promises.rm(beside, { force: true });
      const file = await system.promises.open(beside, 'wx', fileMode);
      try {
        await file.writeFile(text);
        if (shared) await file.chmod(sharedFileMode);
        if (synced) await file.sync();
      } finally {
        await file.close();
      }
      if (fresh) await nameAnew(beside, path);
      else await system.promises.rename(beside, path);
    } catch (error) {
      await system.promises.rm(beside, { force: true });
      throw error;
    }
  }

  async function appendNow(path: string, text: string): Promise<void> {
    await system.promises.mkdir(dirname(path), { recursive: true, mode: directoryMode });
    await system.promises.appendFile(path, text, { mode: fileMode });
  }

  return {
    get pending() {
      return underWay.pending;
    },
    async read(path, options = {}) {
      if (Object.values(options).every((option) => option === undefined))
        return bounded(path, system.promises.readFile(path, 'utf8'));
      const read = await bounded(path, readBeginning(path, options));
      return read.ok ? read.value : read;
    },
    replace: (path, text, options = {}) => bounded(path, replaceNow(path, text, options)),
    append: (path, text) => bounded(path, appendNow(path, text)),
    remove: (path) => bounded(path, system.promises.rm(path, { force: true })),
    async removeLink(path, expected) {
      const removed = await bounded(path, removeLinkNow(path, expected));
      return removed.ok ? removed.value : removed;
    },
  };
}

/** unlinkat(2) by way of proc_pid_fd(5): the path may lead through directories of others. */
async function removeLinkNow(
  path: string,
  { target, uid }: { readonly target: string; readonly uid: number },
): Promise<Result<void>> {
  let directory: system.promises.FileHandle | null = null;
  try {
    directory = await system.promises.open(
      dirname(path),
      system.constants.O_RDONLY | system.constants.O_DIRECTORY,
    );
    const at = `/proc/self/fd/${directory.fd}/${basename(path)}`;
    const stats = await system.promises.lstat(at);
    if (stats.uid !== uid || !stats.isSymbolicLink() || (await system.promises.readlink(at)) !== target)
      return fail('malformed', path, 'it is another one by now');
    await system.promises.unlink(at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    await directory?.close();
  }
  return ok(undefined);
}

/** link(2) never takes a name that is there, as rename(2) does; FAT has no links. */
async function nameAnew(beside: string, path: string): Promise<void> {
  try {
    await system.promises.link(beside, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
    await system.promises.copyFile(beside, path, system.constants.COPYFILE_EXCL);
  }
  await system.promises.rm(beside, { force: true });
}

/** A FIFO in the file's place must not hold a thread. */
const openFlags = system.constants.O_RDONLY | system.constants.O_NONBLOCK | system.constants.O_NOCTTY;

async function readBeginning(
  path: string,
  { maxBytes = Number.POSITIVE_INFINITY, trustedBy, ownedBy }: OwnFileOptions,
): Promise<Result<string>> {
  const file = await system.promises.open(path, openFlags);
  try {
    const stats = await file.stat();
    const { size } = stats;
    const distrust = trustedBy === undefined ? null : distrustOf(stats, trustedBy);
    if (distrust !== null) return fail('denied', path, distrust);
    if (ownedBy !== undefined && stats.uid !== ownedBy)
      return fail('denied', path, `it belongs to uid ${stats.uid}`);
    const bytes = Buffer.allocUnsafe(Math.min(size, maxBytes));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return ok(bytes.toString('utf8', 0, length));
  } finally {
    await file.close();
  }
}

const groupWrites = 0o020;
const othersWrite = 0o002;

/** Null: nobody but root and `user` wrote it. The group of a user is mostly his own, that of a file of root may be any. */
function distrustOf({ uid, gid, mode }: system.Stats, user: number): string | null {
  if (uid !== 0 && uid !== user) return `it belongs to uid ${uid}`;
  if ((mode & othersWrite) !== 0) return 'everybody may write to it';
  if (user === 0 && (mode & groupWrites) !== 0 && gid !== 0) return `its group ${gid} may write to it`;
  return null;
}
