/** What the machine and the terminal tell the store: one transition, and so one setState, each. */
import { extendHistory } from '../model/history.ts';
import type { Model } from '../model/model.ts';
import { settle } from './settle.ts';
import type { Health, State } from './state.ts';

/** A tick. While the screen is frozen only `model` and `history` move on. */
export function applyModel(state: State, model: Model, health: Partial<Health> = {}): State {
  const history = extendHistory(state.history, model, state.model);
  return settle({ ...state, model, history, health: changed(state.health, health) }, state);
}

export function applyHealth(state: State, health: Partial<Health>): State {
  const next = changed(state.health, health);
  return next === state.health ? state : settle({ ...state, health: next }, state);
}

export function resizeTerminal(state: State, columns: number, rows: number): State {
  if (columns === state.terminal.columns && rows === state.terminal.rows) return state;
  return settle({ ...state, terminal: { ...state.terminal, columns, rows } }, state);
}

function changed(health: Health, change: Partial<Health>): Health {
  const keys = Object.keys(change) as (keyof Health)[];
  return keys.every((key) => health[key] === change[key]) ? health : { ...health, ...change };
}
