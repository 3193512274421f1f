/**
 * Programs started by a thread of their own, so that a start that hangs (its file lies on a disk that does not answer)
 * is given up like any other read. A thread that hangs is left, and another one takes its place, a few times.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fail, ok, type Result } from '../base/problem.ts';
import type { ProgramOrder, ProgramReport } from './programs-worker.ts';

export interface ProgramsApart {
  run(
    command: readonly [string, ...string[]],
    bounds: {
      readonly timeMs: number;
      readonly mostBytes: number;
      readonly environment?: Readonly<Record<string, string>>;
    },
  ): Promise<Result<Ended>>;
  /** Threads that hang: exit.ts must not wait for them. */
  readonly pending: number;
  /** Kills what runs. */
  close(): void;
}

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly cut: boolean;
  readonly late: 'killed' | 'left' | null;
}

/** Past the deadline of a program the thread itself has not said anything. */
const silentMs = 2500;
const mostHung = 3;

/** Beside the bundle, or as it is written. */
function workerFile(): string {
  const built = join(import.meta.dirname, 'programs-worker.cjs');
  return existsSync(built) ? built : join(import.meta.dirname, 'programs-worker.ts');
}

export interface ProgramsApartOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Another thread, for tests. */
  readonly createWorker?: () => Worker;
}

export function createProgramsApart({
  environment,
  createWorker = () => new Worker(workerFile(), { stdin: false }),
}: ProgramsApartOptions): ProgramsApart {
  let worker: Worker | null = null;
  let lastId = 0;
  let hung = 0;
  const waiting = new Map<number, (report: ProgramReport) => void>();
  const pids = new Map<number, number>();

  function killAll(): void {
    for (const pid of pids.values()) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
    pids.clear();
  }
  process.once('exit', killAll);

  function current(): Worker {
    if (worker !== null) return worker;
    const made = createWorker();
    made.unref();
    made.on('message', (report: ProgramReport) => {
      if (report.kind === 'started' && report.pid !== undefined) {
        pids.set(report.id, report.pid);
        return;
      }
      if (report.late !== 'left') pids.delete(report.id);
      waiting.get(report.id)?.(report);
    });
    made.on('error', (error) => {
      if (worker === made) worker = null;
      for (const [id, tell] of waiting) tell({ id, kind: 'failed', code: error.message });
    });
    worker = made;
    return made;
  }

  return {
    run([file, ...args], { timeMs, mostBytes, environment: more = {} }) {
      if (hung >= mostHung) return Promise.resolve(fail('timeout', file, 'programs cannot be started'));
      lastId += 1;
      const id = lastId;
      const by = current();
      return new Promise((resolve) => {
        const late = setTimeout(() => {
          waiting.delete(id);
          if (worker === by) {
            worker = null;
            hung += 1;
          }
          resolve(fail('timeout', file, 'it could not be started'));
        }, timeMs + silentMs);
        waiting.set(id, (report) => {
          waiting.delete(id);
          clearTimeout(late);
          resolve(endOf(file, report));
        });
        const order: ProgramOrder = {
          ...{ id, file, args, timeMs, mostBytes },
          environment: { ...environment, ...more },
        };
        by.postMessage(order);
      });
    },
    get pending() {
      return hung;
    },
    close() {
      process.off('exit', killAll);
      killAll();
      // Not terminated: what it has just started nobody else knows.
      worker?.postMessage('end');
      worker = null;
    },
  };
}

function endOf(file: string, report: ProgramReport): Result<Ended> {
  if (report.kind === 'failed') {
    if (report.code === 'ENOENT') return fail('gone', file, 'not installed');
    return fail(report.code === 'EACCES' ? 'denied' : 'malformed', file, report.code);
  }
  const { stdout = '', stderr = '', exitCode = null, signal = null, cut = false, late = null } = report;
  return ok({ stdout, stderr, exitCode, signal, cut, late });
}
