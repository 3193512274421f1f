/** The signal port on Linux: pidfds through koffi, so that a reused pid is never hit; without them start times. */
import { closeSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { ProcessIdentity } from '../base/identity.ts';
import { fail, ok, type Result } from '../base/problem.ts';
import type { SignalName } from '../model/intents/intent.ts';
import { giveBack } from './close-late.ts';
import { problemOf } from './errno.ts';
import { type Kernel, loadKernel as loadKoffi } from './kernel.ts';
import type { CgroupOrder, Files, Signals } from './ports.ts';

/** Same numbers on every architecture Node runs on. */
const pidfdSendSignal = 424;
const pidfdOpen = 434;
/** PIDFD_SIGNAL_PROCESS_GROUP of linux/pidfd.h; kernels before 6.9 answer EINVAL. */
const toProcessGroup = 4;
const { EPERM, ESRCH } = constants.errno;

const cgroupFiles: Readonly<Record<CgroupOrder, readonly [file: string, text: string]>> = {
  freeze: ['cgroup.freeze', '1'],
  thaw: ['cgroup.freeze', '0'],
  kill: ['cgroup.kill', '1'],
};

export interface SignalOptions {
  readonly files: Pick<Files, 'live' | 'read'>;
  /** Our own pid: never signalled. */
  readonly pid: number;
  /** Null or a rejection: no koffi here. */
  readonly loadKernel?: () => Promise<Kernel | null>;
  readonly kill?: (pid: number, signal: NodeJS.Signals) => void;
}

export function createSignals(options: SignalOptions): Signals {
  const { files, pid: ownPid, loadKernel = loadKoffi } = options;
  const kill = options.kill ?? ((pid, signal) => void process.kill(pid, signal));
  let kernel: Kernel | null = null;

  function refusal(pid: number): Result<never> | null {
    if (!files.live) return fail('unsupported', nameOf(pid), 'of a captured tree');
    // kill(2) takes 0 and negative numbers for whole groups.
    if (!Number.isInteger(pid) || pid <= 1) return fail('denied', nameOf(pid), 'is never signalled');
    return pid === ownPid ? fail('denied', nameOf(pid), 'is nixpulse itself') : null;
  }

  function checked({ pid, startTime }: ProcessIdentity, deliver: () => Result<void>): Result<void> {
    const stat = files.read(`/proc/${pid}/stat`);
    if (!stat.ok) return stat;
    return startTimeOf(stat.value) === startTime ? deliver() : fail('gone', nameOf(pid));
  }

  /** Null where this kernel or sandbox has no pidfds for us after all. */
  function sendExactly(
    through: Kernel,
    target: ProcessIdentity,
    signal: SignalName,
    flags: number,
  ): Result<void> | null {
    const where = nameOf(target.pid);
    giveBack();
    const descriptor = through.call(pidfdOpen, target.pid, 0, 0, 0);
    if (descriptor < 0) return through.errno() === ESRCH ? fail('gone', where) : null;
    try {
      // The descriptor is held before the look: it cannot become another process between look and signal.
      return checked(target, () => {
        const number = constants.signals[`SIG${signal}`];
        if (through.call(pidfdSendSignal, descriptor, number, 0, flags) === 0) return ok(undefined);
        const errno = through.errno();
        if (errno === ESRCH) return fail('gone', where);
        return errno === EPERM ? fail('denied', where) : fail('unsupported', where, `errno ${errno}`);
      });
    } finally {
      closeSync(descriptor);
    }
  }

  function sendByNumber(target: ProcessIdentity, signal: SignalName, number = target.pid): Result<void> {
    return checked(target, () => attempt(nameOf(target.pid), () => kill(number, `SIG${signal}`)));
  }

  return {
    get exact() {
      return kernel !== null;
    },
    send(target, signal) {
      const refused = refusal(target.pid);
      if (refused !== null) return refused;
      const exactly = kernel === null ? null : sendExactly(kernel, target, signal, 0);
      return exactly ?? sendByNumber(target, signal);
    },
    sendGroup(leader, signal) {
      const refused = refusal(leader.pid);
      if (refused !== null) return refused;
      const exactly = kernel === null ? null : sendExactly(kernel, leader, signal, toProcessGroup);
      if (exactly !== null && (exactly.ok || exactly.problem.kind !== 'unsupported')) return exactly;
      return sendByNumber(leader, signal, -leader.pid);
    },
    controlCgroup(directory, order) {
      if (!files.live || !isBuildCgroup(directory)) return fail('unsupported', directory);
      const [file, text] = cgroupFiles[order];
      const path = `${directory}/${file}`;
      return attempt(path, () => writeFileSync(path, text, { flag: 'r+' }));
    },
    async rehearse() {
      if (kernel !== null || !files.live) return;
      const found = await loadKernel().catch(() => null);
      if (found !== null && rehearsed(found, ownPid)) kernel = found;
      files.read(`/proc/${ownPid}/stat`);
    },
  };
}

/** The directory of a cgroup that one build has for itself. */
export function isBuildCgroup(directory: string): boolean {
  const own = /^\/sys\/fs\/cgroup\/(?:[^/]+\/)*nix-build-uid-\d+$/.test(directory);
  return own && !directory.includes('/../');
}

function nameOf(pid: number): string {
  return `process ${pid}`;
}

function attempt(where: string, call: () => void): Result<void> {
  try {
    call();
    return ok(undefined);
  } catch (error) {
    return { ok: false, problem: problemOf(error, where) };
  }
}

/** Signal 0 to ourselves: checks everything, sends nothing. Old kernels and sandboxes say no. */
function rehearsed(kernel: Kernel, ownPid: number): boolean {
  const descriptor = kernel.call(pidfdOpen, ownPid, 0, 0, 0);
  if (descriptor < 0) return false;
  const sent = kernel.call(pidfdSendSignal, descriptor, 0, 0, 0);
  closeSync(descriptor);
  return sent === 0;
}

/** Field 22 of `5158 (nix-daemon) S 3140 …`: comm ends at the last `)`. proc_pid_stat(5). Null when torn. */
export function startTimeOf(stat: string): number | null {
  const field = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 20)[19];
  return field === undefined || !/^\d+$/.test(field) ? null : Number(field);
}
