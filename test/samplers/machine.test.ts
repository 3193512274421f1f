/** The sources of pressure, memory and disks on a fake machine: what is there, off, denied or cut. */
import { describe, expect, test } from 'vitest';
import { createHostReader } from '../../src/samplers/host.ts';
import { createIostatSource } from '../../src/samplers/iostat.ts';
import { createMemoryReader } from '../../src/samplers/memory.ts';
import { createPressureSource } from '../../src/samplers/pressure.ts';
import { capture } from '../support/captures.ts';
import type { FakeEntry } from '../support/fake-files.ts';
import { createFakePorts, settled } from '../support/fake-ports.ts';
import { blockTree, diskRow, laptop, server, space } from './block-tree.ts';

const captured: Record<string, FakeEntry> = {
  '/proc/pressure/cpu': capture('pressure-cpu'),
  '/proc/pressure/memory': capture('pressure-memory'),
  '/proc/pressure/io': capture('pressure-io'),
  '/proc/stat': capture('stat'),
  '/proc/loadavg': capture('loadavg'),
  '/proc/uptime': capture('uptime'),
  '/proc/meminfo': capture('meminfo'),
  '/proc/vmstat': capture('vmstat'),
};

describe('pressure', () => {
  test('four resources and the CPU part, through kept files only', () => {
    const ports = createFakePorts({ tree: captured });
    const source = createPressureSource(ports);
    ports.files.forget();
    const parts = source.sample();
    expect(parts.pressure).toMatchObject({
      atMs: 1000,
      ok: true,
      value: { memory: { ok: true }, io: { ok: true } },
    });
    expect(parts.cpu).toMatchObject({
      ok: true,
      value: { cpus: 2, uptimeSec: expect.any(Number), load: { one: expect.any(Number) } },
    });
    expect(new Set(ports.files.calls.map(({ call }) => call))).toEqual(new Set(['kept']));
    source.close();
    expect(ports.files.kept).toBe(0);
  });

  test.each([
    ['a kernel without it', null, 'unsupported', /no PSI/],
    ['switched off at boot', { problem: 'unsupported' as const }, 'unsupported', /psi=1/],
    ['denied', { problem: 'denied' as const }, 'denied', undefined],
    ['cut', 'some avg10=0.0', 'malformed', undefined],
  ])('%s is said as such', (_, entry, kind, cause) => {
    const ports = createFakePorts({ tree: captured });
    if (entry === null) ports.files.remove('/proc/pressure/io');
    else ports.files.set('/proc/pressure/io', entry);
    const { pressure } = createPressureSource(ports).sample();
    if (!pressure?.ok) throw new Error('no pressure');
    expect(pressure.value.io).toMatchObject({ ok: false, problem: { kind, where: '/proc/pressure/io' } });
    if (cause !== undefined)
      expect(pressure.value.io).toMatchObject({ problem: { cause: expect.stringMatching(cause) } });
    expect(pressure.value.memory.ok).toBe(true);
  });

  test('without /proc/stat only the CPU part fails; without uptime it is null', () => {
    const ports = createFakePorts({ tree: captured });
    ports.files.remove('/proc/uptime');
    ports.files.remove('/proc/loadavg');
    expect(createPressureSource(ports).sample().cpu).toMatchObject({
      value: { uptimeSec: null, load: null },
    });
    ports.files.set('/proc/stat', { problem: 'denied' });
    const parts = createPressureSource(ports).sample();
    expect(parts.cpu).toMatchObject({ ok: false, problem: { kind: 'denied', where: '/proc/stat' } });
    expect(parts.pressure?.ok).toBe(true);
  });
});

