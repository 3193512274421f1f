/** One narrow slice of the state, and what selects the common ones: drawn again only when it is another one. */
import { useRef } from 'react';
import { useStore } from 'zustand';
import type { Model } from '../src/model/model.ts';
import { shownModel } from '../src/state/selectors.ts';
import type { State } from '../src/state/state.ts';
import { useApp } from './app-context.ts';

export { sortIds } from '../src/model/ui/build-list.ts';
export { loggedBuild, roomOfBuild, roomOfFailed } from '../src/state/details-room.ts';
export {
  diagnosisIndex,
  diagnosisMode,
  diagnosisRows,
  lookedAt,
  testsOf,
} from '../src/state/diagnosis.ts';
export { cursorFailed, findFailed } from '../src/state/failed.ts';
export { lineMatches, logMode, logOf, topLine } from '../src/state/log-page.ts';
export { peerIndex, peerParts, peerRows } from '../src/state/peers.ts';
export { cursorRow, hintOf, shownHistory, shownModel, shownTrack, topMode } from '../src/state/selectors.ts';

/** The selector must return the same reference while nothing changed: no new objects or arrays. */
export function useSelect<T>(selector: (state: State) => T): T {
  return useStore(useApp().store, selector);
}

/**
 * The shown model as it was when one of these parts last changed, with the time of that tick: most ticks read pressure
 * alone. The same object until then.
 */
export function useModelParts<Part extends keyof Model>(
  parts: readonly Part[],
): Pick<Model, Part | 'timeMs' | 'monotonicMs' | 'readAtMs'> {
  const last = useRef<Model | null>(null);
  return useSelect((state) => {
    const model = shownModel(state);
    const before = last.current;
    if (before !== null && parts.every((part) => before[part] === model[part])) return before;
    last.current = model;
    return model;
  });
}
