/** Every path of the rescue screen once, where nobody sees it: compiled and in memory before memory is short. */
import { pressKeys } from './rescue-keys.ts';
import { type RescueStyle, rescueRows } from './rescue-screen.ts';
import type { RescueState } from './rescue-state.ts';

const keys = ['1', 'down', 'k', 'n', 'K', 'n', 'C', 'n', '?', '?', 'k', 'escape'];

/** What the keys would do outside of the screen is left out. */
export function rehearseKeys(from: RescueState, style: RescueStyle): void {
  let state: RescueState = { ...from, question: null, picked: null };
  for (const name of keys) {
    state = pressKeys(state, [{ name }]).state;
    rescueRows(state, style);
  }
}
