/** Why a reading has no value: expected failures are values, bugs throw. */

/**
 * - `gone`: the file or process no longer exists (ENOENT, ESRCH): no error, it ended.
 * - `denied`: the kernel did not let us read it (EACCES, EPERM).
 * - `malformed`: it was read but is not in the documented format.
 * - `timeout`: the read did not come back within its deadline.
 * - `exhausted`: something ran out before it could be read: open files, memory (EMFILE, ENFILE, ENOMEM).
 * - `unsupported`: this kernel, system or build does not have it.
 */
export type ProblemKind = 'gone' | 'denied' | 'malformed' | 'timeout' | 'exhausted' | 'unsupported';

/** `where` names the file or source as a person would look for it; `cause` is one short clause. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly where: string;
  readonly cause?: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function problem(kind: ProblemKind, where: string, cause?: string): Problem {
  return cause === undefined ? { kind, where } : { kind, where, cause };
}

export function fail<T = never>(kind: ProblemKind, where: string, cause?: string): Result<T> {
  return { ok: false, problem: problem(kind, where, cause) };
}

/** Value of a result, or null where there is none. */
export function orNull<T>(result: Result<T>): T | null {
  return result.ok ? result.value : null;
}

/** `/tmp: timeout, statfs gave no answer in 500 ms`. */
export function problemText({ kind, where, cause }: Problem): string {
  return `${where}: ${kind}${cause === undefined ? '' : `, ${cause}`}`;
}
