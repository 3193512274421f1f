/** Sources of procfs and sysfs: first what the kernel answers at once, whatever hangs. */
import { ok } from '../base/problem.ts';
import { overTime } from './over-time.ts';
import type { SourceRow } from './source.ts';
import { cutText, gatherValues } from './values.ts';

const shared = { stage: 'counters', timeMs: 3000, redaction: 'text' } as const;
const kiB = 1024;
const most = 256 * kiB;

type Copied = readonly [path: string, what: string, mostBytes?: number];

/** They wait for nothing and nobody: read at once, before anything else. */
const instant: readonly Copied[] = [
  ['/proc/pressure/memory', 'pressure stall information of memory'],
  ['/proc/pressure/io', 'pressure stall information of I/O'],
  ['/proc/pressure/cpu', 'pressure stall information of CPUs'],
  ['/proc/meminfo', 'memory and swap'],
  ['/proc/vmstat', 'counters of memory management since boot'],
  ['/proc/diskstats', 'counters of disks since boot'],
  ['/proc/stat', 'CPU time, blocked and running processes'],
  ['/proc/loadavg', 'load'],
  ['/proc/uptime', 'time since boot'],
];

/** Behind locks of the kernel that somebody may hold who waits for a disk. */
const locked: readonly Copied[] = [
  ['/proc/swaps', 'swap areas'],
  ['/proc/buddyinfo', 'free memory by order, per zone'],
  ['/proc/zoneinfo', 'memory zones and their watermarks', 128 * kiB],
  ['/proc/softirqs', 'soft interrupts', 64 * kiB],
  ['/proc/interrupts', 'interrupts', 128 * kiB],
  ['/proc/self/mountinfo', 'mounts', 128 * kiB],
  ['/proc/mdstat', 'RAID arrays'],
  ['/proc/partitions', 'block devices and partitions'],
  ['/proc/filesystems', 'file systems that the kernel knows'],
  ['/proc/modules', 'kernel modules', 64 * kiB],
  ['/proc/version', 'version of the kernel'],
  ['/proc/cmdline', 'command line of the kernel'],
  ['/proc/cgroups', 'controllers of cgroups'],
  ['/proc/cpuinfo', 'CPUs', 16 * kiB],
];

function copy([path, what, mostBytes = most]: Copied, isInstant: boolean): SourceRow {
  return {
    ...shared,
    id: path.slice(1).replaceAll('/', '.'),
    what,
    from: path,
    mostBytes,
    async gather({ ports, emit }) {
      const read = isInstant
        ? ports.files.read(path)
        : await ports.files.readSlow(path, { deadlineMs: 1000, maxBytes: mostBytes + 1 });
      if (!read.ok) return read;
      emit({
        name: path.slice(1),
        body: read.value.slice(0, mostBytes),
        cut: cutText(read.value, mostBytes),
      });
      return ok(undefined);
    },
  };
}

interface Values {
  readonly id: string;
  readonly what: string;
  readonly patterns: readonly string[];
  readonly needs?: SourceRow['needs'];
}

const memoryFiles = [
  'current',
  'peak',
  'high',
  'max',
  'swap.current',
  'events',
  'events.local',
  'pressure',
  'stat',
];
const groups = ['', 'system.slice/', 'system.slice/nix-daemon.service/', 'user.slice/'];

