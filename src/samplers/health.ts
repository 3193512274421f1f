/**
 * The source `health`: states and error counters of devices and file systems, and what the kernel says; read slowly and
 * beside the tick.
 */
import { ok, orNull, problem } from '../base/problem.ts';
import type { HealthRaw, KernelSettings } from '../model/diagnosis/health.ts';
import type { Reading } from '../model/sample.ts';
import { parseThreadCount } from '../parse/cpu-stat.ts';
import type { Ports } from '../platform/ports.ts';
import { type Below, createCarefulReads } from './careful-reads.ts';
import { readDaemonLimits } from './daemon-limits.ts';
import { readDeviceHealth, readMemoryErrors, readSuspended } from './device-health.ts';
import { readFilesystemHealth } from './filesystem-health.ts';
import { createKernelLines } from './kernel-lines.ts';
import { createMountTable, type Mounted, type MountTable } from './mount-table.ts';
import type { NoticeSource } from './notice-source.ts';
import { fullDetail, type LowDetail, type Source } from './source.ts';

/** Some twenty small files: 20 ms of CPU, which all day would be a tenth of what a calm dashboard takes. */
const refreshEveryMs = 30_000;
/** While a disk or memory is short: then it is looked for why. */
const refreshOftenMs = 10_000;
/** While details are left out. */
const refreshSeldomMs = 60_000;
const nothingMounted: Mounted = { text: '', mounts: [] };
/**
 * One byte of each mapping, while a process of a build waits for a disk, and until they run again: below a mapping that
 * is suspended no request is under way that /proc/diskstats would tell of (dmsetup suspend freezes the file system first).
 */
const suspendedEveryMs = 1000;

export function createHealthSource(
  ports: Pick<Ports, 'files' | 'clock' | 'kernelLog'>,
  lowDetail: LowDetail = fullDetail,
  table: MountTable = createMountTable(ports),
  others: readonly NoticeSource[] = [],
): Source {
  const { files, clock } = ports;
  const below = createCarefulReads(files);
  const lines = createKernelLines(clock, ports.kernelLog);
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let underWay = false;
  let arrived: Reading<HealthRaw> | undefined;
  let known: HealthRaw | null = null;
  let waits = false;
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let daemonPid: number | null = null;
  let everyMs = refreshEveryMs;
  /** Of memory or a disk; before the first look nobody knows. */
  let isShort = true;

  async function read(): Promise<HealthRaw> {
    const { text, mounts } = orNull(await table.read()) ?? nothingMounted;
    return {
      kernel: { ...(await readSettings(below)), ...(await readKvm()) },
      devices: await readDeviceHealth(below),
      filesystems: await readFilesystemHealth(files, below, mounts),
      memoryErrors: await readMemoryErrors(below),
      daemon: daemonPid === null ? null : await readDaemonLimits(below, daemonPid, text),
    };
  }

  /** Of a captured tree its devices are not captured. */
  async function readKvm(): Promise<Pick<KernelSettings, 'kvm'>> {
    const found = await files.ownerSlow('/dev/kvm');
    if (!files.live || (!found.ok && found.problem.kind !== 'gone')) return {};
    return { kvm: found.ok };
  }

  function refresh(): void {
    const now = clock.monotonic();
    if (underWay || now - startedAtMs < (lowDetail.on ? refreshSeldomMs : everyMs)) return;
    startedAtMs = now;
    underWay = true;
    void read()
      .then(take)
      .finally(() => {
        underWay = false;
      });
  }

  function take(value: HealthRaw): void {
    known = value;
    arrived = { atMs: clock.monotonic(), ...ok(value) };
  }

  /** A second look at one that is suspended is what proves it. */
  function refreshSuspended(): void {
    const now = clock.monotonic();
    const last = known;
    if (underWay || last === null || now - checkedAtMs < suspendedEveryMs) return;
    if (!waits && !last.devices.some(({ suspended }) => suspended === true)) return;
    if (!last.devices.some(({ kind }) => kind === 'dm')) return;
    checkedAtMs = now;
    underWay = true;
    void readSuspended(below, last.devices)
      .then((devices) => {
        if (devices !== null) take({ ...last, devices });
      })
      .finally(() => {
        underWay = false;
      });
  }

  return {
    id: 'health',
    sample() {
      refresh();
      refreshSuspended();
      const said = lines.take();
      lines.refresh();
      const told = others.flatMap((one) => one.take());
      for (const one of others) one.refresh(isShort);
      const health = arrived;
      arrived = undefined;
      // That the kernel said nothing is known too, where it can be heard.
      const ofKernel = said ?? (health !== undefined && lines.heard ? [] : undefined);
      const notices = told.length > 0 ? [...(ofKernel ?? []), ...told] : ofKernel;
      return {
        ...(health && { health }),
        ...(notices && { notices: { atMs: clock.monotonic(), ...ok(notices) } }),
      };
    },
    looked({ daemon, shortages, builds }) {
      waits = builds.some(({ states }) => states.D > 0);
      isShort = shortages.some(({ resource }) => resource === 'memory' || resource === 'io');
      everyMs = shortages.length > 0 ? refreshOftenMs : refreshEveryMs;
      // Between two of its own turns: a kill is told soon.
      lines.refresh();
      if (daemon.pid === daemonPid) return;
      daemonPid = daemon.pid;
      // Of a daemon that has just become known its limits are not waited for: a snapshot has but one look more.
      startedAtMs = Number.NEGATIVE_INFINITY;
      refresh();
    },
    close() {
      lines.close();
      for (const one of others) one.close();
    },
  };
}

/** proc_sys_vm(5), proc_sys_kernel(5), proc_sys_fs(5). */
async function readSettings(below: (directory: string) => Below): Promise<KernelSettings> {
  const vm = below('/proc/sys/vm');
  const kernel = below('/proc/sys/kernel');
  // `662  0  9223372036854775807`: in use, always 0, at most.
  const files = /^(\d+)\s+\d+\s+(\d+)$/.exec((await below('/proc/sys/fs').text('file-nr')) ?? '');
  return {
    panicOnOom: await vm.number('panic_on_oom'),
    overcommitMemory: await vm.number('overcommit_memory'),
    hungTasks: await kernel.number('hung_task_detect_count'),
    pidMax: await kernel.number('pid_max'),
    threadsMax: await kernel.number('threads-max'),
    threads: parseThreadCount((await below('/proc').text('loadavg')) ?? ''),
    filesOpen: files === null ? null : Number(files[1]),
    filesMax: files === null ? null : Number(files[2]),
  };
}

/** Where there is no sysfs (macOS). Said once. */
export function createNoHealthSource(clock: Ports['clock']): Source {
  let said = false;
  return {
    id: 'health',
    sample() {
      if (said) return {};
      said = true;
      const why = problem('unsupported', 'health', 'devices tell of their health on Linux');
      return { health: { atMs: clock.monotonic(), ok: false, problem: why } };
    },
    close() {},
  };
}
