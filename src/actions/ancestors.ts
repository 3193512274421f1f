/** Who we are and what we run in: never signalled, whatever it looks like. */
import { parseProcessStat } from '../parse/process-stat.ts';
import type { Ports } from '../platform/ports.ts';

/** Our own pid and those of everything above us, read now. */
export function ownProcesses({ files, native }: Pick<Ports, 'files' | 'native'>): ReadonlySet<number> {
  const own = new Set<number>();
  let pid = native.pid;
  while (pid > 0 && !own.has(pid)) {
    own.add(pid);
    const text = files.read(`/proc/${pid}/stat`);
    const stat = text.ok ? parseProcessStat(text.value) : text;
    if (!stat.ok) break;
    pid = stat.value.ppid;
  }
  return own;
}
