/** /proc/stat, /proc/loadavg and /proc/uptime: what the CPUs did since boot. */
import { fail, ok, type Result } from '../base/problem.ts';
import type { CpuRaw } from '../model/sample.ts';
import { rowNumber } from './row-number.ts';

export type CpuStat = Pick<CpuRaw, 'ticks' | 'cpus' | 'runningProcesses' | 'blockedProcesses'>;

/**
 * ```
 * cpu  10132153 290696 3084719 46828483 16683 0 25195 0 175628 0
 * cpu0 …
 * intr …
 * procs_running 6
 * procs_blocked 2
 * ```
 * user nice system idle iowait irq softirq steal guest guest_nice, in clock ticks: proc_stat(5). Guest
 * time is in user already.
 */
export function parseCpuStat(text: string): Result<CpuStat> {
  const firstEnd = text.indexOf('\n');
  const fields = text.slice(0, firstEnd).split(/ +/);
  const numbers = fields.slice(1).map(Number);
  const [user, nice, system, idle, iowait, irq, softirq, steal] = numbers;
  if (firstEnd < 0 || fields[0] !== 'cpu' || steal === undefined || numbers.some((n) => !(n >= 0)))
    return fail('malformed', '/proc/stat');

  let cpus = 0;
  let at = firstEnd + 1;
  while (text.startsWith('cpu', at)) {
    const end = text.indexOf('\n', at);
    if (end < 0) return fail('malformed', '/proc/stat', 'cut');
    cpus += 1;
    at = end + 1;
  }
  if (cpus === 0 || text.length < at + 3) return fail('malformed', '/proc/stat', 'cut');

  return ok({
    ticks: { user, nice, system, idle, iowait, irq, softirq, steal } as CpuRaw['ticks'],
    cpus,
    runningProcesses: rowNumber(text, 'procs_running '),
    blockedProcesses: rowNumber(text, 'procs_blocked '),
  });
}

/** `0.45 0.29 0.22 1/144 11355`: proc_loadavg(5). */
export function parseLoadavg(text: string): CpuRaw['load'] {
  const match = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(text);
  return match === null ? null : { one: Number(match[1]), five: Number(match[2]), fifteen: Number(match[3]) };
}

/** The `144` of it: threads that there are, running or not. */
export function parseThreadCount(loadavg: string): number | null {
  const match = /^(?:\d+\.\d+ ){3}\d+\/(\d+) /.exec(loadavg);
  return match === null ? null : Number(match[1]);
}

/** `350735.47 234388.90`: seconds since boot with suspend, and idle seconds of all CPUs: proc_uptime(5). */
export function parseUptime(text: string): number | null {
  const match = /^(\d+\.\d+) /.exec(text);
  return match === null ? null : Number(match[1]);
}
