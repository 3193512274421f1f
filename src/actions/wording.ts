/** What outcomes say of problems, privileges and commands. */

import type { Problem } from '../base/problem.ts';
import { truncate } from '../base/text.ts';
import { type BuildTarget, type ClientTarget, titleOfTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';

export function refused(summary: string, ...details: readonly string[]): Outcome {
  return { status: 'refused', summary, details };
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
export function shortened(command: string): string {
  return truncate(command, 60);
}

/** Another user's. */
export function notPermittedClient({ command, process }: ClientTarget): string {
  return `${shortened(command)}: not permitted, it is another user's; ${asRoot(`cancel ${process.pid}`)}`;
}

/** Names the privilege that is missing, and the command that has it. */
export function notPermitted(
  target: BuildTarget,
  verb: 'kill' | 'pause' | 'resume' | 'lower' | 'limit' | 'restore',
): string {
  const whose = target.user === null ? '' : `: its processes are ${target.user}’s`;
  return `${titleOfTarget(target)}: not permitted${whose}; ${asRoot(`${verb} ${target.name ?? target.root.pid}`)}`;
}
