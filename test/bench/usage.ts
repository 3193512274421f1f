/** What a running program has used, read from /proc: its own processes and threads, nothing else's. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  readonly cpuMs: number;
  readonly anonymousBytes: number;
  readonly residentBytes: number;
}

const ticksPerSec = 100;

/** Of a process, its threads, and its children, running or waited for. */
export function usageOf(pid: number): Usage {
  const pids = [pid, ...descendants(pid)];
  let cpuMs = 0;
  let anonymousBytes = 0;
  let residentBytes = 0;
  for (const one of pids) {
    cpuMs += threadsMs(one) + childrenMs(one);
    const status = read(`/proc/${one}/status`) ?? '';
    anonymousBytes += kilobytes(status, 'RssAnon') * 1024;
    residentBytes += kilobytes(status, 'VmRSS') * 1024;
  }
  return { cpuMs, anonymousBytes, residentBytes };
}

/**
 * Run time of all living threads. schedstat counts ns where utime and stime count in ticks of 10 ms, too
 * coarse for a program that takes 3 ms a second.
 */
function threadsMs(pid: number): number {
  return list(`/proc/${pid}/task`).reduce((sum, thread) => {
    const ns = Number((read(`/proc/${pid}/task/${thread}/schedstat`) ?? '').split(' ')[0]);
    return sum + (Number.isFinite(ns) ? ns / 1e6 : 0);
  }, 0);
}

/** cutime + cstime: children that have ended. */
function childrenMs(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return 0;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / ticksPerSec;
}

function descendants(pid: number): number[] {
  const direct = list(`/proc/${pid}/task`).flatMap((thread) =>
    (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter((name) => name !== ''),
  );
  return direct.map(Number).flatMap((child) => [child, ...descendants(child)]);
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
