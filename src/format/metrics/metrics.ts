/** All that nixpulse exports, as text. */
import type { Model } from '../../model/model.ts';
import { type EventCounts, eventMetrics } from './event-counts.ts';
import { metricsText } from './metrics-text.ts';
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
    ...(model === null ? [] : [...modelMetrics(model, top), ...eventMetrics(counts)]),
  ]);
}
