/** The spawn port on a real system. execa is loaded with the first process, never at start. */
import type { Readable } from 'node:stream';
import { fail, ok, type Result } from '../base/problem.ts';
import { startProblemOf } from './errno.ts';
import { streamLasting, unchanged } from './lasting-process.ts';
import { createLineSplitter } from './lines.ts';
import { streamMortal } from './mortal-process.ts';
import type { RunningProcess, Spawn, SpawnResult, StreamOptions, UsualRights } from './ports.ts';

const defaultTimeoutMs = 30_000;
/** A process that ignores TERM is killed this much later. */
const killAfterMs = 2000;
/** Whoever still holds the pipe of a process that has ended is not waited for longer. */
const drainMs = 1000;

interface Ended {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
}

/** An exit code or signal is a value, not a failure: only a process that never ran or timed out is. */
export function createSpawn({ asUsual }: UsualRights = unchanged): Spawn {
  return {
    async run(file, args, options): Promise<Result<SpawnResult>> {
      const { execa } = await import('execa');
      const result = await asUsual(
        () =>
          execa(file, [...args], {
            reject: false,
            stdin: 'ignore',
            timeout: options?.timeoutMs ?? defaultTimeoutMs,
            forceKillAfterDelay: killAfterMs,
            ...(options?.environment ? { env: options.environment } : {}),
          }),
        (child) => child.nodeChildProcess.pid,
      );
      if (result.timedOut) return fail('timeout', file);
      const end = endOf(file, result);
      return end.ok ? ok({ ...end.value, stdout: result.stdout, stderr: result.stderr }) : end;
    },

    stream(file, args, options): RunningProcess {
      if (options.lasting) return streamLasting(file, args, options, { asUsual });
      if (options.mortal) return streamMortal(file, args, options, { asUsual });
      let kill: ((signal: NodeJS.Signals) => void) | null = null;
      let wanted: NodeJS.Signals | null = null;
      let late: NodeJS.Timeout | undefined;

      async function run() {
        const { execa } = await import('execa');
        // Cancelled before it began.
        if (wanted !== null) return ok({ exitCode: null, signal: wanted });
        const child = asUsual(
          () =>
            execa(file, [...args], {
              reject: false,
              buffer: false,
              stdin: 'ignore',
              detached: options.group === true,
              ...(options.environment ? { env: options.environment } : {}),
            }),
          (started) => started.nodeChildProcess.pid,
        );
        const { pid } = child.nodeChildProcess;
        if (pid !== undefined) options.onStart?.(pid);
        const group = options.group === true && pid !== undefined ? ownGroup(pid) : null;
        kill = group?.kill ?? ((signal) => void child.kill(signal));
        const pipes = [listen(child.stdout, 'stdout', options), listen(child.stderr, 'stderr', options)];
        child.nodeChildProcess.once('exit', () => {
          kill = null;
          clearTimeout(late);
          group?.end();
          const drained = setTimeout(() => {
            child.stdout.destroy();
            child.stderr.destroy();
          }, drainMs);
          void Promise.all(pipes).then(() => clearTimeout(drained));
        });
        const result = await child;
        await Promise.all(pipes);
        return endOf(file, result);
      }

      return {
        done: run(),
        cancel(signal = 'TERM') {
          wanted ??= `SIG${signal}`;
          kill?.(`SIG${signal}`);
          late ??= setTimeout(() => kill?.('SIGKILL'), killAfterMs);
          if (kill === null) clearTimeout(late);
        },
      };
    },
  };
}

/** setsid(2) made it the leader of its group, whose number stays taken while anybody is in it. */
function ownGroup(leader: number) {
  const kill = (signal: NodeJS.Signals) => {
    try {
      process.kill(-leader, signal);
    } catch {
      // Nobody is left, or none of ours.
    }
  };
  const killAll = () => kill('SIGKILL');
  process.once('exit', killAll);
  return {
    kill,
    end() {
      process.off('exit', killAll);
      killAll();
    },
  };
}

export const systemSpawn: Spawn = createSpawn();

function endOf(file: string, result: Ended): Result<{ exitCode: number | null; signal: string | null }> {
  if (result.exitCode === undefined && result.signal === undefined) {
    return { ok: false, problem: startProblemOf(result, file) };
  }
  return ok({ exitCode: result.exitCode ?? null, signal: result.signal ?? null });
}

/** Resolves when the pipe has ended or was cut off. */
function listen(pipe: Readable, name: 'stdout' | 'stderr', { onLine }: StreamOptions): Promise<void> {
  const lines = createLineSplitter((line) => onLine(line, name));
  pipe.setEncoding('utf8').on('data', lines.add);
  return new Promise((resolve) => {
    pipe.once('close', () => {
      lines.end();
      resolve();
    });
    pipe.on('error', () => {});
  });
}
