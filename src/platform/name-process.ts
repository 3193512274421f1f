/** The name in top, systemctl and pgrep: Node calls its first thread MainThread, whatever it runs. */
import { writeFileSync } from 'node:fs';

/** proc_pid_comm(5): at most 15 bytes. The command line stays as it is. */
export function nameProcess(name: string): void {
  try {
    writeFileSync('/proc/self/comm', name);
  } catch {
    // No Linux: the name of the program's file is shown.
  }
}
