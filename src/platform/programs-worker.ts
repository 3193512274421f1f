/**
 * The thread that starts programs for `programs-apart.ts`. libuv's start of a process waits until execve(2) has come
 * back, which on a disk that hangs it does not: here it holds up nobody else.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { parentPort } from 'node:worker_threads';

export interface ProgramOrder {
  readonly id: number;
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeMs: number;
  readonly mostBytes: number;
}

export interface ProgramReport {
  readonly id: number;
  readonly kind: 'started' | 'ended' | 'failed';
  readonly pid?: number;
  /** Of `failed`: `ENOENT`. */
  readonly code?: string;
  readonly exitCode?: number | null;
  readonly signal?: string | null;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly cut?: boolean;
  readonly late?: 'killed' | 'left' | null;
}

/** What was killed is gone by then, unless it is in a system call that nothing ends. */
const goneMs = 700;
/** Whoever still holds the pipe of a process that has ended is not waited for longer. */
const drainMs = 500;
const mostErrors = 64 * 1024;

/** Of each program that runs: ends it and what it started. */
const running = new Set<() => void>();

function run(order: ProgramOrder, say: (report: ProgramReport) => void): void {
  const { id, file, args, environment, timeMs, mostBytes } = order;
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let outBytes = 0;
  let errBytes = 0;
  let cut = false;
  let late: 'killed' | 'left' | null = null;
  let isOver = false;
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: what it starts ends with it.
      detached: true,
      cwd: '/',
      env: { ...environment },
    });
  } catch (error) {
    say({ id, kind: 'failed', code: (error as NodeJS.ErrnoException).code ?? String(error) });
    return;
  }
  const { pid } = child;

  function killGroup(): void {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody is left.
    }
  }
  function over(exitCode: number | null, signal: string | null): void {
    if (isOver) return;
    isOver = true;
    running.delete(killGroup);
    clearTimeout(deadline);
    killGroup();
    child.stdout?.destroy();
    child.stderr?.destroy();
    const text = (pieces: Buffer[]) => Buffer.concat(pieces).toString('utf8');
    say({ id, kind: 'ended', exitCode, signal, stdout: text(out), stderr: text(err), cut, late });
  }
  running.add(killGroup);
  const deadline = setTimeout(() => {
    late = 'killed';
    killGroup();
    setTimeout(() => {
      if (!isOver) late = 'left';
      child.unref();
      over(null, null);
    }, goneMs).unref();
  }, timeMs);

  child.stdout?.on('data', (piece: Buffer) => {
    const room = mostBytes - outBytes;
    if (room > 0) out.push(piece.subarray(0, room));
    outBytes += piece.length;
    if (outBytes <= mostBytes || cut) return;
    cut = true;
    killGroup();
  });
  child.stderr?.on('data', (piece: Buffer) => {
    if (errBytes < mostErrors) err.push(piece.subarray(0, mostErrors - errBytes));
    errBytes += piece.length;
  });
  child.once('error', (error: NodeJS.ErrnoException) => {
    isOver = true;
    running.delete(killGroup);
    clearTimeout(deadline);
    say({ id, kind: 'failed', code: error.code ?? error.message });
  });
  child.once('exit', (exitCode, signal) => setTimeout(() => over(exitCode, signal), drainMs));
  child.once('close', (exitCode, signal) => over(exitCode, signal));
  if (pid !== undefined) say({ id, kind: 'started', pid });
}

parentPort?.on('message', (order: ProgramOrder | 'end') => {
  if (order !== 'end') return run(order, (report) => parentPort?.postMessage(report));
  for (const kill of running) kill();
  process.exit();
});
