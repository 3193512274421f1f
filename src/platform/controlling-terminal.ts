/** How this process stands to the terminal that controls it. */
import { closeSync, constants, openSync, readFileSync } from 'node:fs';

/** `background`: a shell has others before it there (job control), or it was stopped. */
export type TerminalStanding = 'none' | 'background' | 'foreground';

/** Waits for nothing. Where it cannot be told there is none. */
export function terminalStanding(): TerminalStanding {
  try {
    if (process.platform === 'linux') return standingIn(readFileSync('/proc/self/stat', 'latin1'));
    // tty(4): only the terminal that controls us is opened by it.
    const { O_RDONLY, O_NOCTTY, O_NONBLOCK } = constants;
    closeSync(openSync('/dev/tty', O_RDONLY | O_NOCTTY | O_NONBLOCK));
    return 'foreground';
  } catch {
    return 'none';
  }
}

/** proc_pid_stat(5): `pid (comm) state ppid pgrp session tty_nr tpgid …`. */
export function standingIn(stat: string): TerminalStanding {
  const [, , group, , terminal, foremost] = stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(' ')
    .map(Number);
  if (!terminal) return 'none';
  return foremost === group ? 'foreground' : 'background';
}
