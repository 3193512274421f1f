/** Builds that get on, each in its way: what they do is made up, deterministic, and never stuck. */
import type { ProcessRaw, ProgressRaw } from '../../src/model/sample.ts';
import { builder, child } from '../support/forest-raw.ts';
import { createRandom } from '../support/soak-machine.ts';

/** What a build does for a while; `step` moves it on and returns its processes below the root. */
interface Activity {
  readonly comm: string;
  readonly longestSec: number;
  readonly step: (work: Work, seconds: number) => void;
}

interface Work {
  readonly random: () => number;
  process: ProcessRaw;
  /** Where it sleeps. */
  wchan: string | null;
  timed: boolean | null;
  callBytes: number;
  switches: number;
  born: boolean;
}

const cpu = (work: Work, ticks: number, more: Partial<ProcessRaw> = {}) => {
  work.process = { ...work.process, userTicks: work.process.userTicks + Math.floor(ticks), ...more };
};
const sleeps = (work: Work, wchan: string, timed: boolean | null = null) => {
  work.wchan = wchan;
  work.timed = timed;
  work.process = { ...work.process, state: 'S' };
};

const activities: readonly Activity[] = [
  {
    comm: 'cc1plus',
    longestSec: 1200,
    step(work, seconds) {
      cpu(work, seconds * 90, { state: 'R', residentBytes: 1e8 + Math.floor(work.random() * 3e8) });
      work.born = work.random() < 0.3;
    },
  },
  {
    comm: 'sh',
    longestSec: 300,
    step(work, seconds) {
      cpu(work, seconds * 4);
      work.born = true;
    },
  },
  // A link with LTO: one process, no line, memory or disk move now and then.
  {
    comm: 'ld',
    longestSec: 2400,
    step(work, seconds) {
      cpu(work, seconds * 100, { state: 'R' });
      if (work.random() < seconds / 60)
        cpu(work, 0, { residentBytes: (work.process.residentBytes ?? 0) + 4e6 });
      if (work.random() < seconds / 200)
        cpu(work, 0, { writeBytes: (work.process.writeBytes ?? 0) + 65_536 });
    },
  },
  {
    comm: 'mksquashfs',
    longestSec: 1800,
    step(work, seconds) {
      cpu(work, seconds * 190, { state: 'R' });
      work.callBytes += seconds * 30_000_000;
    },
  },
  {
    comm: 'python3',
    longestSec: 1500,
    step: (work) => sleeps(work, 'hrtimer_nanosleep', true),
  },
  {
    comm: 'pytest',
    longestSec: 600,
    step: (work) => sleeps(work, 'do_epoll_wait', true),
  },
  // A server under test that idles: it wakes now and then.
  {
    comm: 'postgres',
    longestSec: 600,
    step(work, seconds) {
      sleeps(work, 'do_epoll_wait');
      work.switches += Math.ceil(seconds / 5);
      if (work.random() < 0.2) cpu(work, 1);
    },
  },
  {
    comm: 'qemu-system-x86',
    longestSec: 3000,
    step(work, seconds) {
      sleeps(work, 'poll_schedule_timeout', true);
      cpu(work, seconds * (0.2 + work.random()));
      work.switches += seconds;
    },
  },
  {
    comm: 'curl',
    longestSec: 3600,
    step(work, seconds) {
      sleeps(work, 'poll_schedule_timeout', true);
      cpu(work, seconds * 0.6, { writeBytes: (work.process.writeBytes ?? 0) + seconds * 1_000_000 });
    },
  },
  // A slow disk, a lock of its own, a pause between two things.
  {
    comm: 'cp',
    longestSec: 90,
    step(work) {
      sleeps(work, 'folio_wait_bit_common');
      cpu(work, 0, { state: 'D' });
    },
  },
  { comm: 'make', longestSec: 100, step: (work) => sleeps(work, 'futex_do_wait') },
  // The link of a browser: eight gigabytes within minutes, then a plateau.
  {
    comm: 'ld.lld',
    longestSec: 1500,
    step(work, seconds) {
      const residentBytes = Math.min(8e9, (work.process.residentBytes ?? 0) + seconds * 4e7);
      cpu(work, seconds * 380, {
        state: 'R',
        residentBytes: residentBytes + Math.floor(work.random() * 1e6),
      });
    },
  },
  // A collector of garbage lets its memory grow, and gives it back.
  {
    comm: 'java',
    longestSec: 1800,
    step(work, seconds) {
      const grown = (work.process.residentBytes ?? 0) + seconds * 2e7;
      cpu(work, seconds * 150, { state: 'R', residentBytes: grown > 3e9 ? 5e8 : grown });
    },
  },
  // Link-time optimisation of a large program: it grows for as long as it runs.
  {
    comm: 'lto1-wpa',
    longestSec: 2400,
    step(work, seconds) {
      cpu(work, seconds * 100, {
        state: 'R',
        residentBytes: (work.process.residentBytes ?? 0) + seconds * 2e6,
      });
    },
  },
  // A test that fills the RAM disk of its virtual machine.
  {
    comm: 'qemu-system-x86',
    longestSec: 1200,
    step(work, seconds) {
      const residentBytes = Math.min(4e9, (work.process.residentBytes ?? 0) + seconds * 1e8);
      cpu(work, seconds * 90, { residentBytes });
    },
  },
];

