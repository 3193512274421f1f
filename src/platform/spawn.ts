/** The spawn port on a real system. execa is loaded with the first process, never at start. */
import { fail, ok, type Result } from '../model/problem.ts';
import { errnoOf, problemOf } from './errno.ts';
import type { Spawn, SpawnResult } from './ports.ts';

const defaultTimeoutMs = 30_000;
/** A process that ignores TERM is killed this much later. */
const killAfterMs = 2000;

/** An exit code or signal is a value, not a failure: only a process that never ran or timed out is. */
export const systemSpawn: Spawn = {
  async run(file, args, options): Promise<Result<SpawnResult>> {
    const { execa } = await import('execa');
    const result = await execa(file, [...args], {
      reject: false,
      stdin: 'ignore',
      timeout: options?.timeoutMs ?? defaultTimeoutMs,
      forceKillAfterDelay: killAfterMs,
      ...(options?.environment ? { env: options.environment } : {}),
    });
    if (result.timedOut) return fail('timeout', file);
    if (result.exitCode === undefined && result.signal === undefined) {
      if (errnoOf(result) === null) return fail('unsupported', file, result.code ?? 'could not be started');
      return { ok: false, problem: problemOf(result, file) };
    }
    return ok({
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      stdout: result.stdout,
      stderr: result.stderr,
    });
  },
};
