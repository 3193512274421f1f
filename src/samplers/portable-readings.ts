/** What systeminformation says of the machine, as parts of a Sample. Unknown stays null. */
import { ok } from '../base/problem.ts';
import type { CpuRaw, DiskRaw, FilesystemRaw, HostRaw, MemoryRaw, StorageRaw } from '../model/sample.ts';
import { mountOf } from '../parse/mountinfo-mounts.ts';
import type { Files } from '../platform/ports.ts';
import type { SystemInformation } from './inventory.ts';

export type PortableSystem = Pick<
  SystemInformation,
  | 'blockDevices'
  | 'cpu'
  | 'currentLoad'
  | 'disksIO'
  | 'fsSize'
  | 'fsStats'
  | 'mem'
  | 'osInfo'
  | 'processes'
  | 'time'
>;

/** currentLoad() tells what was used since it was last called: added up, counters again. */
export function createPortableCpu(loadAverages: () => readonly number[]) {
  let ticks: CpuRaw['ticks'] = {
    user: 0,
    nice: 0,
    system: 0,
    idle: 0,
    iowait: null,
    irq: 0,
    softirq: 0,
    steal: null,
  };
  return async (system: PortableSystem): Promise<CpuRaw> => {
    const used = await system.currentLoad();
    ticks = {
      ...ticks,
      user: ticks.user + used.rawCurrentLoadUser,
      nice: ticks.nice + used.rawCurrentLoadNice,
      system: ticks.system + used.rawCurrentLoadSystem,
      idle: ticks.idle + used.rawCurrentLoadIdle,
      irq: ticks.irq + used.rawCurrentLoadIrq,
    };
    const [one, five, fifteen] = loadAverages();
    return {
      ticks,
      cpus: used.cpus.length,
      load: one === undefined || five === undefined || fifteen === undefined ? null : { one, five, fifteen },
      runningProcesses: null,
      blockedProcesses: null,
      uptimeSec: system.time().uptime,
    };
  };
}

export async function portableMemory(system: PortableSystem, pageSizeBytes: number): Promise<MemoryRaw> {
  const memory = await system.mem();
  return {
    totalBytes: memory.total,
    freeBytes: memory.free,
    availableBytes: memory.available,
    buffersBytes: null,
    pageCacheBytes: memory.cached,
    sharedBytes: null,
    dirtyBytes: memory.dirty,
    writebackBytes: memory.writeback,
    swapTotalBytes: memory.swaptotal,
    swapFreeBytes: memory.swapfree,
    swapInPages: null,
    swapOutPages: null,
    majorFaults: null,
    oomKills: null,
    pageSizeBytes,
    zram: null,
    arc: null,
  };
}

/** One row for all disks together: more is not told everywhere, and times nowhere reliably. */
export async function portableDisks(system: PortableSystem): Promise<readonly DiskRaw[]> {
  const requests = await system.disksIO();
  const bytes = await system.fsStats();
  // Both are null on systems that systeminformation does not read them from.
  if (requests === null || bytes === null) throw new Error('disks are not counted on this system');
  return [
    {
      device: 'all',
      major: 0,
      minor: 0,
      readsDone: requests.rIO,
      readsMerged: 0,
      readSectors: bytes.rx / 512,
      readMs: null,
      writesDone: requests.wIO,
      writesMerged: 0,
      writeSectors: bytes.wx / 512,
      writeMs: null,
      inFlight: null,
      busyMs: null,
      weightedMs: null,
      discardsDone: null,
      discardMs: null,
      flushesDone: null,
      flushMs: null,
    },
  ];
}

export async function portableStorage(system: PortableSystem, files: Files): Promise<StorageRaw> {
  const sizes = await system.fsSize();
  const mounts = sizes.map(({ fs, type, mount }) => ({
    device: fs,
    mountPoint: mount,
    type,
    source: fs,
  }));
  const nix = await files.ownerSlow('/nix');
  const filesystems: FilesystemRaw[] = [];
  for (const path of nix.ok ? ['/nix', '/', '/tmp'] : ['/', '/tmp']) {
    const mount = mountOf(path, mounts);
    const size = sizes[mount === null ? -1 : mounts.indexOf(mount)];
    if (mount === null || size === undefined) continue;
    const { mountPoint, type, source } = mount;
    // Inodes are not told: 0 is what file systems without a fixed number say.
    const space = ok({ totalBytes: size.size, availableBytes: size.available, inodes: 0, freeInodes: 0 });
    filesystems.push({ path, mountPoint, type, source, device: null, disks: [], space });
  }
  return { filesystems, devices: [] };
}

export async function portableHost(system: PortableSystem, nixVersion: string | null): Promise<HostRaw> {
  const [os, cpu] = await Promise.all([system.osInfo(), system.cpu()]);
  return {
    name: os.hostname,
    kernel: os.kernel || null,
    system: [os.distro, os.release].filter(Boolean).join(' ') || null,
    cpuModel: [cpu.manufacturer, cpu.brand].filter(Boolean).join(' ') || null,
    cpus: cpu.cores || null,
    nixVersion,
    diskModels: {},
  };
}
