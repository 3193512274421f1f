/** The end of the program, even while a pool thread hangs in a read. */
import { execve } from 'node:process';

/**
 * process.exit() joins libuv's pool threads: with one of them stuck (a hung mount) it never returns.
 * execve(2) ends all other threads, so a shell that exits at once carries the code out.
 */
export function exitProcess(code: number, stuckReads: number): never {
  if (stuckReads > 0) {
    try {
      execve?.('/bin/sh', ['sh', '-c', `exit ${code}`], {});
    } catch {
      // No execve here (Node before 22.15) or no shell: the blunt way below.
    }
    process.kill(process.pid, 'SIGKILL');
  }
  process.exit(code);
}
