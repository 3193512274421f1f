/** How outcomes put numbers and names into a sentence. */

import type { Problem } from '../base/problem.ts';
import { type BuildTarget, titleOfTarget } from '../model/intents/intent.ts';

/** `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`. */
export function list(names: readonly string[], most = 4): string {
  if (names.length > most)
    return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** A problem as the end of a sentence. */
export function reasonOf({ kind, where, cause }: Problem): string {
  const words = {
    gone: 'is gone',
    denied: 'not permitted',
    malformed: 'failed',
    timeout: 'no answer',
    exhausted: 'no room for it now',
    unsupported: 'not supported',
  };
  return `${where}: ${cause ?? words[kind]}`;
}

/** What lets a user do it, since nothing here asks for a password. */
export function asRoot(command: string): string {
  return `run it as root: sudo nixpulse ${command}`;
}

/** Enough of a command line to know it by. */
const longestCommand = 60;

export function shortened(command: string): string {
  return command.length > longestCommand ? `${command.slice(0, longestCommand - 1)}…` : command;
}

/** Names the privilege that is missing, and the command that has it. */
export function notPermitted(target: BuildTarget, verb: 'kill' | 'pause' | 'resume'): string {
  const whose = target.user === null ? '' : `: its processes are ${target.user}’s`;
  return `${titleOfTarget(target)}: not permitted${whose}; ${asRoot(`${verb} ${target.name ?? target.root.pid}`)}`;
}
