/** The port of priorities on Linux: nice by libuv, I/O priorities by system calls through koffi, cgroups by their files. */
import { closeSync, constants as fileConstants, openSync, promises, writeSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname } from 'node:path';
import type { ProcessIdentity } from '../base/identity.ts';
import { fail, ok, type Result } from '../base/problem.ts';
import { problemOf } from './errno.ts';
import { type Kernel, loadedKernel, loadKernel } from './kernel.ts';
import type { Clock, Files, Priorities, ThreadIdentity } from './ports.ts';
import { isBuildCgroup, startTimeOf } from './signals.ts';
import { createUnderWay } from './under-way.ts';

/** ioprio_set and ioprio_get: arch/x86/entry/syscalls/syscall_64.tbl; asm-generic/unistd.h for the others. */
const numbers: Readonly<Record<string, readonly [set: number, get: number]>> = {
  x64: [251, 252],
  arm64: [30, 31],
  riscv64: [30, 31],
  loong64: [30, 31],
};
/** IOPRIO_WHO_PROCESS of linux/ioprio.h: one thread by its number. */
const whoProcess = 1;
/** A disk that does not answer keeps koffi, and the I/O class with it; nice needs neither. */
const loadMs = 1000;

export interface PriorityOptions {
  readonly files: Pick<Files, 'live' | 'read'>;
  readonly clock: Clock;
  /** Our own pid: never changed. */
  readonly pid: number;
  /** Null: no koffi here, or not loaded yet. */
  readonly kernel?: () => Kernel | null;
  /** Rejects without koffi. */
  readonly load?: () => Promise<unknown>;
  readonly arch?: string;
  /** What a write to a cgroup may take. */
  readonly deadlineMs?: number;
}

export function createPriorities(options: PriorityOptions): Priorities {
  const {
    files,
    clock,
    pid: ownPid,
    kernel = loadedKernel,
    arch = process.arch,
    deadlineMs = 2000,
  } = options;
  const { load = loadKernel } = options;
  const calls = numbers[arch];
  const underWay = createUnderWay();

  function refusal(pid: number, where: string): Result<never> | null {
    if (!files.live) return fail('unsupported', where, 'of a captured tree');
    // 0 is whoever asks, in both system calls.
    if (!Number.isInteger(pid) || pid <= 1) return fail('denied', where, 'is never changed');
    return pid === ownPid ? fail('denied', where, 'is nixpulse itself') : null;
  }

  function checked<T>({ pid, tid, startTime }: ThreadIdentity, call: () => Result<T>): Result<T> {
    const where = nameOf(pid, tid);
    const refused = refusal(pid, where) ?? refusal(tid, where);
    if (refused !== null) return refused;
    const stat = files.read(`/proc/${pid}/task/${tid}/stat`);
    if (!stat.ok) return stat;
    return startTimeOf(stat.value) === startTime ? call() : fail('gone', where);
  }

  function answer(through: Kernel, where: string): Result<never> {
    const errno = through.errno();
    if (errno === constants.errno.ESRCH) return fail('gone', where);
    if (errno === constants.errno.EPERM || errno === constants.errno.EACCES) return fail('denied', where);
    return fail('unsupported', where, `errno ${errno}`);
  }

  function writeIn(directory: string, path: string, text: string): Promise<Result<void>> {
    if (!files.live || !isBuildCgroup(directory)) return Promise.resolve(fail('unsupported', path));
    return new Promise((resolve) => {
      const cancel = clock.after(deadlineMs, () => resolve(fail('timeout', path)));
      void underWay
        .attempt(path, () => writeLimit(path, text))
        .then((result) => {
          cancel();
          resolve(result);
        });
    });
  }

  return {
    prepare() {
      if (kernel() !== null || !files.live) return Promise.resolve();
      return new Promise((resolve) => {
        const cancel = clock.after(loadMs, resolve);
        const end = () => {
          cancel();
          resolve();
        };
        load().then(end, end);
      });
    },
    ioPriority(thread) {
      const where = nameOf(thread.pid, thread.tid);
      return checked(thread, () => {
        const through = kernel();
        if (through === null || calls === undefined) return fail('unsupported', where);
        const value = through.call(calls[1], whoProcess, thread.tid, 0, 0);
        return value < 0 ? answer(through, where) : ok(value);
      });
    },
    setIoPriority(thread, value) {
      const where = nameOf(thread.pid, thread.tid);
      return checked(thread, () => {
        const through = kernel();
        if (through === null || calls === undefined) return fail('unsupported', where);
        return through.call(calls[0], whoProcess, thread.tid, value, 0) < 0
          ? answer(through, where)
          : ok(undefined);
      });
    },
    setNice(thread, nice) {
      return checked(thread, () =>
        attempt(nameOf(thread.pid, thread.tid), () => setPriority(thread.tid, nice)),
      );
    },
    setSessionNice({ pid, startTime }: ProcessIdentity, nice) {
      const path = `/proc/${pid}/autogroup`;
      const refused = refusal(pid, path);
      if (refused !== null) return refused;
      return attemptResult(path, () => {
        const file = openSync(path, 'r+');
        try {
          // Open, it stays that process's: whoever has the number by the time of the write is not meant.
          const stat = files.read(`/proc/${pid}/stat`);
          if (!stat.ok) return stat;
          if (startTimeOf(stat.value) !== startTime) return fail('gone', path);
          writeSync(file, String(nice));
          return ok(undefined);
        } finally {
          closeSync(file);
        }
      });
    },
    setCgroup: (directory, setting, text) => writeIn(directory, `${directory}/${setting}`, text),
    enableController: (directory, controller) =>
      writeIn(directory, `${dirname(directory)}/cgroup.subtree_control`, `+${controller}`),
    get pending() {
      return underWay.pending;
    },
  };
}

/** Where the kernel has it (6.16), O_NONBLOCK lowers memory.high without giving memory back at once. */
async function writeLimit(path: string, text: string): Promise<void> {
  const file = await promises.open(path, fileConstants.O_WRONLY | fileConstants.O_NONBLOCK);
  try {
    await file.write(text);
  } finally {
    await file.close();
  }
}

function nameOf(pid: number, tid: number): string {
  return pid === tid ? `process ${pid}` : `thread ${tid} of process ${pid}`;
}

function attempt(where: string, call: () => void): Result<void> {
  return attemptResult(where, () => {
    call();
    return ok(undefined);
  });
}

function attemptResult<T>(where: string, call: () => Result<T>): Result<T> {
  try {
    return call();
  } catch (error) {
    return systemProblem(error, where);
  }
}

/** os.setPriority has its errno's name in `info.code` (ERR_SYSTEM_ERROR). */
function systemProblem(error: unknown, where: string): Result<never> {
  const { info } = error as { readonly info?: { readonly code?: string } };
  return { ok: false, problem: problemOf(info?.code === undefined ? error : { code: info.code }, where) };
}