describe('memory', () => {
  test('zram devices are added up, unused ones are none', () => {
    const stat = (used: number) => `${used * 3} 1 ${used} 0 0 0 0 0 0\n`;
    const tree = { ...captured, '/sys/block/zram0/mm_stat': stat(100), '/sys/block/zram1/mm_stat': stat(50) };
    expect(createMemoryReader(createFakePorts({ tree }))()).toMatchObject({
      value: { zram: { originalBytes: 450, usedBytes: 150 }, arc: null, pageSizeBytes: 4096 },
    });
    const unused = { ...captured, '/sys/block/zram0/mm_stat': stat(0) };
    expect(createMemoryReader(createFakePorts({ tree: unused }))()).toMatchObject({ value: { zram: null } });
  });

  test('a device that comes later is found later; everything is closed', () => {
    const ports = createFakePorts({ tree: captured });
    const read = createMemoryReader(ports);
    expect(read()).toMatchObject({ value: { zram: null, arc: null } });
    ports.files.set('/sys/block/zram0/mm_stat', '30 1 10 0 0 0 0 0 0\n');
    ports.files.set('/proc/spl/kstat/zfs/arcstats', 'name type data\nsize 4 77\nc_min 4 7\n');
    ports.clock.advance(30_000);
    expect(read()).toMatchObject({ value: { zram: { usedBytes: 10 }, arc: { sizeBytes: 77, minBytes: 7 } } });
    read.close();
    expect(ports.files.kept).toBe(0);
  });

  test('meminfo denied fails the part; vmstat denied leaves nulls', () => {
    const ports = createFakePorts({ tree: captured });
    ports.files.set('/proc/vmstat', { problem: 'denied' });
    const read = createMemoryReader(ports);
    expect(read()).toMatchObject({ ok: true, value: { majorFaults: null, oomKills: null } });
    ports.files.set('/proc/meminfo', { problem: 'denied' });
    expect(read()).toMatchObject({ ok: false, problem: { kind: 'denied' } });
    ports.files.set('/proc/meminfo', 'MemTo');
    expect(read()).toMatchObject({ ok: false, problem: { kind: 'malformed' } });
  });
});

describe('disks worth a row', () => {
  const devicesOf = (parts: ReturnType<ReturnType<typeof createIostatSource>['sample']>) =>
    parts.disks?.ok ? parts.disks.value.map(({ device }) => device) : parts.disks;

  test('whole and stacked devices that were used; no partitions, loops, RAM disks, hidden paths', () => {
    const rows = [
      diskRow('1:0', 'ram0'),
      diskRow('7:0', 'loop0'),
      diskRow('11:0', 'sr0'),
      diskRow('259:0', 'nvme0n1'),
      diskRow('259:2', 'nvme0n1p2'),
      diskRow('259:9', 'nvme0c0n1'),
      diskRow('253:0', 'dm-0'),
      diskRow('253:8', 'zram0', 0),
      diskRow('8:0', 'sda', 0),
    ];
    const ports = createFakePorts({ tree: { ...laptop, ...server, '/proc/diskstats': rows.join('') } });
    expect(devicesOf(createIostatSource(ports).sample())).toEqual(['nvme0n1', 'dm-0']);
  });

  test('where sysfs is not there, partitions are told by name', () => {
    const names = [
      'sda',
      'sda1',
      'vdb',
      'vdb12',
      'nvme1n1',
      'nvme1n1p1',
      'mmcblk0',
      'mmcblk0p2',
      'md0',
      'md0p1',
      'sdaa',
      'dm-3',
    ];
    const tree = { '/proc/diskstats': names.map((name, i) => diskRow(`8:${i}`, name)).join('') };
    expect(devicesOf(createIostatSource(createFakePorts({ tree })).sample())).toEqual([
      'sda',
      'vdb',
      'nvme1n1',
      'mmcblk0',
      'md0',
      'sdaa',
      'dm-3',
    ]);
  });

  test('a loop device that carries /nix has a row, an unused one that carries it too', async () => {
    const tree = {
      ...blockTree({ name: 'loop0', number: '7:0' }, { name: 'sda', number: '8:0' }),
      '/proc/diskstats': diskRow('7:0', 'loop0', 0) + diskRow('8:0', 'sda'),
      '/proc/self/mountinfo':
        '1 0 8:0 / / rw - ext4 /dev/sda rw\n2 1 7:0 / /nix ro - squashfs /dev/loop0 ro\n',
    };
    const ports = createFakePorts({ tree });
    for (const path of ['/', '/nix', '/tmp']) ports.files.setSpace(path, space);
    const source = createIostatSource(ports);
    expect(devicesOf(source.sample())).toEqual(['sda']);
    await settled();
    const parts = source.sample();
    expect(devicesOf(parts)).toEqual(['sda', 'loop0'].reverse());
    expect(parts.storage).toMatchObject({
      ok: true,
      value: { filesystems: [{ path: '/nix', device: 'loop0' }, {}, {}] },
    });
    expect(source.sample().storage).toBeUndefined();
  });

  test.each([
    ['denied', { problem: 'denied' as const }, 'denied'],
    ['missing', null, 'gone'],
    ['nonsense', 'x\n', 'malformed'],
  ])('diskstats %s is a Problem, and storage is still read', async (_, entry, kind) => {
    const ports = createFakePorts({
      tree: { ...laptop, '/proc/self/mountinfo': '1 0 259:1 / / rw - ext4 a rw\n' },
    });
    ports.files.setSpace('/', space);
    if (entry !== null) ports.files.set('/proc/diskstats', entry);
    const source = createIostatSource(ports);
    expect(source.sample().disks).toMatchObject({ ok: false, problem: { kind } });
    await settled();
    expect(source.sample().storage?.ok).toBe(true);
  });
});

