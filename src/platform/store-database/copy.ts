/** A copy of a database that others may be writing to, and what SQLite says of one. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { backup } from 'node:sqlite';
import type { CheckReport, CopyReport } from '../../model/recover/store-database.ts';
import { removeFiles } from './rebuild.ts';
import { isUnsettled, openToRead, openToWrite, whyUnreadable } from './sqlite.ts';

/** Pages at a time: between two of them others may write. */
const pagesAtOnce = 5000;

export async function copy(from: string, to: string, progress: (text: string) => void): Promise<CopyReport> {
  const part = `${to}.part`;
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  removeFiles(part);
  const raw = !(await backUp(from, part, progress));
  if (raw) {
    removeFiles(part);
    // What SQLite cannot open without writing nobody writes to.
    for (const log of ['-wal', '-journal'])
      if (existsSync(`${from}${log}`)) copyFileSync(`${from}${log}`, `${to}${log}`);
    copyFileSync(from, part);
  }
  const descriptor = openSync(part, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(part, to);
  return { bytes: statSync(to).size, raw };
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
