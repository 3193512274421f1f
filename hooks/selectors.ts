/** The store's selectors for components: what the screen shows, and what receives keys. */

export { chartGrid as chartGridOf } from '../src/store/chart-grid.ts';
export { hintOf } from '../src/store/hint.ts';
export { cursorRow, shownHistory, shownModel, shownTrack, topMode } from '../src/store/selectors.ts';
export { sortIds } from '../src/store/sorting.ts';
