/** A copy of a database that others may be writing to, and what SQLite says of one. */
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { backup } from 'node:sqlite';
import type { CheckReport, CopyReport } from '../../model/recover/store-database.ts';
import { makeDirectory } from '../make-directory.ts';
import { removeFiles } from './rebuild.ts';
import { isUnsettled, openToRead, openToWrite, whyUnreadable } from './sqlite.ts';

/** Pages at a time: between two of them others may write. */
const pagesAtOnce = 5000;

/** Never over a file that is there, and nothing is left of one that did not come to its end. */
export async function copy(from: string, to: string, progress: (text: string) => void): Promise<CopyReport> {
  const part = `${to}.part`;
  makeDirectory(dirname(to), 0o700);
  removeFiles(part);
  const named: string[] = [];
  try {
    if (existsSync(to)) throw new Error(`${to} is there already`);
    // Nobody's link: SQLite would write to what it leads to.
    closeSync(openSync(part, 'wx', 0o600));
    const raw = !(await backUp(from, part, progress));
    if (raw) {
      removeFiles(part);
      copyFileSync(from, part, constants.COPYFILE_EXCL);
      // What SQLite cannot open without writing nobody writes to.
      for (const log of ['-wal', '-journal'])
        if (existsSync(`${from}${log}`))
          copyFileSync(`${from}${log}`, `${part}${log}`, constants.COPYFILE_EXCL);
    }
    const descriptor = openSync(part, 'r');
    fsyncSync(descriptor);
    closeSync(descriptor);
    // The database last: whoever finds it finds its logs.
    for (const suffix of ['-wal', '-journal', ''])
      if (existsSync(`${part}${suffix}`)) {
        nameAnew(`${part}${suffix}`, `${to}${suffix}`);
        named.push(`${to}${suffix}`);
      }
    return { bytes: statSync(to).size, raw };
  } catch (error) {
    removeFiles(part);
    for (const path of named) rmSync(path, { force: true });
    throw error;
  }
}

/** link(2) takes no name that is there, as rename(2) does; FAT has no links. */
function nameAnew(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new Error(`${to} is there already`);
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP'].includes(code ?? '')) throw error;
    if (existsSync(to)) throw new Error(`${to} is there already`);
    renameSync(from, to);
    return;
  }
  rmSync(from);
}

async function backUp(from: string, to: string, progress: (text: string) => void): Promise<boolean> {
  const source = openToRead(from);
  try {
    await backup(source, to, {
      rate: pagesAtOnce,
      progress: ({ totalPages, remainingPages }) =>
        progress(`copied ${totalPages - remainingPages} of ${totalPages} pages`),
    });
    return true;
  } catch (error) {
    if (whyUnreadable(error) === 'corrupt' || isUnsettled(error)) return false;
    throw error;
  } finally {
    source.close();
  }
}

/** The quick look first: what is in disorder fails it in a tenth of the time. */
export function check(database: string, most: number, progress: (text: string) => void): CheckReport {
  const opened = openToWrite(database);
  try {
    for (const pragma of ['quick_check', 'integrity_check']) {
      progress(`SQLite checks it (${pragma})`);
      const problems = opened
        .prepare(`PRAGMA ${pragma}(${most})`)
        .all()
        .flatMap((row) => String(Object.values(row)[0]).split('\n'))
        .filter((line) => line !== 'ok')
        .slice(0, most);
      if (problems.length > 0) return { problems };
    }
    return { problems: [] };
  } catch (error) {
    if (whyUnreadable(error) !== 'corrupt') throw error;
    return { problems: [(error as Error).message] };
  } finally {
    opened.close();
  }
}
