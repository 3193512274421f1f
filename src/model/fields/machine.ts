/** Fields of the machine as a whole: host, memory, CPU, the daemon and the sum of everything of Nix. */

import type { Cpu, Daemon, Host, Memory, Model, NixTotals } from '../model.ts';
import { cacheSettingFields } from './caches.ts';
import {
  bytes,
  bytesPerSec,
  changingFlag,
  changingText,
  count,
  counter,
  cpuPercent,
  type Field,
  number,
  percent,
  perSecond,
  ratio,
  seconds,
  text,
  ticks,
  time,
  within,
} from './field.ts';
import { healthFields } from './health.ts';
import { placeFields } from './places.ts';
import { pressureFields } from './pressure.ts';
import { measureHelp } from './shared.ts';

const hostFields: readonly Field<Host>[] = [
  text('name', 'Host', 'Host name.'),
  text('kernel', 'Kernel', 'Kernel release.'),
  text('system', 'System', 'Name of the operating system.'),
  text('nixVersion', 'Nix', 'Version of the Nix installed.'),
  text('cpuModel', 'CPU model', 'CPU model.'),
  count('cpus', 'CPUs', 'Logical CPUs.'),
  seconds('uptimeSec', 'Up', 'Seconds since boot, suspend included (/proc/uptime).'),
];

const memoryFields: readonly Field<Memory>[] = [
  bytes('totalBytes', 'Memory', 'Memory the kernel can use (MemTotal).'),
  bytes('availableBytes', 'Free', 'Memory usable without swapping (MemAvailable).'),
  bytes('usedBytes', 'Used', 'Total less available.'),
  bytes('pageCacheBytes', 'Page cache', 'File contents kept in memory (Cached + SReclaimable - Shmem).'),
  bytes('dirtyBytes', 'Dirty', 'Waits to be written to disk (Dirty).'),
  bytes('writebackBytes', 'Writeback', 'Is being written to disk (Writeback).'),
  bytes('swapTotalBytes', 'Swap', 'Size of all swap (SwapTotal).'),
  bytes('swapUsedBytes', 'Swap used', 'SwapTotal less SwapFree.'),
  bytesPerSec('swapInBytesPerSec', 'Swap in', 'Read back from swap (pswpin of /proc/vmstat).'),
  bytesPerSec('swapOutBytesPerSec', 'Swap out', 'Written to swap (pswpout of /proc/vmstat).'),
  perSecond('majorFaultsPerSec', 'Major faults', 'Page faults that had to read a disk (pgmajfault).'),
  perSecond(
    'refaultsPerSec',
    'Refaults',
    'Pages of files that had been dropped for want of memory and were needed again (workingset_refault_file).',
  ),
  perSecond(
    'scannedPagesPerSec',
    'Scanned',
    'Pages that the kernel looked at for what it could drop (pgscan_kswapd, pgscan_direct and the like).',
  ),
  counter('oomKills', 'OOM kills', 'Processes killed for want of memory since boot (oom_kill).'),
  ratio('zramRatio', 'zram', 'Uncompressed size over memory used by zram; null without zram.'),
  bytes('arcBytes', 'ARC', 'Cache of ZFS, not part of the page cache; null without ZFS.'),
  bytes('arcMinBytes', 'ARC min', 'What ZFS does not give back of it (c_min).'),
];

const share = (what: string) => `Share of all CPUs in the last tick: ${what}.`;
const load = (minutes: number) => `Mean of running and blocked processes over ${minutes} min.`;

const cpuFields: readonly Field<Cpu>[] = [
  percent('userPercent', 'User', share('programs (nice included)')),
  percent('systemPercent', 'System', share('the kernel')),
  percent('iowaitPercent', 'I/O wait', share('idle while a disk was waited for')),
  percent('stealPercent', 'Steal', share('taken by the hypervisor')),
  percent('idlePercent', 'Idle', share('idle')),
  count('load1', 'Load 1 min', load(1)),
  count('load5', 'Load 5 min', load(5)),
  count('load15', 'Load 15 min', load(15)),
  count('runningProcesses', 'Running', 'Processes that want a CPU now (procs_running).'),
  count('blockedProcesses', 'Blocked', 'Processes that wait for a disk now (procs_blocked).'),
];

const daemonFields: readonly Field<Daemon>[] = [
  number('pid', 'Daemon pid', 'Main nix-daemon; null while none is seen.'),
  ticks(
    'startTime',
    'Daemon start',
    'Field 22 of its /proc/<pid>/stat: with the pid it names the process for ever.',
  ),
  changingFlag('running', 'Daemon', 'A main daemon is running; null where it may be hidden.'),
  text('socket', 'Socket', '`listening`, `present` (who listens is not readable) or `absent`.'),
  bytes('residentBytes', 'Daemon RSS', 'VmRSS of the main daemon, workers not counted.'),
];

const totalFields: readonly Field<NixTotals>[] = [
  bytes(
    'residentBytes',
    'Nix RSS',
    'Memory of builds, clients, workers and daemon together, as `residentBy` says.',
  ),
  changingText('residentBy', 'Nix RSS by', measureHelp),
  cpuPercent('cpuPercent', 'Nix CPU', 'CPU of everything of Nix; 100 is one CPU.'),
  count(
    'processes',
    'Processes',
    'Processes of Nix and its builds; null, as below, where none is seen and some may be hidden.',
  ),
  count('running', 'Running', 'Builds here.'),
  count(
    'waiting',
    'Waiting',
    'Clients that wait for a lock, and workers that do for a client that is not seen.',
  ),
  count('remote', 'Remote', 'Builds on another machine.'),
];

export const machineFields: readonly Field<Model>[] = [
  time('time', 'Time', 'Wall clock of the reading, ISO 8601 in UTC.', (m: Model) => m.timeMs),
  seconds(
    'intervalSec',
    'Interval',
    'Seconds between the two readings that rates are made of; null on the first.',
  ),
  ...within('host', (m: Model) => m.host, hostFields),
  ...pressureFields,
  ...within('memory', (m: Model) => m.memory, memoryFields),
  ...within('cpu', (m: Model) => m.cpu, cpuFields),
  ...within('daemon', (m: Model) => m.daemon, daemonFields),
  ...within('totals', (m: Model) => m.totals, totalFields),
  ...healthFields,
  ...placeFields,
  ...cacheSettingFields,
];
