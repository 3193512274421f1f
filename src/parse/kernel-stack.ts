/** /proc/<pid>/stack: where in the kernel a thread is, the innermost function first. */

/** Deeper ones are cut by the kernel itself (proc_pid_stack, fs/proc/base.c: MAX_STACK_TRACE_DEPTH). */
const most = 64;

/**
 * `[<0>] do_wait+0x5c/0x100` (a module in brackets may follow; before 4.11 an address stands in place of the 0, and the
 * last line is `[<ffffffffffffffff>] 0xffffffffffffffff`). Other lines are none.
 */
export function parseKernelStack(text: string): readonly string[] {
  const places: string[] = [];
  for (const line of text.split('\n')) {
    const name = /^\[<[0-9a-f]+>\] ([A-Za-z_][\w.]*)\+0x/.exec(line)?.[1];
    if (name !== undefined && places.length < most) places.push(name);
  }
  return places;
}
