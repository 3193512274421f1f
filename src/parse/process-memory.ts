/** /proc/<pid>/statm and /proc/<pid>/io: what a process holds and moves. */
import { fail, ok, type Result } from '../base/problem.ts';
import { rowNumber } from './row-number.ts';

/**
 * `78303 5236 4012 0 0 13004 0`: sizes in pages, the second is resident (= VmRSS of status).
 * proc_pid_statm(5). Returns resident bytes.
 */
export function parseStatm(text: string, pageSizeBytes: number): Result<number> {
  const start = text.indexOf(' ') + 1;
  const end = text.indexOf(' ', start);
  const pages = start > 0 && end > start ? Number(text.slice(start, end)) : Number.NaN;
  return pages >= 0 ? ok(pages * pageSizeBytes) : fail('malformed', '/proc/<pid>/statm');
}

export interface ProcessIo {
  /** Bytes that really went to or came from the storage layer, waited-for children included. */
  readonly readBytes: number;
  readonly writeBytes: number;
}

/** `read_bytes: 4096\nwrite_bytes: 0\n…` proc_pid_io(5). */
export function parseProcessIo(text: string): Result<ProcessIo> {
  const readBytes = rowNumber(text, 'read_bytes:');
  const writeBytes = rowNumber(text, 'write_bytes:');
  if (readBytes === null || writeBytes === null) return fail('malformed', '/proc/<pid>/io');
  return ok({ readBytes, writeBytes });
}

/**
 * From `NSpid:\t8691\t6` of /proc/<pid>/status (proc_pid_status(5)): its pid in our namespace, then in each one below
 * down to its own. False where the kernel does not say (before 4.1).
 */
export function isInNestedPidNamespace(text: string): boolean {
  return /^NSpid:\t\d+\t\d+/m.test(text);
}

/** Effective uid from `Uid:\treal\teffective\tsaved\tfilesystem` of /proc/<pid>/status. */
export function parseEffectiveUid(text: string): Result<number> {
  const row = /^Uid:\t\d+\t(\d+)\t/m.exec(text);
  return row === null ? fail('malformed', '/proc/<pid>/status') : ok(Number(row[1]));
}
