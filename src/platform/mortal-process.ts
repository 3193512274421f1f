/** A process that ends with nixpulse, however that ends: the kernel kills it (PR_SET_PDEATHSIG of prctl(2)). */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { ok, type Result } from '../base/problem.ts';
import { startProblemOf } from './errno.ts';
import { unchanged } from './lasting-process.ts';
import { createLineSplitter } from './lines.ts';
import type { RunningProcess, StreamOptions, UsualRights } from './ports.ts';

type End = Result<{ readonly exitCode: number | null; readonly signal: string | null }>;

/** setpriv(1) of util-linux 2.33 and newer; it becomes the program. */
const mortal = ['--pdeathsig', 'KILL', '--'] as const;
const killAfterMs = 2000;

/** `gone` where there is no setpriv: without it nothing is started. 127: there is no such program. */
export function streamMortal(
  file: string,
  args: readonly string[],
  { environment, onLine, onStart }: StreamOptions,
  { asUsual }: UsualRights = unchanged,
): RunningProcess {
  let kill: ((signal: NodeJS.Signals) => void) | null = null;
  let wanted: NodeJS.Signals | null = null;
  let late: NodeJS.Timeout | undefined;

  async function run(): Promise<End> {
    // Cancelled before it began.
    if (wanted !== null) return ok({ exitCode: null, signal: wanted });
    const child = asUsual(
      () =>
        spawn('setpriv', [...mortal, file, ...args], {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, ...environment },
        }),
      (started) => started.pid,
    );
    kill = (signal) => void child.kill(signal);
    if (child.pid !== undefined) onStart?.(child.pid);
    listen(child.stdout, (line) => onLine(line, 'stdout'));
    listen(child.stderr, (line) => onLine(line, 'stderr'));
    return await new Promise<End>((resolve) => {
      child.once('error', (error) => resolve({ ok: false, problem: startProblemOf(error, 'setpriv') }));
      child.once('exit', () => {
        kill = null;
        clearTimeout(late);
      });
      child.once('close', (exitCode, signal) => resolve(ok({ exitCode, signal })));
    });
  }

  return {
    done: run(),
    cancel(signal = 'TERM') {
      wanted ??= `SIG${signal}`;
      kill?.(`SIG${signal}`);
      if (kill !== null) late ??= setTimeout(() => kill?.('SIGKILL'), killAfterMs);
    },
  };
}

function listen(pipe: Readable, onLine: (line: string) => void): void {
  const lines = createLineSplitter(onLine);
  pipe.setEncoding('utf8').on('data', lines.add).once('close', lines.end);
  pipe.on('error', () => {});
}
