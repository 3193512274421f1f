/** /proc/<pid>/limits: what a process may have. */

/**
 * The soft limit, which is the one that holds, of `Max open files            1024                 524288 files`:
 * proc_pid_limits(5). `name` as it is printed. Null where there is none (`unlimited`), or no such row.
 */
export function parseLimit(text: string, name: string): number | null {
  for (const row of text.split('\n')) {
    if (!row.startsWith(name)) continue;
    const soft = /^\s+(\d{1,15})\s/.exec(row.slice(name.length))?.[1];
    return soft === undefined ? null : Number(soft);
  }
  return null;
}
