/** Actions that run: begun, reporting, ended. */
import type { Progress } from '../model/intents/outcome.ts';
import { settle } from './settle.ts';
import type { RunningAction, State } from './state.ts';

const mostLines = 500;

export function beginAction(
  state: State,
  begun: Pick<RunningAction, 'id' | 'intent' | 'title' | 'sinceMs'>,
): State {
  const action: RunningAction = { ...begun, progress: {}, lines: [], cancelling: false };
  return settle({ ...state, actions: [...state.actions, action] }, state);
}

export function endAction(state: State, id: number): State {
  return settle({ ...state, actions: state.actions.filter((action) => action.id !== id) }, state);
}

/** The reports since the last tick, by action. */
export function applyProgress(state: State, reports: ReadonlyMap<number, Progress>): State {
  if (reports.size === 0) return state;
  const actions = state.actions.map((action) => {
    const report = reports.get(action.id);
    return report === undefined ? action : withReport(action, report);
  });
  return settle({ ...state, actions }, state);
}

/** Two reports as one: what is absent in the newer keeps its value, lines add up. */
export function joinReports(older: Progress | undefined, newer: Progress): Progress {
  if (older === undefined) return newer;
  const lines = [...(older.lines ?? []), ...(newer.lines ?? [])].slice(-mostLines);
  return { ...older, ...newer, ...(lines.length === 0 ? {} : { lines }) };
}

export function markCancelling(state: State, id: number): State {
  const actions = state.actions.map((action) =>
    action.id === id ? { ...action, cancelling: true } : action,
  );
  return { ...state, actions };
}

function withReport(action: RunningAction, { lines = [], ...progress }: Progress): RunningAction {
  return {
    ...action,
    progress: { ...action.progress, ...progress },
    lines: lines.length === 0 ? action.lines : [...action.lines, ...lines].slice(-mostLines),
  };
}
