/** Machines of 16 GB without swap, and what goes wrong on them; the first ones are healthy. */
import { gib, type World, type WorldBuild } from './world.ts';

const mib = 2 ** 20;
const machine = { totalBytes: 16 * gib, baseBytes: 2 * gib };

/** Compilers that come and go. */
const compiling = (name: string, workSec: number, beginSec = 0): WorldBuild => ({
  ...{ name, workSec, beginSec },
  bytesAt: (sec) => (400 + 250 * Math.sin(sec / 7)) * mib,
});
/** It compiles, then links: up to so much by so much a second. */
const linking = (
  name: string,
  compileSec: number,
  mostGib: number,
  perSec: number,
  beginSec = 0,
): WorldBuild => ({
  ...{ name, beginSec, workSec: compileSec + (mostGib * 1024) / perSec + 60 },
  bytesAt: (sec) =>
    sec < compileSec ? 600 * mib : Math.min(mostGib * gib, 600 * mib + (sec - compileSec) * perSec * mib),
});
const leaking = (name: string, fromSec: number, perSec: number): WorldBuild => ({
  name,
  bytesAt: (sec) => 500 * mib + Math.max(0, sec - fromSec) * perSec * mib,
});
const writing = (name: string): WorldBuild => ({
  name,
  workSec: 400,
  writeBytesPerSec: 4e6,
  bytesAt: () => 700 * mib,
});
/** It takes at once what it needs, so much by so much a second, and works on with that. */
const taking = (
  name: string,
  mostMib: number,
  perSec: number,
  workSec: number,
  beginSec = 0,
): WorldBuild => ({
  ...{ name, beginSec, workSec: mostMib / perSec + workSec },
  bytesAt: (sec) => Math.min(mostMib, 10 + sec * perSec) * mib,
});
const leakingFrom = (beginSec: number): WorldBuild => ({
  ...{ name: 'leaky', beginSec },
  bytesAt: (sec) => (10 + sec * 40) * mib,
});
/** That of npm run freeze -- guards, without its swap. */
const small = { totalBytes: 1000 * mib, baseBytes: 20 * mib };
const some = [compiling('coreutils', 500), compiling('gcc', 900)];

export interface Made {
  readonly title: string;
  readonly world: World;
  readonly seconds: number;
}

export const worlds = {
  compiling: {
    title: 'compilers, all healthy',
    seconds: 900,
    world: { ...machine, builds: [...some, compiling('linux', 700, 20)] },
  },
  link: {
    title: 'the link of a browser: 8 GB, beside compilers',
    seconds: 900,
    world: { ...machine, builds: [...some, linking('firefox', 120, 8, 40)] },
  },
  // Of those in docs/guard.md that were measured: the guard of that time paused it.
  large: {
    title: 'a link alone that takes three quarters of memory, 600 MB/s',
    seconds: 600,
    world: { ...machine, builds: [linking('alone', 20, 10, 600)] },
  },
  usb: {
    title: 'a slow USB disk that gets on, await 2.4 s',
    seconds: 600,
    world: {
      ...machine,
      builds: [...some, writing('texlive')],
      disk: { requestsPerSec: 35, awaitMs: 2400, bytesPerSec: 9e6, inFlight: 80, ioFull: 70 },
    },
  },
  leak: {
    title: 'a leak of 500 MB/s',
    seconds: 1200,
    world: { ...machine, builds: [...some, leaking('leaky', 60, 500)] },
  },
  slowLeak: {
    title: 'a leak of 50 MB/s',
    seconds: 1800,
    world: { ...machine, builds: [...some, leaking('leaky', 60, 50)] },
  },
  beside: {
    title: 'on 1000 MB: a leak of 40 MB/s beside an honest build of 300 MB',
    seconds: 600,
    world: { ...small, builds: [taking('honest', 300, 60, 30), leakingFrom(0)] },
  },
  youngLeak: {
    title: 'on 1000 MB: a leak of 40 MB/s that begins last, beside three that need 180 MB each',
    seconds: 600,
    world: {
      ...small,
      builds: [...['one', 'two', 'three'].map((name) => taking(name, 180, 30, 60)), leakingFrom(5)],
    },
  },
  oldLeak: {
    title: 'on 1000 MB: the same leak, and three that need 130 MB each begin when it holds 400 MB',
    seconds: 600,
    world: {
      ...small,
      builds: [leakingFrom(0), ...['one', 'two', 'three'].map((name) => taking(name, 130, 20, 60, 10))],
    },
  },
  links: {
    title: 'two links of 9 GB at once',
    seconds: 1500,
    world: { ...machine, builds: [linking('chromium', 100, 9, 60), linking('webkit', 60, 9, 60, 60)] },
  },
  many: {
    title: 'eight links of 3 GB at once',
    seconds: 2400,
    world: {
      ...machine,
      builds: Array.from({ length: 8 }, (_, i) => linking(`link-${i + 1}`, 40 + 5 * i, 3, 80)),
    },
  },
  evaluation: {
    title: 'an evaluation without end, 80 MB/s',
    seconds: 600,
    world: { ...machine, builds: some, evaluationBytesAt: (sec: number) => gib + sec * 80 * mib },
  },
  disk: {
    title: 'a disk that dies: a request in four seconds',
    seconds: 600,
    world: {
      ...machine,
      builds: [...some, writing('texlive')],
      disk: { requestsPerSec: 0.3, awaitMs: 4000, bytesPerSec: 2e4, inFlight: 40, ioFull: 85 },
    },
  },
  tmp: {
    title: 'a build directory in memory fills, 100 MB/s into 4 GB',
    seconds: 900,
    world: {
      ...machine,
      tmpBytes: 4 * gib,
      builds: [
        ...some,
        {
          name: 'cef',
          workSec: 600,
          bytesAt: () => 300 * mib,
          tmpBytesAt: (sec: number) => Math.max(0, sec - 60) * 100 * mib,
        },
      ],
    },
  },
  stuck: {
    title: 'a build that waits for itself',
    seconds: 2400,
    world: { ...machine, builds: [...some, { name: 'deadlock', hangsSec: 100, bytesAt: () => 200 * mib }] },
  },
} as const satisfies Record<string, Made>;
