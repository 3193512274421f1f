/**
 * /proc/meminfo and /proc/vmstat of the incident's machine, made from the accounts of its memory cgroup as
 * lxcfs does for containers: the machine that records the demo has far more memory than the incident may use.
 */
import { openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from '../../test/lab/hardship/hardship.ts';
import { place, systemMB } from './machine.ts';

const everyMs = 100;

/** Puts both in place of the kernel's, kept up to date, for this mount namespace. */
export function keepAccounts(cgroup: string): void {
  const vmstat = openSync('/proc/vmstat', 'r');
  const files = { '/proc/meminfo': () => meminfoOf(cgroup), '/proc/vmstat': () => vmstatOf(vmstat, cgroup) };
  const write = (flag: 'w' | 'r+') => {
    for (const [path, text] of Object.entries(files)) writeFileSync(ownOf(path), text(), { flag });
  };
  write('w');
  for (const path of Object.keys(files)) tool('mount', '--bind', ownOf(path), path);
  // Texts of one length, written in place: whoever reads meanwhile sees whole rows.
  setInterval(() => write('r+'), everyMs);
}

function ownOf(path: string): string {
  return `${place}/${path.split('/').at(-1)}`;
}

/** Rows as fs/proc/meminfo.c prints them, as far as nixpulse reads them. */
function meminfoOf(cgroup: string): string {
  const old = cgroup.startsWith('/sys/fs/cgroup/memory/');
  const read = (file: string) => readFileSync(join(cgroup, file), 'utf8');
  const limit = Number(read(old ? 'memory.limit_in_bytes' : 'memory.max'));
  const used = Number(read(old ? 'memory.usage_in_bytes' : 'memory.current'));
  const stat = rowsOf(read('memory.stat'));
  const of = (...names: readonly string[]) =>
    names.map((name) => stat.get(name)).find((bytes) => bytes !== undefined) ?? 0;
  const free = Math.max(0, limit - used);
  const swap = swapBytes();
  const rows: Readonly<Record<string, number>> = {
    MemTotal: limit + (systemMB << 20),
    MemFree: free,
    MemAvailable: Math.min(limit, free + of('total_inactive_file', 'inactive_file')),
    Buffers: 0,
    Cached: of('total_cache', 'file'),
    SwapTotal: swap.total,
    SwapFree: swap.total - swap.used,
    Dirty: of('total_dirty', 'file_dirty'),
    Writeback: of('total_writeback', 'file_writeback'),
    Shmem: of('total_shmem', 'shmem'),
    SReclaimable: of('slab_reclaimable'),
  };
  const lines = Object.entries(rows).map(([name, bytes]) => {
    return `${`${name}:`.padEnd(16)}${String(Math.floor(bytes / 1024)).padStart(8)} kB\n`;
  });
  return lines.join('');
}

/** The kernel's own counters, but for its OOM kills: those of others, since it was booted. */
function vmstatOf(descriptor: number, cgroup: string): string {
  const buffer = Buffer.alloc(1 << 16);
  const counters = rowsOf(buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, buffer.length, 0)));
  const old = cgroup.startsWith('/sys/fs/cgroup/memory/');
  const kills = rowsOf(readFileSync(join(cgroup, old ? 'memory.oom_control' : 'memory.events'), 'utf8'));
  counters.set('oom_kill', kills.get('oom_kill') ?? 0);
  return ['pswpin', 'pswpout', 'pgmajfault', 'oom_kill']
    .map((name) => `${name} ${String(counters.get(name) ?? 0).padStart(20)}\n`)
    .join('');
}

/** `name 123`, one a line. */
function rowsOf(text: string): Map<string, number> {
  const rows = text.split('\n').map((row) => row.split(' '));
  return new Map(rows.map(([name = '', value]) => [name, Number(value)]));
}

/** Of our swap file alone. */
function swapBytes(): { readonly total: number; readonly used: number } {
  const row = readFileSync('/proc/swaps', 'utf8')
    .split('\n')
    .find((line) => line.includes('nixpulse-swap-'));
  const [total = 0, used = 0] = (row?.trim().split(/\s+/).slice(2, 4) ?? []).map(Number);
  return { total: total * 1024, used: used * 1024 };
}
