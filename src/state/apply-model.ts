/** What the machine and the terminal change: one transition, and so one setState, each. */
import type { Actor } from '../model/intents/actor.ts';
import { withLoweredMarks } from '../model/intents/lowered-mark.ts';
import { withFreshMarks } from '../model/intents/paused-mark.ts';
import type { Model } from '../model/model.ts';
import { extendHistory } from '../model/past/history.ts';
import { extendTrack } from '../model/past/track-rings.ts';
import { addAlerts } from './journal.ts';
import { settle } from './settle.ts';
import type { Health, State } from './state.ts';

/** A tick. While the screen is frozen only `model`, `history` and `track` move on. */
export function applyModel(state: State, read: Model, health: Partial<Health> = {}): State {
  const model = withLoweredMarks(withFreshMarks(read, state.paused), state.lowered);
  const history = extendHistory(state.history, model, state.model);
  const track = extendTrack(state.track, model, state.model);
  const journal = addAlerts(state.journal, model.events, state.model.events);
  const next = { ...state, model, history, track, journal, health: changed(state.health, health) };
  return settle(next, state);
}

export function applyHealth(state: State, health: Partial<Health>): State {
  const next = changed(state.health, health);
  return next === state.health ? state : settle({ ...state, health: next }, state);
}

export function resizeTerminal(state: State, columns: number, rows: number): State {
  if (columns === state.terminal.columns && rows === state.terminal.rows) return state;
  return settle({ ...state, terminal: { ...state.terminal, columns, rows } }, state);
}

/** What is known of the machine later than at the start. */
export function applyActor(state: State, actor: Partial<Actor>): State {
  return { ...state, actor: { ...state.actor, ...actor } };
}

function changed(health: Health, change: Partial<Health>): Health {
  const keys = Object.keys(change) as (keyof Health)[];
  return keys.every((key) => health[key] === change[key]) ? health : { ...health, ...change };
}
