/** How the screen looks: by flags, NO_COLOR, the files of settings and the terminal, in this order. */
import { isConsole, showsColor, showsUnicode } from '../cli/terminal.ts';
import type { Settings } from '../settings/settings.ts';
import type { Given, Look } from './mode.ts';

type LookGiven = Pick<Given, 'environment'> & {
  readonly invocation: Pick<Given['invocation'], 'color' | 'ascii' | 'typed'>;
  readonly process: { readonly stdout: { readonly isTTY?: boolean } };
};

/** Without settings: before they were read. */
export function lookOf(
  { invocation, environment, process }: LookGiven,
  settings?: Pick<Settings, 'screen' | 'colors'>,
): Look {
  const { color, ascii, typed = [] } = invocation;
  const surroundings = { environment, terminal: process.stdout.isTTY === true };
  const inFile = typed.includes('color') ? 'auto' : (settings?.screen.color ?? 'auto');
  return {
    color: showsColor(color, surroundings, inFile),
    unicode: showsUnicode(ascii || settings?.screen.ascii === true, surroundings),
    console: isConsole(surroundings),
    ...(settings && { looks: settings.colors }),
  };
}
