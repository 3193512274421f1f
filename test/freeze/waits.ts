/** What the program's main thread waits for when it is neither idle nor able to run: looked at from outside. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Wait {
  /** The kernel's functions at most of the looks, outermost first: `__x64_sys_openat > … > io_schedule`. */
  readonly where: string;
  /** From the first look that saw it wait to the last one. */
  readonly ms: number;
}

const everyMs = 4;
/** Shorter ones are a disk at work. */
const worthSayingMs = 20;

interface Open {
  readonly sinceMs: number;
  lastMs: number;
  readonly looks: Map<string, number>;
}

/** Looks at it until the call, which gives the waits, longest first. */
export function watchWaits(pid: number): () => readonly Wait[] {
  const waits: Wait[] = [];
  let open: Open | null = null;
  const end = () => {
    if (open === null) return;
    const ms = open.lastMs - open.sinceMs;
    const [where = ''] = [...open.looks].toSorted(([, a], [, b]) => b - a)[0] ?? [];
    if (ms >= worthSayingMs) waits.push({ where, ms });
    open = null;
  };
  const main = `/proc/${pid}/task/${pid}`;
  const look = () => {
    const state = stateOf(main);
    const stack = state === 'R' ? '' : framesOf(main);
    // Between two waits for one thing it runs for a moment; asleep in a poll it is idle.
    if (state === '' || (state === 'S' && stack.includes('epoll'))) return end();
    const nowMs = performance.now();
    open ??= { sinceMs: nowMs, lastMs: nowMs, looks: new Map() };
    open.lastMs = nowMs;
    const where = state === 'R' ? 'runs, or could' : `${state}: ${stack}`;
    // It waits for a lock: what keeps the threads that may have it.
    const whole = stack.includes('futex') ? [where, ...stuckBeside(pid)].join(' | ') : where;
    open.looks.set(whole, (open.looks.get(whole) ?? 0) + 1);
  };
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    end();
    return waits.toSorted((a, b) => b.ms - a.ms);
  };
}

function stuckBeside(pid: number): string[] {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks)
    .filter((thread) => stateOf(`${tasks}/${thread}`) === 'D')
    .map((thread) => `${read(`${tasks}/${thread}/comm`).trim()} D: ${framesOf(`${tasks}/${thread}`)}`);
}

/** Field 3 of proc_pid_stat(5); empty where it is gone. */
function stateOf(task: string): string {
  const stat = read(`${task}/stat`);
  return stat[stat.lastIndexOf(')') + 2] ?? '';
}

/** `[<0>] do_swap_page+0x3c/0xa90`, innermost first; what every system call begins with is left out. */
function framesOf(task: string): string {
  const frames = [...read(`${task}/stack`).matchAll(/^\[<\w+>\] ([^+\n]+)/gm)].map(([, name = '']) => name);
  const outer = /^(?:entry_SYSCALL_64_after_hwframe|do_syscall_64|asm_\w+)$/;
  return frames
    .filter((name) => !outer.test(name))
    .toReversed()
    .join(' > ');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
