/** A spawn port that starts nothing: it keeps what was asked for and answers as the test says. */
import { fail, ok, type Result } from '../../src/base/problem.ts';
import type { RunningProcess, Spawn, SpawnResult, StreamOptions } from '../../src/platform/ports.ts';

export interface FakeCall {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly lasting: boolean;
  readonly cancelled: boolean;
}

export interface FakeStream {
  /** Lines in order: `2>` before those of stderr. */
  readonly lines?: readonly string[];
  readonly exitCode?: number | null;
  readonly signal?: string | null;
  /** Runs until it is cancelled. */
  readonly endless?: boolean;
}

export interface FakeSpawn extends Spawn {
  readonly calls: readonly FakeCall[];
  onRun: (file: string, args: readonly string[]) => Result<SpawnResult> | Promise<Result<SpawnResult>>;
  onStream: (file: string, args: readonly string[]) => FakeStream | Result<never>;
}

export function createFakeSpawn(): FakeSpawn {
  const calls: {
    file: string;
    args: readonly string[];
    environment: Record<string, string>;
    lasting: boolean;
    cancelled: boolean;
  }[] = [];
  const none = (file: string) => fail('unsupported', file, 'no processes in tests');
  return {
    calls,
    onRun: none,
    onStream: none,
    async run(file, args, options) {
      calls.push({ file, args, environment: { ...options?.environment }, lasting: false, cancelled: false });
      return this.onRun(file, args);
    },
    stream(file, args, options) {
      const lasting = options.lasting === true;
      const call = { file, args, environment: { ...options.environment }, lasting, cancelled: false };
      calls.push(call);
      return play(this.onStream(file, args), options, () => {
        call.cancelled = true;
      });
    },
  };
}

function play(
  script: FakeStream | Result<never>,
  { onLine }: StreamOptions,
  cancelled: () => void,
): RunningProcess {
  if ('ok' in script) return { done: Promise.resolve(script), cancel: cancelled };
  let stop: (signal: string) => void = () => {};
  const stopped = new Promise<string>((resolve) => {
    stop = resolve;
  });
  return {
    done: (async () => {
      await Promise.resolve();
      for (const line of script.lines ?? []) {
        if (line.startsWith('2>')) onLine(line.slice(2), 'stderr');
        else onLine(line, 'stdout');
      }
      if (script.endless) return ok({ exitCode: null, signal: await stopped });
      const signal = script.signal ?? null;
      return ok({ exitCode: script.exitCode ?? (signal === null ? 0 : null), signal });
    })(),
    cancel(signal = 'TERM') {
      cancelled();
      stop(`SIG${signal}`);
    },
  };
}
