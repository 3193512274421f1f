/** All that nixpulse exports, as text. */
import type { Model } from '../../model/model.ts';
import { cacheCheckMetrics } from './cache-check-metrics.ts';
import { type EventCounts, eventMetrics } from './event-counts.ts';
import { type MetricFamily, metricsText } from './metrics-text.ts';
import { type Exporter, exporterMetrics, modelMetrics } from './model-metrics.ts';

export interface Exported {
  /** Null: nothing has been looked at yet. */
  readonly model: Model | null;
  readonly counts: EventCounts;
  readonly exporter: Exporter;
  /** So many builds by name; 0: none. */
  readonly top: number;
}

export function exportedText({ model, counts, exporter, top }: Exported): string {
  return metricsText([
    ...exporterMetrics(exporter),
    ...(model === null ? [] : [...modelMetrics(model, top), ...eventMetrics(counts), ...checkMetrics(model)]),
  ]);
}

/** Of the last run of check-cache, unless a file of its own tells them: a name that two tell breaks the scrape. */
function checkMetrics({ caches }: Model): readonly MetricFamily[] {
  const last = caches?.checks.at(-1);
  return last === undefined || last.textfile !== null ? [] : cacheCheckMetrics(last);
}
