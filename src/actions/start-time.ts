/** Since when a process lives: with its pid that names it for ever. */
import { parseProcessStat } from '../parse/process-stat.ts';
import type { Files } from '../platform/ports.ts';

/** Null of whoever has ended, though nobody has asked yet how. */
export function startTimeOf(pid: number, files: Files): number | null {
  const text = files.read(`/proc/${pid}/stat`);
  const stat = text.ok ? parseProcessStat(text.value) : text;
  return stat.ok && stat.value.state !== 'Z' ? stat.value.startTime : null;
}
