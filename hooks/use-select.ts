/** One narrow slice of the state, and what selects the common ones: drawn again only when it is another one. */
import { useStore } from 'zustand';
import type { State } from '../src/state/state.ts';
import { useApp } from './app-context.ts';

export { cursorRow, hintOf, shownHistory, shownModel, shownTrack, topMode } from '../src/state/selectors.ts';
export { sortIds } from '../src/state/sorting.ts';

/** The selector must return the same reference while nothing changed: no new objects or arrays. */
export function useSelect<T>(selector: (state: State) => T): T {
  return useStore(useApp().store, selector);
}