const values: readonly Values[] = [
  {
    id: 'kernel',
    what: 'taint, hung tasks, panics, boot id, limits of the kernel',
    patterns: [
      ...[
        'ostype',
        'osrelease',
        'version',
        'arch',
        'tainted',
        'panic',
        'panic_on_oops',
        'sysrq',
        'core_pattern',
      ].map((name) => `/proc/sys/kernel/${name}`),
      '/proc/sys/kernel/hung_task_*',
      '/proc/sys/kernel/softlockup_*',
      '/proc/sys/kernel/random/boot_id',
      ...['dmesg_restrict', 'yama/ptrace_scope', 'unprivileged_userns_clone', 'pid_max', 'threads-max'].map(
        (name) => `/proc/sys/kernel/${name}`,
      ),
      '/proc/sys/user/max_user_namespaces',
      '/proc/sys/fs/file-nr',
      '/proc/sys/fs/inotify/*',
      '/sys/kernel/*_count',
    ],
  },
  {
    id: 'memory-settings',
    what: 'settings of memory management: swappiness, dirty limits, overcommit, huge pages, zswap, zram',
    patterns: [
      '/proc/sys/vm/*',
      '/sys/kernel/mm/transparent_hugepage/*',
      '/sys/kernel/mm/ksm/run',
      '/sys/kernel/mm/lru_gen/*',
      '/sys/module/zswap/parameters/*',
      '/sys/block/zram*/*_stat',
      '/sys/block/zram*/comp_algorithm',
      '/sys/block/zram*/disksize',
    ],
  },
  {
    id: 'disks',
    what: 'block devices: model, state, queue, requests in flight, device mapper',
    patterns: [
      '/sys/block/*/size',
      '/sys/block/*/ro',
      '/sys/block/*/inflight',
      '/sys/block/*/stat',
      '/sys/block/*/queue/scheduler',
      '/sys/block/*/queue/rotational',
      '/sys/block/*/queue/nr_requests',
      '/sys/block/*/queue/io_timeout',
      '/sys/block/*/queue/wbt_lat_usec',
      '/sys/block/*/queue/write_cache',
      '/sys/block/*/queue/discard_max_bytes',
      '/sys/block/*/dm/name',
      '/sys/block/*/dm/suspended',
      '/sys/block/*/device/model',
      '/sys/block/*/device/state',
      '/sys/block/*/device/timeout',
      '/sys/block/*/device/ioerr_cnt',
      '/sys/block/*/device/iotmo_cnt',
      '/sys/block/md*/md/array_state',
      '/sys/block/md*/md/sync_action',
      '/sys/block/md*/md/degraded',
    ],
  },
  {
    id: 'file-systems',
    what: 'what file systems count of themselves: errors, allocation, dirty pages',
    patterns: [
      '/sys/fs/ext4/*/errors_count',
      '/sys/fs/ext4/*/warning_count',
      '/sys/fs/ext4/*/first_error_*',
      '/sys/fs/ext4/*/last_error_*',
      '/sys/fs/btrfs/*/allocation/*/bytes_*',
      '/sys/fs/btrfs/*/allocation/*/total_bytes',
      '/sys/fs/btrfs/*/devinfo/*/error_stats',
      '/sys/fs/btrfs/*/exclusive_operation',
      '/sys/fs/xfs/*/error/fail_at_unmount',
      '/sys/class/bdi/*/max_ratio',
    ],
  },
  {
    id: 'cgroups',
    what: 'memory, I/O and CPU of the daemon and of what it is in',
    patterns: [
      ...groups.flatMap((group) => [
        ...memoryFiles.map((name) => `/sys/fs/cgroup/${group}memory.${name}`),
        ...['io.pressure', 'io.stat', 'io.weight', 'cpu.stat', 'cpu.max', 'pids.current', 'pids.max'].map(
          (name) => `/sys/fs/cgroup/${group}${name}`,
        ),
      ]),
      '/sys/fs/cgroup/nix-build-uid-*/memory.current',
      '/sys/fs/cgroup/nix-build-uid-*/memory.events',
      '/sys/fs/cgroup/system.slice/nix-daemon.service/*/memory.current',
    ],
  },
  {
    id: 'temperatures',
    what: 'temperatures, and how often CPUs were slowed down',
    patterns: [
      '/sys/class/thermal/thermal_zone*/type',
      '/sys/class/thermal/thermal_zone*/temp',
      '/sys/class/hwmon/*/name',
      '/sys/class/hwmon/*/temp*_input',
      '/sys/devices/system/cpu/cpu0/thermal_throttle/*',
      '/sys/devices/system/cpu/cpu0/cpufreq/scaling_*',
    ],
  },
  {
    id: 'kernel-memory',
    what: 'memory of the kernel itself, by slab and by type of page',
    patterns: ['/proc/slabinfo', '/proc/pagetypeinfo'],
    needs: 'administer',
  },
  {
    id: 'past-crashes',
    what: 'what the kernel left in pstore before it last went down',
    patterns: ['/sys/fs/pstore/*'],
    needs: 'administer',
  },
];

function valuesRow({ id, what, patterns, needs }: Values): SourceRow {
  const shown = patterns.length > 3 ? `${patterns.slice(0, 3).join(' ')} …` : patterns.join(' ');
  return {
    ...shared,
    ...{ id, what, from: shown, mostBytes: most, gather: gatherValues(`kernel/${id}.txt`, patterns) },
    ...(needs && { needs }),
  };
}

export const counterSources: readonly SourceRow[] = [
  ...instant.map((row) => copy(row, true)),
  overTime,
  ...locked.map((row) => copy(row, false)),
  ...values.map(valuesRow),
];
