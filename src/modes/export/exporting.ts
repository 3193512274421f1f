/** What is exported: the last look as text, made once however often it is asked for, and what happened so far. */
import { countEvents, noEvents } from '../../format/metrics/event-counts.ts';
import { exportedText } from '../../format/metrics/metrics.ts';
import type { Exporter } from '../../format/metrics/model-metrics.ts';
import type { Model } from '../../model/model.ts';
import type { WatchHealth } from '../../watch/watcher.ts';

export interface ExportingOptions {
  readonly version: string;
  readonly top: number;
  /** Unix ms. */
  readonly startedMs: number;
  /** Of this process; asked with each look. */
  readonly own: () => { readonly residentBytes: number | null; readonly cpuUsec: number };
}

export interface Exporting {
  /** `fileFailures`: null where no file is written. */
  looked(
    model: Model,
    health: Pick<WatchHealth, 'latenessMs' | 'lowDetail' | 'privilegeHint'>,
    fileFailures: number | null,
  ): void;
  /** Nothing is looked at for it. Before the first look: of the export itself alone. */
  text(): string;
  /** There was a look. */
  readonly has: boolean;
}

export function createExporting(options: ExportingOptions): Exporting {
  const { version, top, startedMs } = options;
  let model: Model | null = null;
  let counts = noEvents;
  let made: string | null = null;
  let exporter: Exporter = {
    ...{ version, startedMs, looks: 0, latenessMs: 0, lowDetail: false, missingPrivilege: false },
    ...{ ...options.own(), fileFailures: null },
  };

  return {
    looked(seen, { latenessMs, lowDetail, privilegeHint }, fileFailures) {
      model = seen;
      counts = countEvents(counts, seen.events);
      exporter = {
        ...exporter,
        ...options.own(),
        ...{ latenessMs, lowDetail, fileFailures },
        looks: exporter.looks + 1,
        missingPrivilege: privilegeHint !== null,
      };
      made = null;
    },
    text() {
      made ??= exportedText({ model, counts, exporter, top });
      return made;
    },
    get has() {
      return model !== null;
    },
  };
}
