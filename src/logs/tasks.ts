/** Evaluation, and what else Nix does that is no build, transfer or wait. */
import type { LogEvent, ProgressEvent, StartEvent } from '../model/rebuild/log-event.ts';
import type { Draft } from './draft.ts';

export function addEvaluated(draft: Draft, { files, last }: Extract<LogEvent, { kind: 'evaluated' }>): void {
  heardOfEvaluation(draft);
  const { evaluation } = draft.rebuild;
  draft.rebuild.evaluation = { ...evaluation, files: evaluation.files + files, lastFile: last };
}

function heardOfEvaluation({ rebuild, timeMs }: Draft): void {
  const { evaluation } = rebuild;
  rebuild.evaluation = { ...evaluation, startedMs: evaluation.startedMs ?? timeMs, lastMs: timeMs };
}

/** Those that begin and end within one tick are never seen: 162 of them in a second would only flicker. */
export function startTask(draft: Draft, { id, activity, text }: StartEvent): void {
  if (activity.type === 'copy-source' || activity.type === 'evaluate') heardOfEvaluation(draft);
  if (activity.type === 'copy-source') {
    const { evaluation } = draft.rebuild;
    draft.rebuild.evaluation = { ...evaluation, copied: evaluation.copied + 1 };
  }
  if (activity.type === 'realise') draft.memory.realised = true;
  if (text === '') return;
  draft.map('tasks').set(id, {
    activity,
    text,
    status: null,
    sinceMs: draft.timeMs,
    done: null,
    expected: null,
  });
}

export function progressTask(draft: Draft, { id, done, expected }: ProgressEvent): void {
  const task = draft.rebuild.tasks.get(id);
  if (task !== undefined) draft.map('tasks').set(id, { ...task, done, expected });
}

export function endTask(draft: Draft, id: string): void {
  if (draft.rebuild.tasks.has(id)) draft.map('tasks').delete(id);
}
