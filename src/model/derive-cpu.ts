/** CPU: shares of the last tick from the counters of /proc/stat. */
import type { Cpu } from './model.ts';
import type { CpuRaw } from './sample.ts';

type Shares = Pick<Cpu, 'userPercent' | 'systemPercent' | 'iowaitPercent' | 'stealPercent' | 'idlePercent'>;

const unknown: Shares = {
  userPercent: null,
  systemPercent: null,
  iowaitPercent: null,
  stealPercent: null,
  idlePercent: null,
};

export function deriveCpu(raw: CpuRaw, before: CpuRaw | null): Cpu {
  return {
    cpus: raw.cpus,
    ...(before === null ? unknown : shares(raw.ticks, before.ticks)),
    load1: raw.load?.one ?? null,
    load5: raw.load?.five ?? null,
    load15: raw.load?.fifteen ?? null,
    runningProcesses: raw.runningProcesses,
    blockedProcesses: raw.blockedProcesses,
  };
}

function shares(now: CpuRaw['ticks'], before: CpuRaw['ticks']): Shares {
  const user = now.user + now.nice - before.user - before.nice;
  const system = now.system + now.irq + now.softirq - before.system - before.irq - before.softirq;
  const steal = now.steal - before.steal;
  // proc_stat(5): iowait, and with it idle, may decrease; a small step back is no time at all.
  const iowait = Math.max(0, now.iowait - before.iowait);
  const idle = Math.max(0, now.idle - before.idle);
  const total = user + system + steal + iowait + idle;
  if (user < 0 || system < 0 || steal < 0 || total <= 0) return unknown;
  return {
    userPercent: (100 * user) / total,
    systemPercent: (100 * system) / total,
    iowaitPercent: (100 * iowait) / total,
    stealPercent: (100 * steal) / total,
    idlePercent: (100 * idle) / total,
  };
}
