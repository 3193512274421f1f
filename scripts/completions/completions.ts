/** The files of dist/completions, by name. */
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

export function completionFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['nixpulse.bash', bashCompletion()],
    ['_nixpulse', zshCompletion()],
    ['nixpulse.fish', fishCompletion()],
  ]);
}
