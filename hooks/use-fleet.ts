/** The screen of a fleet and its keys: the state as it is now; bytes to keys, keys to the next state or to an effect. */
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Key } from '../src/parse/keys.ts';
import { type FleetEffect, pressFleet } from '../src/state/fleet/fleet-keys.ts';
import type { FleetState } from '../src/state/fleet/fleet-state.ts';
import { useKeyReader } from './use-keys.ts';

export interface FleetContext {
  readonly store: StoreApi<FleetState>;
  /** What a key asks for besides. */
  act(effect: FleetEffect): void;
}

export function useFleet({ store }: FleetContext): FleetState {
  return useStore(store);
}

export function useFleetKeys(context: FleetContext): void {
  useKeyReader(context, press);
}

/** Keys that came in one read make one state; what is pasted is typed where something is typed, and else nothing. */
export function press({ store, act }: FleetContext, keys: readonly Key[]): void {
  let state = store.getState();
  const effects: FleetEffect[] = [];
  for (const key of keys) {
    const names = 'name' in key ? [key.name] : state.typing ? [...key.paste] : [];
    for (const name of names) {
      const step = pressFleet(state, name);
      state = step.state;
      if (step.effect !== undefined) effects.push(step.effect);
    }
  }
  store.setState(state, true);
  for (const effect of effects) act(effect);
}
