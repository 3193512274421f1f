/** What happened since the export began, counted: events of Models, which come and go, as counters and histograms. */
import { guardActions, guardRuleIds, guardUndos } from '../../model/guard/guard.ts';
import { memoryKillers, nixLimits, ownKillers } from '../../model/machine/killers.ts';
import type { ModelEvent } from '../../model/model.ts';
import type { Cause } from '../../model/rebuild/cause.ts';
import type { Labels, MetricFamily, MetricSample } from './metrics-text.ts';

interface CounterRow {
  readonly name: string;
  readonly help: string;
  /** All that can be: told with 0 from the start, so that the first one is an increase. */
  readonly zeros: readonly Labels[];
  /** Null: it is not counted here. */
  readonly of: (event: ModelEvent) => Labels | null;
}

const eventKinds = Object.keys({
  'oom-kill': 0,
  'oom-limit': 0,
  killed: 0,
  'hung-task': 0,
  pressure: 0,
  limit: 0,
  stall: 0,
  space: 0,
  inodes: 0,
  'shortage-ended': 0,
  suspend: 0,
  'clock-jump': 0,
  'build-started': 0,
  'build-ended': 0,
  'client-ended': 0,
  'build-failed': 0,
  'rebuild-ended': 0,
  finding: 0,
  guard: 0,
  foreign: 0,
} satisfies Record<ModelEvent['kind'], 0>);

const causes = Object.keys({
  'out-of-memory': 0,
  killed: 0,
  signal: 0,
  exit: 0,
  space: 0,
  timeout: 0,
  'log-limit': 0,
  hash: 0,
  system: 0,
  network: 0,
  'no-substituter': 0,
  unsigned: 0,
  remote: 0,
  'no-output': 0,
  cycle: 0,
  'not-deterministic': 0,
  evaluation: 0,
  'daemon-memory': 0,
  'daemon-gone': 0,
  interrupted: 0,
  tool: 0,
  unknown: 0,
} satisfies Record<Cause['kind'], 0>);

const killers = [...memoryKillers, ...nixLimits, ...ownKillers];

/** Whether the guard only told (`dry_run`) is always said. */
const both = (labels: readonly Labels[]) =>
  labels.flatMap((one) => ['false', 'true'].map((dryRun) => ({ ...one, dry_run: dryRun })));

const counterRows: readonly CounterRow[] = [
  {
    name: 'nixpulse_events_total',
    help: 'What happened since the export began, by kind.',
    zeros: eventKinds.map((kind) => ({ kind })),
    of: ({ kind }) => ({ kind }),
  },
  {
    name: 'nixpulse_kills_total',
    help: 'Processes and builds that were ended since the export began, by whom: for want of memory, by a limit of Nix, by nixpulse.',
    zeros: killers.map((killer) => ({ killer })),
    of: (event) => (event.kind === 'killed' ? { killer: event.killer } : null),
  },
  {
    name: 'nixpulse_build_failures_total',
    help: 'Root causes of failed rebuilds since the export began: one each, however many builds it took with it.',
    zeros: causes.map((cause) => ({ cause })),
    of: (event) => (event.kind === 'build-failed' ? { cause: event.cause.kind } : null),
  },
  {
    name: 'nixpulse_guard_actions_total',
    help: 'What guards of nixpulse did since the export began, or, in a dry run, would have done; what was undone too (resume, restore).',
    zeros: both([...guardActions, ...guardUndos].map((action) => ({ action }))),
    of: (event) => (event.kind === 'guard' ? { action: event.action, dry_run: String(event.dryRun) } : null),
  },
  {
    name: 'nixpulse_guard_rule_actions_total',
    help: 'The same, by the rule that made it act.',
    zeros: both(guardRuleIds.map((rule) => ({ rule }))),
    of: (event) => (event.kind === 'guard' ? { rule: event.rule, dry_run: String(event.dryRun) } : null),
  },
];

interface HistogramRow {
  readonly name: string;
  readonly help: string;
  readonly zeros: readonly Labels[];
  readonly of: (event: ModelEvent) => { readonly labels: Labels; readonly seconds: number } | null;
}

/** From what is over at once to a night. */
const bounds = [10, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200, 14_400, 28_800] as const;

const histogramRows: readonly HistogramRow[] = [
  {
    name: 'nixpulse_build_duration_seconds',
    help: 'How long builds took that ended since the export began, whatever became of them.',
    zeros: [{}],
    of: (event) =>
      event.kind === 'build-ended' && event.ageSec !== null ? { labels: {}, seconds: event.ageSec } : null,
  },
  {
    name: 'nixpulse_rebuild_duration_seconds',
    help: 'How long rebuilds took that ended since the export began and that built, fetched or failed.',
    zeros: [{ result: 'done' }, { result: 'failed' }],
    of: (event) =>
      event.kind === 'rebuild-ended'
        ? { labels: { result: event.failed > 0 ? 'failed' : 'done' }, seconds: event.lengthSec }
        : null,
  },
];

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
