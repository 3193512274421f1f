/** Node's file errors as Problems: what the kernel may say is expected, anything else is a bug and throws. */
import { type Problem, type ProblemKind, problem } from '../base/problem.ts';

/**
 * errno(3) names as Node spells them. EOPNOTSUPP reads as ENOTSUP (PSI off: every read of
 * /proc/pressure/* says so). ESRCH: the process of an open /proc/<pid> file has ended.
 */
const kinds: Readonly<Record<string, ProblemKind>> = {
  ENOENT: 'gone',
  ESRCH: 'gone',
  ENOTDIR: 'gone',
  ENODEV: 'gone',
  ENXIO: 'gone',
  ESTALE: 'gone',
  ENOTCONN: 'gone',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOSPC: 'denied',
  EDQUOT: 'denied',
  EFBIG: 'denied',
  ENOTSUP: 'unsupported',
  EOPNOTSUPP: 'unsupported',
  ENOSYS: 'unsupported',
  ETIMEDOUT: 'timeout',
  EAGAIN: 'timeout',
  EINTR: 'timeout',
  EBUSY: 'timeout',
  EMFILE: 'exhausted',
  ENFILE: 'exhausted',
  ENOMEM: 'exhausted',
  EINVAL: 'malformed',
  EIO: 'malformed',
  EEXIST: 'malformed',
  EISDIR: 'malformed',
  ELOOP: 'malformed',
  ENAMETOOLONG: 'malformed',
  EOVERFLOW: 'malformed',
  UNKNOWN: 'malformed',
};

/** The common kinds need no words of their own: `gone` says what ENOENT means. */
const plain = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

/** Where the kind leaves open what is meant, and the kernel's name is not everybody's. */
const words: Readonly<Record<string, string>> = {
  EMFILE: 'too many open files in nixpulse',
  ENFILE: 'too many open files on this machine',
  ENOMEM: 'no memory left',
  EISDIR: 'it is a directory',
};

export function errnoOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && Object.hasOwn(kinds, code) ? code : null;
}

/** Throws the error again when it is none of the kernel's. */
export function problemOf(error: unknown, where: string): Problem {
  const code = errnoOf(error);
  const kind = code === null ? undefined : kinds[code];
  if (code === null || kind === undefined) throw error;
  return plain.has(code) ? problem(kind, where) : problem(kind, where, words[code] ?? code);
}

/** A disk that breaks has more to say than the errors of everyday (EUCLEAN, EREMOTEIO): none is a bug. */
export function systemProblemOf(error: unknown, where: string): Problem {
  if (errnoOf(error) !== null || !isSystemError(error)) return problemOf(error, where);
  return problem('malformed', where, error.message.split(',')[0] ?? '');
}

function isSystemError(error: unknown): error is Error & { readonly syscall: string } {
  return error instanceof Error && typeof (error as { syscall?: unknown }).syscall === 'string';
}

/** Why a program could not be started: also what reading never says (ENOEXEC: no program at all). */
export function startProblemOf(error: unknown, file: string): Problem {
  if (errnoOf(error) !== null) return problemOf(error, file);
  const { code } = error as { readonly code?: unknown };
  return problem('unsupported', file, typeof code === 'string' ? code : 'could not be started');
}

/**
 * Runs `call` without Node collecting a stack for each error it throws: a vanished process is an
 * everyday thing, and the stack is most of what its error costs.
 */
export function withoutStacks<T>(call: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return call();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
