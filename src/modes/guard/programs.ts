/**
 * Programs that are run after an act: a hook, a message on a desktop. One at a time, each in a session of its own and
 * bounded in time; nobody waits for one.
 */
import type { Clock, RunningProcess, Spawn } from '../../platform/ports.ts';

export interface Program {
  /** Its file and its arguments. */
  readonly command: readonly [file: string, ...args: readonly string[]];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Programs {
  /** Where too many wait the oldest gives way. */
  add(program: Program): void;
  /** Starts the next one where that may be: with each look. */
  next(): void;
  /** Nothing is started any more, and what runs is ended. */
  end(): void;
}

export interface ProgramsOptions {
  readonly spawn: Pick<Spawn, 'stream'>;
  readonly clock: Pick<Clock, 'after'>;
  /** False while memory is short and something is still to be done. */
  readonly mayStart: () => boolean;
  /** One line, once for the same trouble. */
  readonly onTrouble: (line: string) => void;
}

const longestMs = 30_000;
const mostWaiting = 16;

export function createPrograms({ spawn, clock, mayStart, onTrouble }: ProgramsOptions): Programs {
  let waiting: readonly Program[] = [];
  let running: RunningProcess | null = null;
  let ended = false;
  const told = new Set<string>();

  function tell(line: string): void {
    if (!told.has(line)) onTrouble(line);
    told.add(line);
  }

  function next(): void {
    const [first, ...rest] = waiting;
    if (first === undefined || running !== null || ended || !mayStart()) return;
    waiting = rest;
    const [file, ...args] = first.command;
    let late = false;
    const mine = spawn.stream(file, args, {
      group: true,
      environment: first.environment,
      onLine: () => {},
    });
    running = mine;
    const cancel = clock.after(longestMs, () => {
      late = true;
      mine.cancel();
    });
    void mine.done.then((end) => {
      cancel();
      running = null;
      if (!end.ok) tell(`${file} could not be started: ${end.problem.cause ?? end.problem.kind}`);
      else if (late) tell(`${file} took longer than ${longestMs / 1000} s and was ended`);
      else if (end.value.exitCode !== 0 && !ended)
        tell(`${file} failed with ${end.value.signal ?? `exit code ${end.value.exitCode}`}`);
      next();
    });
  }

  return {
    add(program) {
      if (!ended) waiting = [...waiting, program].slice(-mostWaiting);
      next();
    },
    next,
    end() {
      ended = true;
      waiting = [];
      running?.cancel();
    },
  };
}
