/** Why a recording stopped, in one line: what, where, what to do. */
import type { Problem } from '../base/problem.ts';

export function stopReason({ kind, cause, where }: Problem, directory: string): string {
  switch (cause) {
    case 'ENOSPC':
      return `not recording: no space left in ${directory}: make room, then start again`;
    case 'EDQUOT':
      return `not recording: your quota is used up in ${directory}: make room, then start again`;
    case 'EROFS':
      return `not recording: ${directory} is on a read-only file system: see dmesg, or choose another with --dir`;
    case 'EIO':
      return `not recording: the disk fails (EIO) at ${directory}: see dmesg`;
  }
  if (kind === 'denied' && cause === undefined) {
    return `not recording: may not write in ${directory}: choose another with --dir`;
  }
  // Of ourselves: no other directory helps.
  if (where !== directory && !where.startsWith(`${directory}/`)) {
    return `not recording: ${where}: ${cause ?? kind}: start again`;
  }
  return `not recording: ${where}: ${cause ?? kind}: choose another directory with --dir`;
}
