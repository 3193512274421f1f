/** A command that we start and watch: its own session, its exit code, and signals to all of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { UsualRights } from './ports.ts';

export interface CommandOptions {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Its terminal, and its standard input where that is one; null: it has ours. */
  readonly terminal: { readonly path: string; readonly descriptor: number } | null;
  /** A group of its own, which signals to us do not reach. */
  readonly apart: boolean;
  readonly stdin: 'inherit' | 'terminal' | 'ignore';
  readonly stdout: 'inherit' | number;
  readonly stderr: 'inherit' | number;
}

export interface CommandEnd {
  /** As a shell says it: 128 + the number of a signal. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | null;
}

export interface WatchedProcess {
  /** Null where it could not be started. */
  readonly pid: number | null;
  readonly ended: Promise<CommandEnd>;
  /** To its process group, or itself where it is in ours. False: nothing of it is ours to signal. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): boolean;
}

/**
 * Who opens a terminal as the leader of a session that has none has it from then on: Node can begin a session, but not
 * give it a terminal.
 */
const takeTerminal = {
  terminal: 'exec <>"$NIXPULSE_TERMINAL"; unset NIXPULSE_TERMINAL; exec "$@"',
  other: 'exec 4<>"$NIXPULSE_TERMINAL" 4>&-; unset NIXPULSE_TERMINAL; exec "$@"',
} as const;

export function startCommand(options: CommandOptions, { asUsual }: UsualRights): WatchedProcess {
  const { words, terminal, apart, stdin, stdout, stderr } = options;
  const [file = '', ...args] = words;
  const shell = terminal && takeTerminal[stdin === 'terminal' ? 'terminal' : 'other'];
  const child = asUsual(
    () =>
      spawn(shell === null ? file : '/bin/sh', shell === null ? args : ['-c', shell, 'sh', ...words], {
        detached: apart,
        stdio: [
          stdin === 'inherit' ? 'inherit' : 'ignore',
          stdout,
          stderr,
          ...(terminal ? [terminal.descriptor] : []),
        ],
        env: { ...options.environment, ...(terminal && { NIXPULSE_TERMINAL: terminal.path }) },
      }),
    ({ pid }) => pid,
  );
  return {
    pid: child.pid ?? null,
    ended: endOf(child),
    signal(name) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false;
      try {
        return process.kill(apart ? -child.pid : child.pid, name);
      } catch {
        // EPERM: sudo and what it runs are root's. ESRCH: it has just ended.
        return false;
      }
    },
  };
}

function endOf(child: ChildProcess): Promise<CommandEnd> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ exitCode: error.code === 'ENOENT' ? 127 : 126, signal: null }),
    );
    child.once('exit', (code, signal) =>
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), signal }),
    );
  });
}
