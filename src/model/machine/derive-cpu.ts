/** CPU: shares of the last tick from the counters of /proc/stat. */
import type { Cpu } from '../model.ts';
import type { CpuRaw } from '../sample.ts';

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
  const steal = now.steal === null || before.steal === null ? null : now.steal - before.steal;
  // proc_stat(5): iowait, and with it idle, may decrease; a small step back is no time at all.
  const iowait =
    now.iowait === null || before.iowait === null ? null : Math.max(0, now.iowait - before.iowait);
  const idle = Math.max(0, now.idle - before.idle);
  const total = user + system + (steal ?? 0) + (iowait ?? 0) + idle;
  if (user < 0 || system < 0 || (steal ?? 0) < 0 || total <= 0) return unknown;
  const percent = (ticks: number) => (100 * ticks) / total;
  return {
    userPercent: percent(user),
    systemPercent: percent(system),
    iowaitPercent: iowait === null ? null : percent(iowait),
    stealPercent: steal === null ? null : percent(steal),
    idlePercent: percent(idle),
  };
}
