/** Which part of the state an event changes. */
import type { LogEvent, ProgressEvent, StartEvent } from '../model/rebuild/log-event.ts';
import { closeActivity, openActivity } from './activity-ids.ts';
import { bounds, lastOf, withLast } from './bounds.ts';
import { countEnds } from './build-outcome.ts';
import { addLines, addPhase, endBuild, endByResult, startBuild } from './builds.ts';
import type { Draft } from './draft.ts';
import { endRebuild } from './end.ts';
import { failByHash } from './failures.ts';
import { foldMessage } from './messages.ts';
import { addPlan, addPlanned, expectBuilds, expectBytes } from './plan.ts';
import { addEvaluated, endTask, progressTask, startTask } from './tasks.ts';
import { endTransfer, moveTransfer, startTransfer } from './transfers.ts';
import { endSaidWaits, endWait, startWait } from './waits.ts';

type Handlers = {
  readonly [K in LogEvent['kind']]: (draft: Draft, event: Extract<LogEvent, { readonly kind: K }>) => void;
};

const handlers: Handlers = {
  start(draft, event) {
    endSaidWaits(draft);
    starts(draft, event);
  },
  stop: (draft, { id }) => stop(draft, id),
  progress,
  expected: expectBytes,
  phase: (draft, { id, phase }) => addPhase(draft, id, phase),
  lines: addLines,
  status: setStatus,
  ended: endByResult,
  'hash-mismatch': failByHash,
  'other-result': (draft, { number, count }) => countUnread(draft, 'results', number, count),
  plan(draft, event) {
    endSaidWaits(draft);
    addPlan(draft, event);
  },
  planned: (draft, { paths }) => addPlanned(draft, paths),
  evaluated: addEvaluated,
  message(draft, event) {
    endSaidWaits(draft, event.meaning?.kind === 'wait' ? event.meaning.for.kind : undefined);
    foldMessage(draft, event);
  },
  step: addStep,
  'tool-failure': addToolFailure,
  output({ rebuild }, { lines, count }) {
    const before = count > lines.length ? [] : rebuild.output;
    rebuild.output = lastOf([...before, ...lines], bounds.tailLines);
  },
  skipped({ rebuild }, { broken, talkative }) {
    const { unread } = rebuild;
    rebuild.unread = {
      ...unread,
      broken: unread.broken + broken,
      talkative: unread.talkative + talkative,
    };
  },
  end: (draft, { exitCode }) => endRebuild(draft, exitCode),
};

export function foldEvent(draft: Draft, event: LogEvent): void {
  // A recording of a newer version may have kinds that this one does not know.
  (handlers[event.kind] as ((draft: Draft, event: LogEvent) => void) | undefined)?.(draft, event);
}

function starts(draft: Draft, event: StartEvent): void {
  const { activity } = event;
  switch (activity.type) {
    case 'build': {
      const { writer } = openActivity(draft, event, null);
      startBuild(draft, activity.drv, activity.host, writer);
      return;
    }
    case 'substitute':
    case 'copy':
    case 'download':
      openActivity(draft, event, startTransfer(draft, event.id, event.parent, activity));
      return;
    case 'wait':
      openActivity(draft, event, null);
      startWait(draft, event.id, activity.for, false);
      return;
    case 'hook':
      openActivity(draft, event, null);
      draft.map('hooks').set(event.id, { drv: activity.drv, sinceMs: draft.timeMs, lines: 0, tail: [] });
      return;
    default:
      if (activity.type === 'other' && activity.number !== 0)
        countUnread(draft, 'activities', activity.number, 1);
      openActivity(draft, event, null);
      startTask(draft, event);
  }
}

function stop(draft: Draft, id: string): void {
  const open = closeActivity(draft, id);
  switch (open?.activity.type) {
    case undefined:
      return;
    case 'build':
      endBuild(draft, open.activity.drv, open.writer);
      return;
    case 'substitute':
    case 'copy':
    case 'download':
      endTransfer(draft, id, open);
      return;
    case 'wait':
      endWait(draft, id);
      return;
    case 'hook':
      draft.map('hooks').delete(id);
      return;
    default:
      endTask(draft, id);
  }
}

function progress(draft: Draft, event: ProgressEvent): void {
  const open = draft.memory.activities.get(event.id);
  if (open === undefined) return;
  if (open.transfer !== null) moveTransfer(draft, open, event);
  else if (open.activity.type === 'builds') {
    countEnds(draft, event, open.writer);
    expectBuilds(draft, event);
  } else progressTask(draft, event);
}

function setStatus(draft: Draft, { id, text }: Extract<LogEvent, { kind: 'status' }>): void {
  const task = draft.rebuild.tasks.get(id);
  if (task !== undefined) draft.map('tasks').set(id, { ...task, status: text });
}

/** A script that goes on within a step (`setting up /etc...`) adds the name of its part to it. */
function addStep({ rebuild, timeMs }: Draft, { step, names }: Extract<LogEvent, { kind: 'step' }>): void {
  const last = rebuild.steps.at(-1);
  if (last?.step !== step) {
    rebuild.steps = withLast(rebuild.steps, { step, names, sinceMs: timeMs }, bounds.steps);
    return;
  }
  const all = { ...last, names: lastOf([...last.names, ...names], bounds.names) };
  rebuild.steps = [...rebuild.steps.slice(0, -1), all];
}

function addToolFailure(
  { rebuild, timeMs }: Draft,
  { kind: _, ...failure }: Extract<LogEvent, { kind: 'tool-failure' }>,
): void {
  rebuild.toolFailures = withLast(rebuild.toolFailures, { ...failure, atMs: timeMs }, bounds.errors);
}

/** By number, so that what a new release brings is seen; bounded, because a stream may hold anything. */
function countUnread(draft: Draft, of: 'activities' | 'results', number: number, times: number): void {
  const counts = draft.rebuild.unread[of];
  if (counts.size >= bounds.names && !counts.has(number)) return;
  draft.rebuild.unread = {
    ...draft.rebuild.unread,
    [of]: new Map(counts).set(number, (counts.get(number) ?? 0) + times),
  };
}
