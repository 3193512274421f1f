/** Models that together have nearly every metric, and what an exporter says of itself. */
import type { Exporter } from '../../src/format/metrics/model-metrics.ts';
import type { Build, Model } from '../../src/model/model.ts';
import { cachesRaw, withCaches } from './caches-fixture.ts';
import { armedGuard, busy, firefox, fixtureCases } from './model-fixture.ts';
import { followed } from './rebuild-models.ts';

export const exporter: Exporter = {
  ...{ version: '1.2.3', startedMs: 1_795_181_000_000, looks: 281, latenessMs: 100, lowDetail: false },
  ...{ missingPrivilege: true, residentBytes: 52_428_800, cpuUsec: 1_234_567, fileFailures: 0 },
};

/** A rebuild under way, a guard, disks, findings. */
export const everyMetric: Model = {
  ...busy,
  guards: [armedGuard],
  caches: cachesRaw,
  rebuilds: [...followed.rebuilds, ...withCaches.rebuilds],
  problems: [{ kind: 'denied', where: '/proc/1/io' }],
};

const progress = {
  ...{ atMs: 1, wchan: 'futex_do_wait', timed: false, callBytes: 9 },
  ...{ voluntarySwitches: 9, nonvoluntarySwitches: 9 },
};
const usual = { medianSec: 600, lowSec: 500, highSec: 900, runs: 4 };
/** Held back, paused by a guard, with a log, and looked at closer. */
const held: Build = {
  ...firefox,
  pausedFrom: { pid: 640, timeMs: busy.timeMs - 9000, guard: true },
  memoryHighBytes: 2 ** 33,
  log: { rebuild: 'a', drv: '/nix/store/a-a.drv', phaseSinceMs: 1, lines: 9, lastLineMs: 1, usual },
  parent: { pid: 901, startTime: 9010, comm: 'nix-daemon', progress },
};
const rare: Model = {
  ...busy,
  builds: [held],
  guards: [{ ...armedGuard, heldUntilMs: busy.timeMs + 60_000 }],
  filesystems: busy.filesystems.map((one) => ({ ...one, freeInodes: 9 })),
  memory: { ...busy.memory, arcBytes: 2 ** 32, arcMinBytes: 2 ** 30 },
  health: busy.health && {
    ...busy.health,
    kernel: { ...busy.health.kernel, kvm: true },
    devices: busy.health.devices.map((one) => ({ ...one, newErrors: 1, newErrorMs: 1 })),
    filesystems: busy.health.filesystems.map((one) => ({ ...one, newErrors: 1, newErrorMs: 1 })),
  },
  places: {
    ...{ buildDirectory: null, minFreeBytes: 2 ** 31, upperLayers: [], buildSizes: [] },
    boot: {
      ...{ mountPoint: '/boot', type: 'vfat', totalBytes: 2 ** 29, availableBytes: 2 ** 28 },
      ...{ pairBytes: 2 ** 26, staleEntries: 0 },
    },
  },
};

/** Together they have every metric, with all its labels. */
export const metricModels: readonly Model[] = [everyMetric, rare, ...fixtureCases.map(({ model }) => model)];
