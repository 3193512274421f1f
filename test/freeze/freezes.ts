/** The three freezes, each bounded: a memory cgroup that thrashes, a disk that hardly answers, a CPU storm. */
import type { Cgroup } from '../lab/hardship/cgroup.ts';
import { makeCpuShare, makeCpuStorm } from '../lab/hardship/cpu.ts';
import { type Hardship, type Unsupported, unsupported } from '../lab/hardship/hardship.ts';
import type { MemoryShortage } from '../lab/hardship/memory.ts';
import { pause } from '../lab/wait.ts';
import { type Freeze, readStalls } from './freeze.ts';
import type { Stage } from './stage.ts';

export const freezeNames = ['memory', 'io', 'cpu'] as const;
export type FreezeName = (typeof freezeNames)[number];

export function makeFreeze(name: FreezeName, stage: Stage, secs: number): Freeze | Unsupported {
  if (name === 'cpu') return makeCpuFreeze(secs);
  return name === 'memory' ? makeMemoryFreeze(stage) : makeIoFreeze(stage);
}

/** It bites once tasks have waited so long. */
const biteUsec = 400_000;
const bitePatienceMs = 6000;

async function untilItBites(...names: readonly string[]): Promise<void> {
  const before = readStalls();
  const waited = () => names.map((name) => (readStalls().usec[name] ?? 0) - (before.usec[name] ?? 0));
  for (const until = performance.now() + bitePatienceMs; performance.now() < until; await pause(50)) {
    if (Math.max(...waited()) >= biteUsec) return;
  }
}

const nothing = () => {};

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Ended already.
  }
}

/** cgroup v1 says it in memory.oom_control, v2 in memory.events. */
export function oomKillsOf({ cgroup }: MemoryShortage): number | null {
  const text = cgroup.read(cgroup.version === 1 ? 'memory.oom_control' : 'memory.events');
  const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
  return count === undefined ? null : Number(count);
}

/** MemorySwapMax=0 and CPUWeight=1000 in terms of version 1. */
function unitIn(cgroup: Cgroup, file: string, value: string): string | null {
  if (cgroup.version === 2) return null;
  const unit = cgroup.child();
  unit.set(file, value);
  return unit.members;
}

const memoryLimitMB = 320;
const hogsMB = [140, 140, 140];
/** With what fills the swap, too. */
const overflowMB = 600;
const overflowPatienceMs = 4000;
/** As fast as a linker grows. */
const hogMBPerSec = 60;

/** Hogs that want more than there is, and swap for the rest: everybody's pages go out and come back. */
function makeMemoryFreeze({ shortage }: Stage): Freeze {
  shortage.limit(memoryLimitMB);
  const unit = unitIn(shortage.cgroup, 'memory.swappiness', '0');
  let hogs: number[] = [];
  return {
    kind: 'freeze',
    name: 'memory',
    what: `${hogsMB.length} hogs of ${hogsMB[0]} MB, the program and the builds share ${memoryLimitMB} MB and swap`,
    enter: shortage.cgroup.members,
    enterUnit: unit,
    admit: shortage.add,
    async begin() {
      hogs = hogsMB.map((mb) => shortage.hog(mb, hogMBPerSec));
      await untilItBites('memory some');
    },
    hold: async () => {},
    relent: nothing,
    async overflow() {
      const before = oomKillsOf(shortage);
      hogs.push(shortage.hog(overflowMB));
      const ended = () => oomKillsOf(shortage) !== before;
      for (const until = performance.now() + overflowPatienceMs; performance.now() < until && !ended(); ) {
        await pause(50);
      }
    },
    async cease() {
      for (const pid of hogs) signal(pid, 'SIGKILL');
      hogs = [];
      await pause(300);
    },
    oomKills: () => oomKillsOf(shortage),
    end: async () => {},
  };
}

const ioLimitMB = 240;
const ioHogMB = 260;
const slowBytesPerSec = 2 << 20;
/** The next request is answered when it is lifted. */
const stalledBytesPerSec = 1;
const stallLeadMs = 250;
const stallMs = 2500;

/** Memory is a little short, and what the programs, their home and swap lie on is slow or answers nothing at all. */
function makeIoFreeze({ disk, shortage }: Stage): Freeze | Unsupported {
  if (shortage.cgroup.version === 2) return unsupported('reads are stalled by a limit of cgroups v1 only');
  shortage.limit(ioLimitMB);
  const unit = unitIn(shortage.cgroup, 'memory.swappiness', '0');
  let hogs: number[] = [];
  let recovery: NodeJS.Timeout | undefined;
  const slow = () => {
    clearTimeout(recovery);
    disk.recover();
    disk.slow(slowBytesPerSec);
  };
  return {
    kind: 'freeze',
    name: 'io',
    what: `programs, their home and swap on a disk of ${slowBytesPerSec >> 20} MB/s that answers nothing for ${stallMs / 1000} s around every other kill; a writer; a hog of ${ioHogMB} MB and the program in ${ioLimitMB} MB`,
    enter: shortage.cgroup.members,
    enterUnit: unit,
    admit: shortage.add,
    async begin() {
      disk.slow(slowBytesPerSec);
      hogs = [disk.write(), shortage.hog(ioHogMB)];
      await untilItBites('io some', 'memory some');
    },
    async hold(nth) {
      if (nth % 2 === 1) return;
      disk.slow(stalledBytesPerSec);
      recovery = setTimeout(slow, stallMs);
      await pause(stallLeadMs);
    },
    relent: slow,
    async cease() {
      clearTimeout(recovery);
      disk.recover();
      const [writer, ...rest] = hogs;
      if (writer !== undefined) signal(-writer, 'SIGKILL');
      for (const pid of rest) signal(pid, 'SIGKILL');
      hogs = [];
      await pause(300);
    },
    oomKills: () => oomKillsOf(shortage),
    end: async () => {},
  };
}

const runnablePerCpu = 50;

/** The storm, the program and the builds share what one process gets beside others on this machine. */
function makeCpuFreeze(secs: number): Freeze | Unsupported {
  const share = makeCpuShare(secs);
  if (share.kind === 'unsupported') return share;
  let storm: Hardship | null = null;
  return {
    kind: 'freeze',
    name: 'cpu',
    what: `${runnablePerCpu} runnable processes per core, as important as the program and the builds`,
    enter: share.cgroup.members,
    enterUnit: unitIn(share.cgroup, 'cpu.shares', '10240'),
    admit: (pid) => share.cgroup.add(pid),
    async begin() {
      storm = makeCpuStorm({ secs: 40, perCpu: runnablePerCpu, nice: 0, cgroup: share.cgroup });
      await untilItBites('cpu some');
    },
    hold: async () => {},
    relent: nothing,
    async cease() {
      await storm?.end();
      storm = null;
    },
    oomKills: () => null,
    end: share.end,
  };
}
