/** The end of the program, even while a pool thread is in a read. */
import { execve } from 'node:process';
import { loadedKernel } from './kernel.ts';

/** exit_group(2). */
const exitGroup: Readonly<Partial<Record<NodeJS.Architecture, number>>> = {
  x64: 231,
  arm64: 94,
  riscv64: 94,
  loong64: 94,
};

/** What comes back within so long was not stuck. */
const graceMs = 200;
const stepMs = 10;

/**
 * process.exit() joins libuv's pool threads: with one of them in a hung mount it never returns, and nobody knows
 * whether a call that is pending will come back. The system call does not ask them. Without koffi a shell that exits
 * at once carries the code out, since execve(2) ends all other threads; but it may lie on the disk that hangs.
 */
export async function exitProcess(code: number, pendingCalls: () => number): Promise<never> {
  for (let waitedMs = 0; pendingCalls() > 0 && waitedMs < graceMs; waitedMs += stepMs) {
    await new Promise((resolve) => setTimeout(resolve, stepMs));
  }
  if (pendingCalls() > 0) {
    const number = exitGroup[process.arch];
    if (number !== undefined) loadedKernel()?.call(number, code, 0, 0, 0);
    try {
      execve?.('/bin/sh', ['sh', '-c', `exit ${code}`], {});
    } catch {
      // No execve here (Node before 22.15) or no shell: the blunt way below.
    }
    process.kill(process.pid, 'SIGKILL');
  }
  process.exit(code);
}
