/** What the kernel says of priorities: linux/ioprio.h, sched(7), cgroup-v2.rst, proc_pid_limits(5). */

/** IOPRIO_CLASS_IDLE: only when nobody else wants the disk. The class is what is above the lowest 13 bits. */
export const idleIo = 3 << 13;

export function isIdleIo(value: number): boolean {
  return value >> 13 === 3;
}

/** Nobody has set one: some kernels answer with the level that follows from nice, and take no level back. */
export function ioToSet(value: number): number {
  return value >> 13 === 0 ? 0 : value;
}

/** `/autogroup-123 nice 0` of /proc/<pid>/autogroup. */
export function parseAutogroup(text: string): number | null {
  const nice = /^\/autogroup-\d+ nice (-?\d+)$/m.exec(text)?.[1];
  return nice === undefined ? null : Number(nice);
}

/** What a cgroup's setting is, as it can be written back: `100`, `max`, `default 100`. Null: not to be understood. */
export function parseSetting(text: string): string | null {
  return /^(?:default )?(?:\d+|max)$/m.exec(text)?.[0] ?? null;
}

/** The least nice that a process's own user may take back: `Max nice priority  0  0` of /proc/<pid>/limits. */
export function parseLeastNice(limits: string): number {
  const soft = /^Max nice priority\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (soft === undefined) return 20;
  return soft === 'unlimited' ? -20 : 20 - Number(soft);
}
