/** The source `health` on made-up machines: each kind of device and file system, none of them, and one that hangs. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { emptyModel } from '../../src/model/empty-model.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createHealthSource, createNoHealthSource } from '../../src/samplers/health.ts';
import type { FakeEntry } from '../support/fake-files.ts';
import { createFakePorts, type FakePorts, settled } from '../support/fake-ports.ts';
import { busy } from '../support/model-fixture.ts';

async function read(ports: Pick<FakePorts, 'files' | 'clock'>, daemonPid: number | null = null) {
  const source = createHealthSource(ports);
  onTestFinished(() => source.close());
  source.looked?.({ ...emptyModel, daemon: { ...emptyModel.daemon, pid: daemonPid } });
  expect(source.sample()).toEqual({});
  await settled();
  const { health } = source.sample();
  if (!health?.ok) throw new Error(`no health: ${JSON.stringify(health)}`);
  return health.value;
}
const portsOf = (tree: Record<string, FakeEntry>) => createFakePorts({ tree });

const nothing = {
  state: null,
  suspended: null,
  layer: null,
  ioErrors: null,
  ioTimeouts: null,
  degraded: null,
  syncAction: null,
};

test('a machine that tells nothing: all null and no Problem', async () => {
  expect(await read(portsOf({}))).toEqual({
    kernel: {
      panicOnOom: null,
      overcommitMemory: null,
      hungTasks: null,
      pidMax: null,
      threadsMax: null,
      threads: null,
      filesOpen: null,
      filesMax: null,
      kvm: false,
    },
    devices: [],
    filesystems: [],
    memoryErrors: null,
    daemon: null,
  });
});

test('settings and counters of the kernel', async () => {
  const { kernel } = await read(
    portsOf({
      '/proc/sys/vm/panic_on_oom': '0\n',
      '/proc/sys/vm/overcommit_memory': '2\n',
      '/proc/sys/kernel/hung_task_detect_count': '7\n',
      '/proc/sys/kernel/pid_max': '4194304\n',
      '/proc/sys/kernel/threads-max': { problem: 'denied' },
      '/proc/loadavg': '0.45 0.29 0.22 1/144 11355\n',
      '/dev/kvm': '',
      '/proc/sys/fs/file-nr': '662\t0\t9223372036854775807\n',
    }),
  );
  expect(kernel).toEqual({
    panicOnOom: 0,
    overcommitMemory: 2,
    hungTasks: 7,
    pidMax: 4194304,
    threadsMax: null,
    threads: 144,
    filesOpen: 662,
    filesMax: 2 ** 63,
    kvm: true,
  });
});

test('of a captured tree it is not known whether there is /dev/kvm', async () => {
  const ports = portsOf({});
  expect((await read({ ...ports, files: { ...ports.files, live: false } })).kernel).not.toHaveProperty('kvm');
});

test('devices: SCSI, NVMe with one path and with two, LUKS that is suspended, RAID that lacks a disk, virtio', async () => {
  const { devices } = await read(
    portsOf({
      '/sys/block/sda/device/state': 'running\n',
      '/sys/block/sda/device/ioerr_cnt': '0x1a\n',
      '/sys/block/sda/device/iotmo_cnt': '0x2\n',
      '/sys/block/nvme0n1/device/state': 'resetting\n',
      '/sys/block/nvme1n1/device/nvme1/state': 'dead\n',
      '/sys/block/nvme1n1/device/nvme2/state': 'live\n',
      '/sys/block/dm-0/dm/uuid': 'CRYPT-LUKS2-1b-root\n',
      '/sys/block/dm-0/dm/suspended': '1\n',
      '/sys/block/dm-1/dm/uuid': 'LVM-x\n',
      '/sys/block/dm-1/dm/suspended': '0\n',
      '/sys/block/md127/md/array_state': 'clean\n',
      '/sys/block/md127/md/degraded': '1\n',
      '/sys/block/md127/md/sync_action': 'recover\n',
      '/sys/block/vda/size': '2048\n',
      '/sys/block/loop0/size': '2048\n',
      '/sys/block/cciss!c0d0/size': '2048\n',
    }),
  );
  expect(devices).toEqual([
    { ...nothing, device: 'sda', kind: 'scsi', state: 'running', ioErrors: 26, ioTimeouts: 2 },
    { ...nothing, device: 'nvme0n1', kind: 'nvme', state: 'resetting' },
    { ...nothing, device: 'nvme1n1', kind: 'nvme', state: 'live' },
    { ...nothing, device: 'dm-0', kind: 'dm', suspended: true, layer: 'crypt' },
    { ...nothing, device: 'dm-1', kind: 'dm', suspended: false, layer: 'lvm' },
    { ...nothing, device: 'md127', kind: 'md', state: 'clean', degraded: 1, syncAction: 'recover' },
    { ...nothing, device: 'vda', kind: 'other' },
    { ...nothing, device: 'cciss/c0d0', kind: 'other' },
  ]);
});

describe('file systems', () => {
  test('ext4 with errors, read-only by itself; mounted so; images and tmpfs are none', async () => {
    const { filesystems } = await read(
      portsOf({
        '/proc/self/mountinfo':
          '1 0 253:0 / / rw - ext4 /dev/mapper/root ro\n' +
          '2 1 253:0 /nix/store /nix/store ro - ext4 /dev/mapper/root ro\n' +
          '3 1 8:1 / /boot ro - vfat /dev/sda1 ro\n' +
          '4 1 7:0 / /snap/x rw - squashfs /dev/loop0 ro\n' +
          '5 1 0:9 / /tmp rw - tmpfs tmpfs rw\n',
        '/sys/dev/block/253:0': { link: '../../devices/virtual/block/dm-0' },
        '/sys/dev/block/8:1': { link: '../../devices/pci0/block/sda/sda1' },
        '/sys/fs/ext4/dm-0/errors_count': '12\n',
        '/sys/fs/ext4/dm-0/last_error_time': '1700000000\n',
      }),
    );
    const plain = { errors: null, lastErrorMs: null, state: null, operation: null, btrfs: null };
    expect(filesystems).toEqual([
      {
        ...plain,
        type: 'ext4',
        name: 'dm-0',
        mountPoint: '/',
        readOnly: true,
        errors: 12,
        lastErrorMs: 1_700_000_000_000,
      },
      { ...plain, type: 'vfat', name: 'sda1', mountPoint: '/boot', readOnly: false },
    ]);
  });

  test('btrfs on two devices: errors of both, chunks, what no chunk has', async () => {
    const id = '/sys/fs/btrfs/0b1c2d3e-0000-4000-8000-000000000001';
    const errors = (n: number) =>
      `write_errs ${n}\nread_errs 0\nflush_errs 0\ncorruption_errs 1\ngeneration_errs 0\n`;
    const { filesystems } = await read(
      portsOf({
        '/proc/self/mountinfo':
          '1 0 0:30 /@ / rw - btrfs /dev/mapper/root rw\n2 1 0:30 /@nix /nix rw - btrfs /dev/mapper/root rw\n',
        '/dev/mapper/root': { link: '../dm-0' },
        '/sys/fs/btrfs/features/x': '1\n',
        [`${id}/devices/dm-0`]: { link: 'x' },
        [`${id}/devices/sdb`]: { link: 'x' },
        '/sys/class/block/dm-0/size': '2000\n',
        '/sys/class/block/sdb/size': '1000\n',
        [`${id}/devinfo/1/error_stats`]: errors(2),
        [`${id}/devinfo/2/error_stats`]: errors(0),
        [`${id}/exclusive_operation`]: 'balance\n',
        [`${id}/allocation/data/total_bytes`]: '500000\n',
        [`${id}/allocation/data/bytes_used`]: '499000\n',
        [`${id}/allocation/data/disk_total`]: '500000\n',
        [`${id}/allocation/metadata/total_bytes`]: '100000\n',
        [`${id}/allocation/metadata/bytes_used`]: '90000\n',
        [`${id}/allocation/metadata/disk_total`]: '200000\n',
        [`${id}/allocation/system/disk_total`]: '36000\n',
        [`${id}/allocation/global_rsv_size`]: '6029312\n',
      }),
    );
    expect(filesystems).toEqual([
      {
        type: 'btrfs',
        device: 'dm-0',
        name: '0b1c2d3e-0000-4000-8000-000000000001',
        mountPoint: '/',
        readOnly: false,
        errors: 4,
        lastErrorMs: null,
        state: null,
        operation: 'balance',
        btrfs: {
          unallocatedBytes: 3000 * 512 - 736_000,
          data: { totalBytes: 500_000, usedBytes: 499_000 },
          metadata: { totalBytes: 100_000, usedBytes: 90_000 },
          reserveBytes: 6_029_312,
        },
      },
    ]);
  });

  test('pools of ZFS, each once', async () => {
    const { filesystems } = await read(
      portsOf({
        '/proc/self/mountinfo':
          '1 0 0:30 / / rw - zfs tank/root rw\n2 1 0:31 / /nix rw - zfs tank/nix rw\n3 1 0:32 / /b rw - zfs backup rw\n',
        '/proc/spl/kstat/zfs/tank/state': 'SUSPENDED\n',
        '/proc/spl/kstat/zfs/backup/state': 'ONLINE\n',
      }),
    );
    expect(filesystems.map(({ type, name, mountPoint, state }) => [type, name, mountPoint, state])).toEqual([
      ['zfs', 'tank', '/', 'SUSPENDED'],
      ['zfs', 'backup', '/b', 'ONLINE'],
    ]);
  });
});

test('errors of memory, of all controllers', async () => {
  const { memoryErrors } = await read(
    portsOf({
      '/sys/devices/system/edac/mc/mc0/ce_count': '3\n',
      '/sys/devices/system/edac/mc/mc0/ue_count': '0\n',
      '/sys/devices/system/edac/mc/mc1/ce_count': '1\n',
      '/sys/devices/system/edac/mc/mc1/ue_count': '2\n',
      '/sys/devices/system/edac/mc/power/x': '1\n',
    }),
  );
  expect(memoryErrors).toEqual({ corrected: 4, uncorrected: 2 });
});

describe('the daemon', () => {
  const tree: Record<string, FakeEntry> = {
    '/proc/self/mountinfo': '31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
    '/proc/42/limits':
      'Max processes             193000               193000               processes \n' +
      'Max open files            1024                 524288               files     \n',
    '/proc/42/oom_score_adj': '-900\n',
    '/proc/42/cgroup': '0::/system.slice/nix-daemon.service\n',
    '/proc/42/fd/0': '',
    '/proc/42/fd/1': '',
    '/sys/fs/cgroup/system.slice/nix-daemon.service/pids.max': '4096\n',
    '/sys/fs/cgroup/system.slice/nix-daemon.service/pids.current': '17\n',
  };
  const limits = {
    pid: 42,
    oomScoreAdj: -900,
    openFilesMax: 1024,
    openFiles: 2,
    processesMax: 193_000,
    tasksMax: 4096,
    tasks: 17,
  };

  test('its limits, and what it has of them', async () => {
    expect((await read(portsOf(tree), 42)).daemon).toEqual(limits);
  });
  test('without a privilege its open files are not known; `max` is no limit', async () => {
    const ports = portsOf(tree);
    ports.files.remove('/proc/42/fd');
    ports.files.set('/proc/42/fd', { problem: 'denied' });
    ports.files.set('/sys/fs/cgroup/system.slice/nix-daemon.service/pids.max', 'max\n');
    expect((await read(ports, 42)).daemon).toEqual({ ...limits, openFiles: null, tasksMax: null });
  });
  test('gone, or not known: null', async () => {
    expect((await read(portsOf(tree), 43)).daemon).toBeNull();
    expect((await read(portsOf(tree))).daemon).toBeNull();
  });
  test('one that has just become known is looked at without waiting', async () => {
    const ports = portsOf(tree);
    const source = createHealthSource(ports);
    source.sample();
    await settled();
    source.sample();
    source.looked?.({ ...emptyModel, daemon: { ...emptyModel.daemon, pid: 42 } });
    source.sample();
    await settled();
    expect(source.sample().health).toMatchObject({ ok: true, value: { daemon: { pid: 42 } } });
  });
});

describe('its own time', () => {
  test('each reading once; twice a minute, every ten seconds while something is short, once a minute while details rest', async () => {
    const ports = portsOf({ '/proc/sys/vm/panic_on_oom': '0\n' });
    const lowDetail = { on: false };
    const source = createHealthSource(ports, lowDetail);
    const later = async (ms: number) => {
      ports.clock.advance(ms);
      source.sample();
      await settled();
      return source.sample().health !== undefined;
    };
    expect(await later(0)).toBe(true);
    expect(source.sample()).toEqual({});
    expect(await later(29_999)).toBe(false);
    expect(await later(1)).toBe(true);
    source.looked?.({ ...emptyModel, shortages: busy.shortages });
    expect(await later(9_999)).toBe(false);
    expect(await later(1)).toBe(true);
    source.looked?.(emptyModel);
    expect(await later(10_000)).toBe(false);
    expect(await later(20_000)).toBe(true);
    lowDetail.on = true;
    expect(await later(59_999)).toBe(false);
    expect(await later(1)).toBe(true);
    // Nothing of it is read on the main thread.
    expect(ports.files.calls.filter(({ call }) => !call.endsWith('Slow'))).toEqual([]);
  });

  test('while a build waits for a disk its mappings are asked each second, and told until they run again', async () => {
    const suspended = '/sys/block/dm-1/dm/suspended';
    const ports = portsOf({
      '/sys/block/dm-1/dm/uuid': 'LVM-x\n',
      [suspended]: '0\n',
      '/sys/block/vda/size': '2048\n',
    });
    const source = createHealthSource(ports);
    const later = async (ms: number) => {
      ports.clock.advance(ms);
      ports.files.forget();
      source.sample();
      await settled();
      const { health } = source.sample();
      const devices = health?.ok ? health.value.devices : [];
      return devices.find(({ device }) => device === 'dm-1')?.suspended ?? null;
    };
    const asked = () => ports.files.calls.map(({ path }) => path);
    expect(await later(0)).toBe(false);
    ports.files.set(suspended, '1\n');
    expect(await later(1000)).toBeNull();
    expect(asked()).toEqual([]);
    const [build] = busy.builds;
    if (build === undefined) throw new Error('no build');
    source.looked?.({ ...emptyModel, builds: [{ ...build, states: { ...build.states, D: 1 } }] });
    expect(await later(1000)).toBe(true);
    // One byte of the mapping, and nothing of the disk below it.
    expect(asked()).toEqual([suspended]);
    expect(await later(999)).toBeNull();
    expect(await later(1)).toBe(true);
    source.looked?.(emptyModel);
    ports.files.set(suspended, '0\n');
    expect(await later(1000)).toBe(false);
    expect(await later(1000)).toBeNull();
    expect(asked()).toEqual([]);
  });

  test('below a device that hangs one read, however often it is looked at; the others are read', async () => {
    const ports = portsOf({
      '/sys/block/sda/device/state': 'running\n',
      '/sys/block/sda/device/ioerr_cnt': { hangs: true },
      '/sys/block/sda/device/iotmo_cnt': '0x0\n',
      '/sys/block/sdb/device/state': 'running\n',
    });
    const source = createHealthSource(ports);
    const look = async () => {
      ports.files.forget();
      source.sample();
      await settled();
      const { health } = source.sample();
      ports.clock.advance(30_000);
      return health?.ok ? health.value.devices.map(({ device, state }) => `${device} ${state}`) : null;
    };
    const readOfSda = () => ports.files.calls.filter(({ path }) => path.startsWith('/sys/block/sda/'));
    expect(await look()).toEqual(['sda running', 'sdb running']);
    expect(readOfSda().map(({ path }) => path.split('/').at(-1))).toEqual(['state', 'ioerr_cnt']);
    expect(await look()).toEqual(['sda null', 'sdb running']);
    expect(readOfSda().map(({ path }) => path.split('/').at(-1))).toEqual(['ioerr_cnt']);
    ports.files.set('/sys/block/sda/device/ioerr_cnt', '0x0\n');
    expect(await look()).toEqual(['sda running', 'sdb running']);
    expect(readOfSda()).toHaveLength(4);
  });
});

test('this machine: the settings that every kernel has, and the device that carries /', async () => {
  const ports = createFakePorts();
  const source = createHealthSource({ files: createFiles({ clock: ports.clock }), clock: ports.clock });
  source.looked?.({ ...emptyModel, daemon: { ...emptyModel.daemon, pid: process.pid } });
  source.sample();
  const health = await vi.waitFor(() => {
    const reading = source.sample().health;
    if (!reading?.ok) throw new Error('no health');
    return reading;
  });
  const { kernel, daemon } = health.value;
  expect(kernel.pidMax).toBeGreaterThan(0);
  expect(kernel.threads).toBeGreaterThan(1);
  expect(kernel.filesOpen).toBeGreaterThan(0);
  expect(kernel.panicOnOom).not.toBeNull();
  expect(daemon).toMatchObject({ pid: process.pid, openFiles: expect.any(Number) });
});

test('where there is no sysfs it is said, once', () => {
  const source = createNoHealthSource(createFakePorts().clock);
  expect(source.sample().health).toMatchObject({ ok: false, problem: { kind: 'unsupported' } });
  expect(source.sample()).toEqual({});
});
