/**
 * A program that is run when we end without having said so: killed, crashed, or out of memory. A shell waits for it at the
 * other end of a pipe, in a session of its own; with us the pipe closes, whatever ended us.
 */
import { spawn } from 'node:child_process';
import { unchanged } from './lasting-process.ts';
import type { UsualRights } from './ports.ts';

export interface WhenWeEnd {
  /** We end well: it is not needed. */
  cancel(): void;
  /** Of the shell that waits; undefined where it could not be started. */
  readonly pid: number | undefined;
  /** Resolves with one line when there is none (any more), though it was not cancelled. */
  readonly lost: Promise<string>;
}

/** Signals to all of a cgroup, as systemd sends them when it stops us, leave it: whether it is needed the pipe says. */
const script = `trap '' HUP INT TERM; read -r _ || { trap - HUP INT TERM; exec "$@"; }`;

export function runWhenWeEnd(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  { asUsual }: UsualRights = unchanged,
): WhenWeEnd {
  const child = asUsual(
    () =>
      spawn('/bin/sh', ['-c', script, 'nixpulse-release', ...command], {
        detached: true,
        cwd: '/',
        stdio: ['pipe', 'ignore', 'ignore'],
        // What the environment of a process names no garbage collection of Nix removes.
        env: { ...process.env, ...environment, NIXPULSE_RELEASE: command.join(' ') },
      }),
    (started) => started.pid,
  );
  let cancelled = false;
  // It is waited for by nobody, and its end closes a pipe that we may be about to write to.
  child.unref();
  child.stdin.on('error', () => {});
  const lost = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`it could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      if (!cancelled) resolve(`it ended with ${signal ?? `exit code ${code}`}`);
    });
  });
  return {
    pid: child.pid,
    cancel() {
      cancelled = true;
      child.stdin.end('\n');
    },
    lost,
  };
}
