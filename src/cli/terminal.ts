/** What the terminal can show, from the flags and the environment. */
import type { ColorChoice } from './table.ts';

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** stdout is a terminal. */
  readonly terminal: boolean;
}

/**
 * `--color` first, then NO_COLOR (no-color.org: any non-empty value), then the file of settings, then whether anyone
 * looks. tmux status lines and pipes get no colour on their own.
 */
export function showsColor(
  choice: ColorChoice,
  { environment, terminal }: Surroundings,
  inFile: ColorChoice = 'auto',
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (environment.NO_COLOR) return false;
  if (inFile !== 'auto') return inFile === 'always';
  return terminal && environment.TERM !== 'dumb';
}

/** The kernel's own text console. */
export function isConsole({ environment }: Surroundings): boolean {
  return environment.TERM === 'linux';
}

/** The kernel's console draws a few glyphs only, whatever the locale says. */
export function showsUnicode(ascii: boolean, surroundings: Surroundings): boolean {
  const { environment } = surroundings;
  if (ascii || isConsole(surroundings) || environment.TERM === 'dumb') return false;
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return /utf-?8/i.test(locale);
}
