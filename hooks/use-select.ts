/** One narrow slice of the state: the component is drawn again only when that slice is another one. */
import { useStore } from 'zustand';
import type { State } from '../src/state/state.ts';
import { useApp } from './app-context.ts';

/** The selector must return the same reference while nothing changed: no new objects or arrays. */
export function useSelect<T>(selector: (state: State) => T): T {
  return useStore(useApp().store, selector);
}
