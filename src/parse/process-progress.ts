/** What tells whether a process gets on: /proc/<pid>/status, io, wchan and syscall. */
import { rowNumber } from './row-number.ts';

export interface Switches {
  readonly voluntarySwitches: number | null;
  readonly nonvoluntarySwitches: number | null;
}

/** `voluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t545` at the end of status, proc_pid_status(5). */
export function parseSwitches(text: string): Switches {
  return {
    voluntarySwitches: rowNumber(text, 'voluntary_ctxt_switches:\t'),
    nonvoluntarySwitches: rowNumber(text, 'nonvoluntary_ctxt_switches:\t'),
  };
}

/** rchar + wchar of io, proc_pid_io(5); null where one is missing. */
export function parseCallBytes(text: string): number | null {
  const read = rowNumber(text, 'rchar:');
  const written = rowNumber(text, 'wchar:');
  return read === null || written === null ? null : read + written;
}

/**
 * `futex_do_wait`, without the suffix of a compiler (`do_sigtimedwait.isra.0`). Null for `0`: it runs, or we may not see
 * it (fs/proc/base.c, proc_pid_wchan).
 */
export function parseWchan(text: string): string | null {
  const name = /^([a-z_]\w*)/i.exec(text)?.[1];
  return name ?? null;
}

/** By the function it sleeps in: which argument is its timeout, and the number that means none. */
const timeouts: readonly (readonly [wchan: RegExp, calls: Readonly<Record<number, Timeout>>])[] = [
  // ppoll, pselect6 of x86_64, then of arm64; poll and select of x86_64.
  [
    /poll|select/,
    {
      271: pointer(2),
      73: pointer(2),
      270: pointer(4),
      72: pointer(4),
      7: millis(2),
      23: pointer(4),
      // epoll_pwait2, epoll_wait, epoll_pwait (x86_64, arm64)
      441: pointer(3),
      232: millis(3),
      281: millis(3),
      22: millis(3),
    },
  ],
  [/futex/, { 202: pointer(3), 98: pointer(3) }],
  [/sigtimedwait/, { 128: pointer(2), 137: pointer(2) }],
];

interface Timeout {
  readonly argument: number;
  readonly none: (value: bigint) => boolean;
}

/** Of a struct timespec. */
function pointer(argument: number): Timeout {
  return { argument, none: (value) => value === 0n };
}

/** An int, negative for none. */
function millis(argument: number): Timeout {
  return { argument, none: (value) => BigInt.asIntN(32, value) < 0n };
}

/**
 * Whether the sleep ends by itself, from `232 0x8 0x55c2a35dd240 0x3ff 0xffffffff 0x0 0x0 SP PC` of
 * proc_pid_syscall(5). Null where it cannot be told: it runs, or its call is none of those with a timeout.
 */
export function parseTimed(text: string, wchan: string | null): boolean | null {
  if (wchan === null) return null;
  if (/nanosleep/.test(wchan)) return true;
  const [number, ...args] = text.trim().split(' ');
  const calls = timeouts.find(([pattern]) => pattern.test(wchan))?.[1];
  const timeout = calls?.[Number(number)];
  const value = timeout === undefined ? undefined : args[timeout.argument];
  if (timeout === undefined || value === undefined || !/^0x[0-9a-f]{1,16}$/.test(value)) return null;
  return !timeout.none(BigInt(value));
}
