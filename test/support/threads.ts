/** What /proc has of the threads of a made machine, as far as priorities are concerned. */
import { parseProcessStat } from '../../src/parse/process-stat.ts';
import type { FakeMachine } from './fake-machine.ts';

interface Threads {
  readonly nice?: number;
  /** Besides the first: their numbers. */
  readonly more?: readonly number[];
}

export function setThreads(machine: FakeMachine, pid: number, { nice = 0, more = [] }: Threads = {}): void {
  const { startTime, comm } = machine.process(pid);
  for (const tid of [pid, ...more]) {
    const start = tid === pid ? startTime : startTime + 1;
    const fields = `S 1 ${pid} ${pid} 0 -1 0 ${'0 '.repeat(8)}20 ${nice} 1 0 ${start} 0`;
    machine.ports.files.set(`/proc/${pid}/task/${tid}/stat`, `${tid} (${comm}) ${fields}\n`);
  }
}

export function niceOf({ ports }: FakeMachine, pid: number, tid = pid): number | null {
  const text = ports.files.read(`/proc/${pid}/task/${tid}/stat`);
  const stat = text.ok ? parseProcessStat(text.value) : text;
  return stat.ok ? (stat.value.nice ?? 0) : null;
}
