/** /proc/<pid>/stat: the one line that every process has and everyone may read. */
import { fail, ok, type Result } from '../base/problem.ts';
import type { ProcessState } from '../model/sample.ts';

/** The fields we use of proc_pid_stat(5); times in clock ticks. */
export interface ProcessStat {
  readonly pid: number;
  readonly comm: string;
  readonly state: ProcessState;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  readonly tty: number;
  readonly majorFaults: number;
  readonly childMajorFaults: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly childUserTicks: number;
  readonly childSystemTicks: number;
  /** -20 to 19, of its first thread; absent: 0. */
  readonly nice?: number;
  readonly threads: number;
  readonly startTime: number;
}

const states: Readonly<Record<string, ProcessState>> = {
  R: 'R',
  S: 'S',
  I: 'S',
  D: 'D',
  Z: 'Z',
  X: 'Z',
  x: 'Z',
  T: 'T',
  t: 'T',
  K: 'S',
  W: 'S',
  P: 'S',
};

/**
 * `5158 (nix-daemon) S 3140 5158 5158 0 -1 4194624 3879 32712 2 0 1 3 18 5 20 0 2 0 93412 …`
 * proc_pid_stat(5). comm may hold spaces, parentheses and newlines: it ends at the LAST `)`. A line that
 * ends with the start time was cut there, and the start time with it.
 */
export function parseProcessStat(text: string): Result<ProcessStat> {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open <= 0 || close < open) return malformed();
  // Fields from the third (state) on; field n of the man page is fields[n - 3].
  const fields = text.slice(close + 2).split(' ', 21);
  const state = states[fields[0] ?? ''];
  if (fields.length < 21 || state === undefined) return malformed();
  const number = (field: number): number => Number(fields[field - 3]);
  const stat: ProcessStat = {
    pid: Number(text.slice(0, open)),
    comm: text.slice(open + 1, close),
    state,
    ppid: number(4),
    pgrp: number(5),
    session: number(6),
    tty: number(7),
    majorFaults: number(12),
    childMajorFaults: number(13),
    userTicks: number(14),
    systemTicks: number(15),
    childUserTicks: number(16),
    childSystemTicks: number(17),
    threads: number(20),
    startTime: number(22),
  };
  const complete = stat.pid > 0 && stat.startTime >= 0 && stat.ppid >= 0 && stat.userTicks >= 0;
  if (!complete) return malformed();
  const nice = number(19);
  return ok(nice === 0 || Number.isNaN(nice) ? stat : { ...stat, nice });
}

/**
 * Whether this is the `stat` of a thread that is not the first of its process: /proc has them by their number, too,
 * though it lists none. Nobody is signalled at the end of one: field 38, exit_signal, is -1 (copy_process in
 * kernel/fork.c).
 */
export function isOfThread(text: string): boolean {
  return text.slice(text.lastIndexOf(')') + 2).split(' ', 36)[35] === '-1';
}

function malformed(): Result<ProcessStat> {
  return fail('malformed', '/proc/<pid>/stat');
}