describe('host', () => {
  const names: Record<string, FakeEntry> = {
    '/proc/sys/kernel/hostname': 'box\n',
    '/proc/sys/kernel/osrelease': '6.12.1\n',
    '/sys/devices/system/cpu/online': '0-7\n',
    '/etc/os-release': 'PRETTY_NAME="NixOS 25.11"\n',
    '/proc/cpuinfo': 'model name\t: Ryzen\n',
    '/run/current-system/sw/bin/nix': { link: `/nix/store/${'a'.repeat(32)}-nix-2.28.4/bin/nix` },
  };

  test('at once what costs nothing, later what had to be waited for, then nothing', async () => {
    const ports = createFakePorts({ tree: names });
    const read = createHostReader(ports);
    expect(read()).toMatchObject({
      value: { name: 'box', kernel: '6.12.1', cpus: 8, system: null, nixVersion: null },
    });
    await settled();
    expect(read()).toMatchObject({
      value: { system: 'NixOS 25.11', cpuModel: 'Ryzen', nixVersion: '2.28.4', name: 'box' },
    });
    expect(read()).toBeUndefined();
    expect(ports.clock.pending).toBe(0);
  });

  test('a hung link is passed over: the profile, then the package database', async () => {
    const { '/run/current-system/sw/bin/nix': _, ...others } = names;
    const tree = {
      ...others,
      '/run/current-system/sw/bin/nix': { hangs: true as const },
      '/var/lib/dpkg/status': 'Package: nix-bin\nStatus: install ok installed\nVersion: 2.8.0-1.1\n\n',
    };
    const ports = createFakePorts({ tree });
    const read = createHostReader(ports);
    read();
    await settled();
    expect(read()).toMatchObject({ value: { nixVersion: '2.8.0' } });
  });

  test('the inventory adds what the kernel does not say; never loaded before its time', async () => {
    const { '/proc/cpuinfo': _, ...tree } = names;
    const ports = createFakePorts({ tree });
    let loads = 0;
    const read = createHostReader(ports, async () => {
      loads += 1;
      return {
        cpu: async () => ({ manufacturer: 'ARM', brand: 'Neoverse-N1' }) as never,
        blockDevices: async () =>
          [
            { name: 'sda', type: 'disk', model: 'QEMU HARDDISK ' },
            { name: 'sda1', type: 'part', model: 'x' },
            { name: 'sdb', type: 'disk', model: '' },
          ] as never,
      };
    });
    read();
    await settled();
    read();
    expect(loads).toBe(0);
    ports.clock.advance(2000);
    await settled();
    expect(read()).toMatchObject({
      value: { cpuModel: 'ARM Neoverse-N1', diskModels: { sda: 'QEMU HARDDISK' }, nixVersion: '2.28.4' },
    });
    expect(loads).toBe(1);
    expect(ports.clock.pending).toBe(0);
  });

  test('no inventory where the kernel names the CPU: it would start processes', async () => {
    const ports = createFakePorts({ tree: names });
    let loads = 0;
    const read = createHostReader(ports, async () => {
      loads += 1;
      throw new Error('not wanted here');
    });
    read();
    await settled();
    ports.clock.advance(20_000);
    await settled();
    expect(read()).toMatchObject({ value: { cpuModel: 'Ryzen' } });
    expect(loads).toBe(0);
  });

  test.each([
    ['cannot be loaded', async () => Promise.reject(new Error('no such package'))],
    ['never comes back', () => new Promise<never>(() => {})],
  ])('an inventory that %s changes nothing', async (_, load) => {
    const { '/proc/cpuinfo': _cpuinfo, ...tree } = names;
    const ports = createFakePorts({ tree });
    const read = createHostReader(ports, load);
    read();
    ports.clock.advance(2000);
    await settled();
    ports.clock.advance(10_000);
    await settled();
    expect(read()).toMatchObject({ value: { cpuModel: null, diskModels: {} } });
  });
});
