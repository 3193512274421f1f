/** Models that together have nearly every metric, and what an exporter says of itself. */
import type { Exporter } from '../../src/format/metrics/model-metrics.ts';
import type { Model } from '../../src/model/model.ts';
import { armedGuard, busy } from './model-fixture.ts';
import { followed } from './rebuild-models.ts';

export const exporter: Exporter = {
  ...{ version: '1.2.3', startedMs: 1_795_181_000_000, looks: 281, latenessMs: 100, lowDetail: false },
  ...{ missingPrivilege: true, residentBytes: 52_428_800, cpuUsec: 1_234_567, fileFailures: 0 },
};

/** A rebuild under way, a guard, disks, findings. */
export const everyMetric: Model = {
  ...busy,
  guards: [armedGuard],
  rebuilds: followed.rebuilds,
  problems: [{ kind: 'denied', where: '/proc/1/io' }],
};
