/** SQLite's ways of saying that it cannot read on (sqlite.org/rescode.html). */
import { DatabaseSync } from 'node:sqlite';

const corrupt = 11;
const ioError = 10;
const notADatabase = 26;
const readOnly = 8;
const cannotOpen = 14;

export function openToRead(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
}

/** The same, past what a killed writer left half done in its journal: that is taken back, as by the next who opens it. */
export function openSettled(path: string): DatabaseSync {
  const opened = openToRead(path);
  try {
    opened.prepare('PRAGMA schema_version').get();
    return opened;
  } catch (error) {
    if (!isUnsettled(error)) return opened;
    opened.close();
    return openToWrite(path);
  }
}

/** SQLITE_READONLY_ROLLBACK and the like: to read it means to write first. */
export function isUnsettled(error: unknown): boolean {
  const code = codeOf(error);
  return code === readOnly || code === cannotOpen;
}

/** Without checking of references: what is written may be less than whole. */
export function openToWrite(path: string): DatabaseSync {
  return new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 10_000 });
}

/** Null: it is another error. */
export function whyUnreadable(error: unknown): 'corrupt' | 'disk' | null {
  const code = codeOf(error);
  if (code === corrupt || code === notADatabase) return 'corrupt';
  return code === ioError ? 'disk' : null;
}

function codeOf(error: unknown): number | null {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : null;
}
