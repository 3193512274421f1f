/** What happened since the export began, counted: events of Models, which come and go, as counters and histograms. */
import type { ModelEvent } from '../../model/model.ts';
import { counterRows, histogramRows } from './event-rows.ts';
import type { Labels, MetricFamily, MetricSample } from './metrics-text.ts';

/** From what is over at once to a night. */
const bounds = [10, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200, 14_400, 28_800] as const;

/** How many were how long: up to each of the bounds, and above the last. */
interface Lengths {
  readonly buckets: readonly number[];
  readonly sum: number;
}

/** By `key` of a family and its labels. */
export interface EventCounts {
  readonly counts: ReadonlyMap<string, number>;
  /** Of each histogram and its labels. */
  readonly lengths: ReadonlyMap<string, Lengths>;
  /** Those of the last Model: they are counted. */
  readonly counted: readonly ModelEvent[];
}

export const noEvents: EventCounts = { counts: new Map(), lengths: new Map(), counted: [] };

const key = (name: string, labels: Labels) => `${name} ${JSON.stringify(labels)}`;
const noLengths: Lengths = { buckets: bounds.map(() => 0).concat(0), sum: 0 };

/** `events`: of the next Model, newest last; the same object is the same event. */
export function countEvents(before: EventCounts, events: readonly ModelEvent[]): EventCounts {
  if (events === before.counted) return before;
  const known = new Set(before.counted);
  const counts = new Map(before.counts);
  const lengths = new Map(before.lengths);
  for (const event of events) {
    if (known.has(event)) continue;
    for (const { name, of } of counterRows) {
      const labels = of(event);
      if (labels !== null) counts.set(key(name, labels), (counts.get(key(name, labels)) ?? 0) + 1);
    }
    for (const { name, of } of histogramRows) {
      const found = of(event);
      if (found === null) continue;
      const { buckets, sum } = lengths.get(key(name, found.labels)) ?? noLengths;
      const at = bounds.findIndex((bound) => found.seconds <= bound);
      const place = at < 0 ? bounds.length : at;
      lengths.set(key(name, found.labels), {
        buckets: buckets.map((count, index) => (index === place ? count + 1 : count)),
        sum: sum + found.seconds,
      });
    }
  }
  return { counts, lengths, counted: events };
}

export function eventMetrics({ counts, lengths }: EventCounts): readonly MetricFamily[] {
  return [
    ...counterRows.map(({ name, help, zeros }): MetricFamily => {
      const samples = zeros.map((labels) => ({ labels, value: counts.get(key(name, labels)) ?? 0 }));
      return { name, help, type: 'counter', samples };
    }),
    ...histogramRows.map(({ name, help, zeros }): MetricFamily => {
      const samples = zeros.flatMap((labels) =>
        histogramSamples(labels, lengths.get(key(name, labels)) ?? noLengths),
      );
      return { name, help, type: 'histogram', samples };
    }),
  ];
}

/** Buckets are told as sums: each holds those below it too. */
function histogramSamples(labels: Labels, { buckets, sum }: Lengths): readonly MetricSample[] {
  let count = 0;
  const samples = buckets.map((one, index): MetricSample => {
    count += one;
    const bound = bounds[index];
    const le = bound === undefined ? '+Inf' : String(bound);
    return { suffix: '_bucket', labels: { ...labels, le }, value: count };
  });
  return [...samples, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: count }];
}
