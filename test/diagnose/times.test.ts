/**
 * From the start of a fault to its finding, in looks of a made-up clock: two minutes at most, five seconds of memory and
 * disks. On real ones: test/lab/faults.test.ts.
 */
import { expect, test } from 'vitest';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import type { SampleParts } from '../../src/model/sample.ts';
import { diskRaw, storageRaw } from '../model/machine/machine-samples.ts';
import { builder, client, daemon } from '../support/forest-raw.ts';
import { start } from '../support/rebuild-log.ts';
import { firstFound, machineAt } from './found.ts';
import { around, asleepIn, below, type Scene, shell } from './story.ts';

/** It gets on until then. */
const beginsAt = 60;
const gb = 2 ** 30;

interface Fault {
  readonly mostSec: number;
  readonly scene: (second: number) => Scene;
  readonly isFound: (finding: Finding) => boolean;
}

const kind = (one: Finding['found']['kind']) => (finding: Finding) => finding.found.kind === one;
/** Seconds of work that it has done. */
const worked = (second: number) => Math.min(second, beginsAt);
const works = (second: number) => ({
  userTicks: worked(second) * 90,
  residentBytes: 50_000_000 + worked(second) * 1_000_000,
});
/** Read first half a minute after it has come to rest. */
const rests = (wchan: string, second: number) => asleepIn(wchan, second < beginsAt + 30 ? 0 : second);

const evaluating = (second: number, residentBytes: number) => ({
  processes: [
    daemon(),
    client(150, {
      ...{ comm: 'nix', state: 'R', userTicks: second * 100, residentBytes: Math.round(residentBytes) },
      facts: { argv: ['nix', 'build', '.#box'] },
    }),
  ],
});

/** What is taken is not available on a machine of 32 GB. */
const left = (second: number, takenBytes: number): SampleParts =>
  machineAt(second, {
    memory: { totalBytes: 32 * gb, availableBytes: Math.max(0.2 * gb, 31 * gb - takenBytes) },
  });

/** Eighty writes a second until it begins; then one of 4 KB in so many, behind which another one waits. */
function diskAt(second: number, everySec: number): SampleParts {
  const atMs = 1_000_000 + second * 1000;
  const slowSec = Math.max(0, second - beginsAt);
  const finished = Math.floor(slowSec / everySec);
  const disk = diskRaw({
    ...{ writesDone: 200 + worked(second) * 80 + finished, writeMs: 90 + worked(second) * 160 },
    ...{ writeSectors: 1600 + worked(second) * 640 + finished * 8, inFlight: slowSec > 0 ? 1 : 0 },
    ...{ busyMs: 60 + worked(second) * 100 + slowSec * 1000, weightedMs: 140 + second * 1000 },
  });
  const writeMs = (disk.writeMs ?? 0) + finished * everySec * 1000;
  return {
    disks: { ok: true, atMs, value: [{ ...disk, writeMs }] },
    ...(second === 0 && { storage: { ok: true, atMs, value: storageRaw() } }),
  };
}

const faults: Readonly<Record<string, Fault>> = {
  'a builder that waits for a FIFO': {
    mostSec: 120,
    scene: (second) => ({
      processes: around([shell({ ...works(second), ...rests('wait_for_partner', second) })]),
    }),
    isFound: kind('build-stuck'),
  },
  'a builder that loops': {
    mostSec: 120,
    scene: (second) => ({
      processes: around([shell({ ...works(second), userTicks: second * 90 })]),
      says: second === 0 ? [start(1, 105, '', ['/nix/store/x-thing-1.0.drv', '', 1, 1])] : [],
    }),
    isFound: kind('build-stuck'),
  },
  'a child that is not reaped': {
    mostSec: 120,
    scene: (second) => ({
      processes: around([
        shell({ ...works(second), ...rests('do_wait', second) }),
        below('cmake', rests('do_epoll_wait', second)),
        below('ninja', {
          ...{ pid: 302, ppid: 301, residentBytes: second < beginsAt ? 1e7 : 0 },
          ...(second >= beginsAt && { state: 'Z' }),
        }),
      ]),
    }),
    isFound: kind('unreaped-child'),
  },
  'a build whose client is killed': {
    mostSec: 120,
    scene: (second) => {
      const gone = second >= beginsAt;
      const root = builder(300, gone ? 1 : 150, 'loop-1.0', { userTicks: second * 100, state: 'R' });
      return { processes: gone ? [daemon(), root] : [daemon(), client(150, { uid: 0 }), root] };
    },
    isFound: kind('orphan-build'),
  },
  'an evaluation that loops, and whose heap fills first': {
    mostSec: 120,
    scene: (second) =>
      evaluating(
        second,
        (1 + Math.min(25, Math.max(0, second - beginsAt)) * 0.016 + worked(second) * 0.01) * gb,
      ),
    isFound: kind('evaluation-loop'),
  },
  'an evaluation that leaks': {
    mostSec: 120,
    scene: (second) => {
      const bytes = (4 + Math.max(0, second - beginsAt) * 0.05) * gb;
      return { ...evaluating(second, bytes), parts: left(second, bytes) };
    },
    isFound: kind('client-leak'),
  },
  'a build that leaks': {
    mostSec: 120,
    scene: (second) => {
      const residentBytes = (4 + Math.max(0, second - beginsAt) * 0.05) * gb;
      return {
        processes: around([shell({ userTicks: second * 90, residentBytes })]),
        parts: left(second, residentBytes),
      };
    },
    isFound: kind('build-leak'),
  },
  // Less than a tenth is left from then on.
  'memory that runs out': {
    mostSec: 5,
    scene: (second) => {
      const residentBytes = (27.9 + (second - beginsAt) * 0.2) * gb;
      return {
        processes: around([shell({ userTicks: second * 90, residentBytes })]),
        parts: left(second, residentBytes),
      };
    },
    isFound: (finding) => finding.found.kind === 'build-leak' && finding.level === 'critical',
  },
  'a disk that answers nothing': {
    mostSec: 5,
    scene: (second) => ({ parts: diskAt(second, 1000) }),
    isFound: kind('disk-stalled'),
  },
  'a disk that takes two seconds for a request': {
    mostSec: 5,
    scene: (second) => ({ parts: diskAt(second, 2) }),
    isFound: kind('disk-slow'),
  },
  'a disk that takes four seconds for a request': {
    mostSec: 5,
    scene: (second) => ({ parts: diskAt(second, 4) }),
    isFound: (finding) => finding.found.kind === 'disk-slow' && finding.level === 'warning',
  },
};

test.each(Object.entries(faults))('%s', (_, { mostSec, scene, isFound }) => {
  const first = firstFound(beginsAt + 200, scene, isFound);
  expect(first?.second).toBeGreaterThanOrEqual(beginsAt);
  expect((first?.second ?? Number.NaN) - beginsAt).toBeLessThanOrEqual(mostSec);
});
