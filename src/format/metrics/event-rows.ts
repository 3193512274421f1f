/** Which events of Models are counted, as which family, and by which labels. */
import { guardActions, guardRuleIds, guardUndos } from '../../model/guard/guard.ts';
import { memoryKillers, nixLimits, ownKillers } from '../../model/machine/killers.ts';
import type { ModelEvent } from '../../model/model.ts';
import type { Cause } from '../../model/rebuild/cause.ts';
import type { Labels } from './metrics-text.ts';

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

export const counterRows: readonly CounterRow[] = [
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

export const histogramRows: readonly HistogramRow[] = [
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
