/** SQLite's ways of saying that it cannot read on (sqlite.org/rescode.html). */
import { DatabaseSync } from 'node:sqlite';

const corrupt = 11;
const ioError = 10;
const notADatabase = 26;

export function openToRead(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
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

export function isNoDatabase(error: unknown): boolean {
  return codeOf(error) === notADatabase;
}

function codeOf(error: unknown): number | null {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : null;
}