export interface HealthyBuild {
  /** Its processes, after so many seconds more. `atMs` monotonic, `second` of the machine. */
  next(seconds: number, second: number, atMs: number): readonly ProcessRaw[];
}

export function createHealthyBuild(slot: number, workerPid: number, seed: number): HealthyBuild {
  const random = createRandom(seed);
  let built = 0;
  let root: ProcessRaw | null = null;
  let rootEndsAt = 0;
  let activity = activities[0] as Activity;
  let activityEndsAt = 0;
  let sameSince = 0;
  let lastPid = 10_000 + slot * 100_000;
  let work: Work | null = null;

  function born(second: number, comm: string): ProcessRaw {
    lastPid += 1;
    sameSince = second;
    return child(lastPid, root as ProcessRaw, comm, {
      startTime: 100_000 + second * 100,
      residentBytes: 50_000_000,
      facts: { argv: [comm] },
    });
  }

  function progressOf(second: number, atMs: number, one: Omit<ProgressRaw, 'atMs'>): Partial<ProcessRaw> {
    return second - sameSince < 30 ? {} : { progress: { atMs, ...one } };
  }

  return {
    next(seconds, second, atMs) {
      if (root === null || second >= rootEndsAt) {
        built += 1;
        lastPid += 1;
        rootEndsAt = second + 600 + Math.floor(random() * 7200);
        const startTime = 100_000 + second * 100;
        root = builder(lastPid, workerPid, `thing-${slot}-${built}`, { uid: 30_001 + slot, startTime });
        activityEndsAt = 0;
      }
      if (second >= activityEndsAt || work === null) {
        activity = activities[Math.floor(random() * activities.length)] as Activity;
        activityEndsAt = second + 5 + Math.floor(random() * activity.longestSec);
        const process = born(second, activity.comm);
        work = { random, process, wchan: null, timed: null, callBytes: 0, switches: 0, born: false };
      }
      activity.step(work, seconds);
      if (work.born) work.process = { ...born(second, activity.comm), state: work.process.state };
      work.born = false;
      const { wchan, timed, callBytes, switches } = work;
      const counters = { voluntarySwitches: switches, nonvoluntarySwitches: 3 };
      return [
        { ...root, ...progressOf(second, atMs, { ...still, wchan: 'do_wait' }) },
        {
          ...work.process,
          ...progressOf(second, atMs, { ...counters, wchan, timed, callBytes }),
        },
      ];
    },
  };
}

const still = { voluntarySwitches: 9, nonvoluntarySwitches: 1, timed: null, callBytes: 100 };
