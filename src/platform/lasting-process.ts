/** A process that goes on when nixpulse ends, however that ends: in its own session, its output in a file. */
import { ok, type Result } from '../base/problem.ts';
import { startProblemOf } from './errno.ts';
import { openLastingOutput } from './lasting-output.ts';
import { createLineSplitter } from './lines.ts';
import type { RunningProcess, StreamOptions, UsualRights } from './ports.ts';

type End = Result<{ readonly exitCode: number | null; readonly signal: string | null }>;

/** Of a program that was not hardened. */
export const unchanged: UsualRights = { asUsual: (start) => start() };

/** Nothing cancels it: a signal is as bad as a lost terminal. */
export function streamLasting(
  file: string,
  args: readonly string[],
  { environment, onLine }: StreamOptions,
  { asUsual }: UsualRights = unchanged,
): RunningProcess {
  const lines = createLineSplitter((line) => onLine(line, 'stdout'));

  async function run(): Promise<End> {
    const { spawn } = await import('node:child_process');
    const output = await openLastingOutput(lines.add);
    if (output === null)
      onLine('its output cannot be shown: there is no room for a temporary file', 'stdout');
    const stdio = output?.descriptor ?? 'ignore';
    const end = await new Promise<End>((resolve) => {
      // setsid(2): neither the terminal's hang-up nor its Ctrl-C is sent there.
      const child = asUsual(
        () =>
          spawn(file, args, {
            detached: true,
            stdio: ['ignore', stdio, stdio],
            ...(environment ? { env: { ...process.env, ...environment } } : {}),
          }),
        (started) => started.pid,
      );
      child.once('error', (error) => resolve({ ok: false, problem: startProblemOf(error, file) }));
      child.once('exit', (exitCode, signal) => resolve(ok({ exitCode, signal })));
    });
    await output?.end();
    lines.end();
    return end;
  }

  return { done: run(), cancel: () => {} };
}
