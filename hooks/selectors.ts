/** The store's selectors for components: what the screen shows, and what receives keys. */

export { hintOf } from '../src/state/hint.ts';
export { cursorRow, shownHistory, shownModel, shownTrack, topMode } from '../src/state/selectors.ts';
export { sortIds } from '../src/state/sorting.ts';
