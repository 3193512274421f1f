/**
 * The hardening port on Linux: files locked in memory, first for the CPU, last for the OOM killer, and where we
 * have a cgroup of our own its memory protected. Each part by itself, each says what came of it.
 */
import { promises, readdirSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { HardeningPart } from '../model/health/hardening.ts';
import { bringBackNeighbours, forgetStart } from './forget-start.ts';
import { type CgroupFiles, protectCgroup } from './harden-cgroup.ts';
import { lockMemory, type Mapping } from './harden-memory.ts';
import { keepResident, type ResidentMemory } from './keep-resident.ts';
import { type LoadKernel, loadKernel as loadKoffi } from './kernel.ts';
import { createNative } from './native.ts';
import type { Hardening, UsualRights } from './ports.ts';
import { mayLockMemory } from './rights.ts';

export interface HardeningOptions {
  readonly loadKernel?: LoadKernel;
  readonly files?: CgroupFiles;
  /** Our own pid. */
  readonly pid: number;
}

const systemFiles: CgroupFiles = {
  read: (path) => promises.readFile(path, 'utf8'),
  async write(path, text) {
    const file = await promises.open(path, 'r+');
    try {
      await file.write(text);
    } finally {
      await file.close();
    }
  },
};

const highest = -20;
/** Nice and oom_score_adj of a program that nobody has raised. */
const ordinary = 0;
/** Above sshd's -1000: who is to be rescued comes last but one. */
const oomAdjustment = -900;

export function createHardening(options: HardeningOptions): Hardening & UsualRights {
  const { files = systemFiles, loadKernel = loadKoffi, pid: ownPid } = options;
  /**
   * As it was; null while we have not raised ourselves. Where somebody else had raised us before (a unit of
   * systemd), what an ordinary program has.
   */
  let usualPriority: number | null = null;
  let usualOom: number | null = null;

  let forgotten: readonly Mapping[] = [];

  async function memory(): Promise<HardeningPart> {
    const kernel = await loadKernel().catch(() => null);
    if (kernel === null) return { id: 'memory', status: 'unsupported', reason: 'koffi is not installed' };
    await bringBackNeighbours(kernel, forgotten, createNative().pageSizeBytes);
    return lockMemory(kernel, await files.read('/proc/self/maps'), await files.read('/proc/self/limits'));
  }

  function priority(): HardeningPart {
    const before = getPriority();
    const done = { id: 'priority', status: 'done', reason: `nice ${highest}` } as const;
    // A second time it is our own.
    usualPriority ??= before === highest ? ordinary : before;
    if (before === highest) return done;
    // Each thread has its own; those that come later inherit the main thread's.
    setPriority(highest);
    for (const thread of readdirSync('/proc/self/task')) raiseThread(Number(thread));
    return done;
  }

  async function oom(): Promise<HardeningPart> {
    const before = Number(await files.read('/proc/self/oom_score_adj'));
    if (before > oomAdjustment) await files.write('/proc/self/oom_score_adj', String(oomAdjustment));
    usualOom ??= before > oomAdjustment ? before : ordinary;
    const reason = `oom_score_adj ${Math.min(before, oomAdjustment)}`;
    return { id: 'oom', status: 'done', reason };
  }

  let resident: Promise<ResidentMemory | null> | undefined;
  let keepsOwnMemory = false;

  async function ownMemory(withoutSwap: boolean): Promise<HardeningPart> {
    const id = 'own-memory';
    if (withoutSwap) return { id, status: 'done', reason: 'its cgroup has no swap' };
    resident ??= loadKernel()
      .then(keepResident)
      .catch(() => null);
    const how = await (await resident)?.how;
    const instead = 'it is used again and again instead';
    if (how === 'pinned') return { id, status: 'done', reason: 'pinned' };
    if (typeof how === 'object') {
      const { status, reason } = pinsRefused(how.errno, await files.read('/proc/self/status'));
      return { id, status, reason: `${reason}; ${instead}` };
    }
    if (how === 'no-ring') {
      const reason = `pins need io_uring (Linux 5.1, not kernel.io_uring_disabled); ${instead}`;
      return { id, status: 'unsupported', reason };
    }
    return { id, status: 'unsupported', reason: 'koffi is not installed' };
  }

  return {
    async harden() {
      const parts = [
        await tried('memory', 'CAP_IPC_LOCK (root)', memory),
        await tried('priority', 'CAP_SYS_NICE (root) or LimitNICE=-20', async () => priority()),
        await tried('oom', 'CAP_SYS_RESOURCE (root) or OOMScoreAdjust=', oom),
        await protectCgroup(files, ownPid),
      ];
      // After its files, before what is said of others.
      const own = await ownMemory(parts.at(-1)?.status === 'done');
      keepsOwnMemory = own.status === 'done';
      return parts.toSpliced(1, 0, own);
    },
    get keepsOwnMemory() {
      return keepsOwnMemory;
    },
    async forget(pages) {
      try {
        const kernel = await loadKernel();
        if (kernel === null) return;
        const gone = await forgetStart(kernel, await files.read('/proc/self/smaps'), pages);
        if (pages === 'data') forgotten = gone;
      } catch {
        // They stay.
      }
    },
    asUsual(start, pidOf) {
      if (usualPriority === null && usualOom === null) return start();
      if (usualPriority !== null) setPriority(usualPriority);
      try {
        const started = start();
        const pid = pidOf(started);
        if (usualOom !== null && pid !== undefined) giveOom(pid, usualOom);
        return started;
      } finally {
        if (usualPriority !== null) backToHighest();
      }
    },
  };
}

const EPERM = 1;
const ENOMEM = 12;

/** ENOMEM is the limit of locked memory for who has no CAP_IPC_LOCK. `status`: /proc/self/status. */
export function pinsRefused(errno: number, status: string): Pick<HardeningPart, 'status' | 'reason'> {
  if (errno === EPERM || (errno === ENOMEM && !mayLockMemory(status))) {
    return { status: 'denied', reason: 'pins need CAP_IPC_LOCK (root)' };
  }
  return { status: 'failed', reason: `pins: ${getSystemErrorName(-errno)}` };
}

/** One that has ended meanwhile needs none. */
function raiseThread(thread: number): void {
  try {
    setPriority(thread, highest);
  } catch (error) {
    if ((error as { readonly info?: { readonly code?: string } }).info?.code !== 'ESRCH') throw error;
  }
}

/** Who was raised by somebody else may not be allowed to do it himself: what was started matters more. */
function backToHighest(): void {
  try {
    setPriority(highest);
  } catch {
    // Ordinary from now on.
  }
}

function giveOom(pid: number, adjustment: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(adjustment));
  } catch {
    // It has ended already.
  }
}

async function tried(
  id: HardeningPart['id'],
  needs: string,
  attempt: () => Promise<HardeningPart>,
): Promise<HardeningPart> {
  try {
    return await attempt();
  } catch (error) {
    const { code, info } = error as { readonly code?: string; readonly info?: { readonly code?: string } };
    // os.setPriority hides the errno one level deeper.
    const errno = info?.code ?? code ?? String(error);
    if (errno === 'EACCES' || errno === 'EPERM') return { id, status: 'denied', reason: `needs ${needs}` };
    if (errno === 'ENOENT') return { id, status: 'unsupported', reason: 'this system does not have it' };
    return { id, status: 'failed', reason: errno };
  }
}
