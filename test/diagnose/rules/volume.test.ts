/** Layers between files and disks: which one it is that waits, and what file systems say of themselves. */
import { describe, expect, test } from 'vitest';
import type { DerivedSample } from '../../../src/diagnose/derive-sample.ts';
import { deriveSample } from '../../../src/diagnose/derive-sample.ts';
import { diskRule } from '../../../src/diagnose/rules/disk.ts';
import { volumeRule } from '../../../src/diagnose/rules/volume.ts';
import { remediesOf } from '../../../src/format/remedies.ts';
import type { FilesystemHealthRaw, NewErrors } from '../../../src/model/diagnosis/health.ts';
import type { Notice, NoticeData } from '../../../src/model/diagnosis/notice.ts';
import type { ProbeId, ProbeResult } from '../../../src/model/diagnosis/probe.ts';
import type { ProbeValues } from '../../../src/model/diagnosis/probe-values.ts';
import {
  devicesBelow,
  diskNamed,
  volumeNamed,
  wholeDevice,
} from '../../../src/model/machine/device-names.ts';
import type { Disk, Model } from '../../../src/model/model.ts';
import { readKernelLine } from '../../../src/parse/kernel-line.ts';
import { diskRaw, sampleAt, storageRaw } from '../../model/machine/machine-samples.ts';
import { pressureOf } from '../../support/model-fixture.ts';
import {
  deviceOf,
  diskOf,
  filesystemHealthOf,
  healthOf,
  look,
  lookEvery,
  modelAt,
  rowOf,
} from './storage-models.ts';

const crypt = (over: Partial<Disk> = {}) =>
  diskOf({ device: 'dm-0', title: 'cryptroot', slaves: ['sda2'], inFlight: 180, ...over });
const cryptHealth = healthOf({
  devices: [deviceOf('dm-0', { kind: 'dm', layer: 'crypt', suspended: false })],
});
const ioShort = { ...modelAt(0).pressure, io: pressureOf(60, 40, { level: 'warning' }) };

describe('A1-19: requests wait behind kcryptd', () => {
  test('the layer is named and not the disk, which is not the limit', () => {
    const disks = [crypt({ stalledSec: 40, utilPercent: 100 }), diskOf({ utilPercent: 30, inFlight: 1 })];
    const { said } = look(volumeRule, modelAt(0, { disks, health: cryptHealth }));
    expect(said).toEqual([
      'critical likely: 180 requests wait in dm-0 (crypt, cryptroot) (kcryptd), none done for 40 s; the disk below is not the limit: sda 30% busy',
    ]);
  });

  test('from /proc/diskstats, in five seconds, and before health was read', () => {
    let derived: DerivedSample | null = null;
    let firstSec: number | null = null;
    const storage = storageRaw();
    for (let second = 0; second <= 40; second += 1) {
      const stuck = second > 5;
      const atMs = second * 1000;
      const disks = [
        diskRaw({
          device: 'dm-0',
          major: 253,
          writesDone: 200 + Math.min(second, 5) * 100,
          inFlight: stuck ? 180 : 3,
          busyMs: atMs,
          weightedMs: atMs * 180,
        }),
        diskRaw({ writesDone: 200 + second * 10, inFlight: 1, busyMs: Math.round(atMs * 0.3) }),
      ];
      derived = deriveSample(sampleAt(atMs, { disks, storage }), derived);
      const found = derived.model.findings.find(({ hypothesis }) => hypothesis === 'volume');
      if (found !== undefined && firstSec === null) {
        firstSec = second;
        expect(found).toMatchObject({ subject: { kind: 'device', device: 'dm-0' }, state: 'possible' });
      }
    }
    expect(firstSec).toBe(9);
    const { findings } = derived?.model ?? modelAt(0);
    expect(findings.filter(({ hypothesis }) => hypothesis === 'disk')).toEqual([]);
    expect(findings).toContainEqual(expect.objectContaining({ hypothesis: 'volume', state: 'likely' }));
  });

  test.each([
    ['the disk stalls as well: it is the disk', { stalledSec: 40 }],
    ['the disk is busy', { utilPercent: 97 }],
    ['nothing is known of the disk', { utilPercent: null }],
  ])('not when %s', (_, over) => {
    const disks = [crypt({ stalledSec: 40 }), diskOf({ utilPercent: 30, ...over })];
    expect(look(volumeRule, modelAt(0, { disks, health: cryptHealth })).said).toEqual([]);
  });

  test('of two layers the lower one', () => {
    const lvm = diskOf({ device: 'dm-1', slaves: ['dm-0'], stalledSec: 40 });
    const disks = [lvm, crypt({ stalledSec: 40 }), diskOf({ utilPercent: 10 })];
    const { findings } = look(volumeRule, modelAt(0, { disks, health: cryptHealth }));
    expect(findings.map(({ subject }) => subject)).toEqual([{ kind: 'device', device: 'dm-0' }]);
  });
});

describe('dm that is suspended', () => {
  const health = healthOf({ devices: [deviceOf('dm-0', { kind: 'dm', suspended: true })] });

  test('all I/O waits, and nothing else is blamed', () => {
    const { said, firstSec } = lookEvery(volumeRule, 2, 20, () => ({
      health,
      disks: [crypt({ carries: ['/nix', '/'] }), diskOf({ utilPercent: 0 })],
    }));
    expect(firstSec).toBe(4);
    expect(said).toEqual([
      'critical confirmed: dm-0 (cryptroot) is suspended: all I/O of /nix and / waits (lvresize, a snapshot, luksSuspend)',
    ]);
  });

  test('for the moment of a resize it is not said, however long nobody looks again', () => {
    expect(look(volumeRule, modelAt(0, { health, disks: [crypt()] })).said).toEqual([]);
    const readAtMs = modelAt(0).readAtMs;
    const { said } = lookEvery(volumeRule, 1, 9, () => ({ health, disks: [crypt()], readAtMs }));
    expect(said).toEqual([]);
  });

  test('at the first look where requests wait already', () => {
    const disks = [crypt({ stalledSec: 3 }), diskOf()];
    expect(look(volumeRule, modelAt(0, { health, disks })).said).toHaveLength(1);
  });
});

describe('B9: md', () => {
  const md = (degraded: number, syncAction: string, over: Partial<Model> = {}) =>
    look(
      volumeRule,
      modelAt(0, {
        health: healthOf({ devices: [deviceOf('md127', { kind: 'md', degraded, syncAction })] }),
        ...over,
      }),
    ).said;

  test('a member lacks', () => {
    expect(md(1, 'idle')).toEqual(['warning confirmed: md127 lacks 1 member']);
    expect(md(1, 'recover', { pressure: ioShort })).toEqual([
      'warning confirmed: md127 lacks 1 member; md127 is busy with itself (recover): slow until it is done',
    ]);
  });

  test('all of them lack (RAID 1 of two disks that fail, kernel 7.2): its requests fail', () => {
    const health = healthOf({
      devices: [deviceOf('md2', { kind: 'md', state: 'broken', degraded: 1, syncAction: 'idle' })],
    });
    const disks = [diskOf({ device: 'md2', slaves: ['sda', 'sdb'], carries: ['/nix'] })];
    expect(look(volumeRule, modelAt(0, { health, disks })).said).toEqual([
      'critical confirmed: the array md2 has failed: it has too few members, and its requests fail',
    ]);
  });

  test('a check explains why it is slow, where it is', () => {
    const said = 'md127 is busy with itself (check): slow until it is done';
    expect(md(0, 'check')).toEqual([`ok confirmed: ${said}`]);
    expect(md(0, 'check', { pressure: ioShort })).toEqual([`warning confirmed: ${said}`]);
    expect(md(0, 'idle')).toEqual([]);
  });

  test('several layers: down to the disks, each once', () => {
    const disks = [
      { device: 'dm-1', slaves: ['dm-0'] },
      { device: 'dm-0', slaves: ['md127'] },
      { device: 'md127', slaves: ['nvme0n1p2', 'nvme1n1p2', 'dm-1'] },
    ];
    expect(devicesBelow('dm-1', disks)).toEqual(['dm-0', 'md127', 'nvme0n1', 'nvme1n1']);
    expect(['sda1', 'mmcblk0p2', 'md127p1', 'dm-3', 'nvme0n1', 'vdb12'].map(wholeDevice)).toEqual([
      ...['sda', 'mmcblk0', 'md127', 'dm-3', 'nvme0n1', 'vdb'],
    ]);
    expect(diskNamed('/dev/nvme0', [{ device: 'nvme0n1' }])).toBe('nvme0n1');
    expect(['vg0-pool-tpool', 'a--b-c--d', 'cryptroot', 'vg0-pool_tdata'].map(volumeNamed)).toEqual([
      ...['vg0/pool', 'a-b/c-d', 'cryptroot', 'vg0/pool_tdata'],
    ]);
  });
});

describe('file systems of themselves', () => {
  const told = (over: Partial<FilesystemHealthRaw & NewErrors>, model: Partial<Model> = {}) =>
    look(volumeRule, modelAt(0, { health: healthOf({ filesystems: [filesystemHealthOf(over)] }), ...model }))
      .said;
  const notice = (data: NoticeData): Notice => ({
    ...data,
    timeMs: modelAt(0).timeMs,
    from: 'kernel',
    text: 'x',
  });

  test.each([
    ['DEGRADED', ['warning confirmed: the pool tank is DEGRADED']],
    ['SUSPENDED', ['critical confirmed: the pool tank is SUSPENDED: all its I/O waits']],
    ['ONLINE', []],
  ])('a pool of ZFS that is %s', (state, said) => {
    expect(told({ type: 'zfs', name: 'tank', mountPoint: null, state })).toEqual(said);
  });

  test('errors: new ones, of today, of another year', () => {
    const { timeMs } = modelAt(0);
    expect(told({ errors: 9, newErrors: 2 })).toEqual(['critical confirmed: / (ext4) has 2 new errors']);
    expect(told({ errors: 9, lastErrorMs: timeMs - 3_600_000 })).toEqual([
      'warning likely: / (ext4) has 9 recorded errors',
    ]);
    expect(told({ errors: 9, lastErrorMs: timeMs - 30 * 86_400_000 })).toEqual([
      'ok possible: / (ext4) has 9 recorded errors',
    ]);
    expect(told({ errors: 0 })).toEqual([]);
  });

  test('what the kernel says of one, by its device or of a disk of btrfs', () => {
    const said = { kind: 'filesystem', type: 'ext4', device: 'dm-0', what: 'error' } as const;
    expect(told({}, { notices: [notice(said)] })).toEqual([
      'critical confirmed: / (ext4) has errors: 1 line of the kernel',
    ]);
    const checksum = { kind: 'filesystem', type: 'BTRFS', device: 'sdb1', what: 'checksum' } as const;
    expect(told({}, { notices: [notice(checksum)] })).toEqual([
      'critical likely: sdb1 (BTRFS) has errors: 1 line of the kernel',
    ]);
  });

  describe('of an image in a file', () => {
    const errorOf = (device: string): Notice => ({
      ...notice({ kind: 'filesystem', type: 'BTRFS', device, what: 'checksum' }),
      timeMs: modelAt(0).timeMs - 60_000,
    });
    const error = errorOf('loop4');
    const calm = ['ok possible: loop4 (BTRFS) has errors: 1 line of the kernel'];
    const alarm = ['critical likely: loop4 (BTRFS) has errors: 1 line of the kernel'];

    test('that is mounted no more they are no alarm', () => {
      expect(told({}, { notices: [error] })).toEqual(calm);
    });

    test('that carries something, or was not looked for since, they are', () => {
      const of = (disk: Parameters<typeof diskOf>[0]) =>
        told({}, { notices: [error], disks: [diskOf(disk)] });
      expect(of({ device: 'loop4', carries: ['/srv'] })).toEqual(alarm);
      expect(of({ device: 'dm-1', carries: ['/srv'], slaves: ['loop4'] })).toEqual(alarm);
      expect(of({ device: 'loop4', carries: [] })).toEqual(calm);
      expect(told({ name: 'loop4' }, { notices: [error] })).toEqual(alarm);
      const now = { ...error, timeMs: modelAt(0).timeMs };
      expect(told({}, { notices: [error, now] })).toEqual([
        'critical likely: loop4 (BTRFS) has errors: 2 lines of the kernel',
      ]);
    });

    test('of a disk they stay one: it may be what is missed', () => {
      expect(told({}, { notices: [errorOf('sdb1')] })[0]).toMatch(/^critical/);
    });
  });

  test('read-only: what the store lies on, or what has errors', () => {
    expect(told({ readOnly: true }, { filesystems: [rowOf()] })).toEqual([
      'critical confirmed: / (ext4) has become read-only',
    ]);
    const elsewhere = { readOnly: true, mountPoint: '/mnt/iso', name: 'loop0' };
    expect(told(elsewhere, { filesystems: [rowOf()] })).toEqual([]);
    const both = told({ ...elsewhere, errors: 1, newErrors: 1 }, { filesystems: [rowOf()] });
    expect(both).toContain('critical confirmed: /mnt/iso (ext4) has become read-only');
  });

  test('a balance explains why it is slow, where it is', () => {
    const balance = { type: 'btrfs', operation: 'balance' };
    const said = '/ (btrfs) is busy with itself (balance): slow until it is done';
    expect(told(balance)).toEqual([`ok confirmed: ${said}`]);
    expect(told(balance, { pressure: ioShort })).toEqual([`warning confirmed: ${said}`]);
    expect(told({ type: 'btrfs', operation: 'none' })).toEqual([]);
  });
});

describe('by probes', () => {
  function probed(model: Partial<Model>, ...results: readonly ProbeResult[]) {
    return look(volumeRule, modelAt(0, { health: cryptHealth, ...model, probes: { running: [], results } }));
  }
  function result<Id extends ProbeId>(id: Id, value: ProbeValues[Id]): ProbeResult {
    return { id, subject: null, startedMs: 0, endedMs: 0, ok: true, value } as ProbeResult;
  }
  const volumes = (
    dataPercent: number,
    ok = true,
    state: string | null = null,
    metadata: number | null = 10,
  ) =>
    result('volumes', {
      groups: [{ name: 'vg', ok }],
      logical: [{ name: 'vg/pool', dataPercent, metadataPercent: metadata, state }],
    });

  test('a thin pool that is full, or nearly', () => {
    expect(probed({}, volumes(100, true, 'out_of_data')).said).toEqual([
      'critical confirmed: the pool vg/pool is full: what writes to it waits or fails (data 100%, metadata 10%)',
    ]);
    expect(probed({}, volumes(96)).said).toEqual([
      'warning likely: the pool vg/pool is nearly full (data 96%, metadata 10%)',
    ]);
    expect(probed({}, volumes(60)).said).toEqual([]);
  });

  test('a thin volume of which all is mapped is not full', () => {
    expect(probed({}, volumes(100, true, null, null)).said).toEqual([]);
  });

  test('what LVM says of a volume', () => {
    expect(probed({}, volumes(1, true, 'partial')).said).toEqual([
      'warning confirmed: LVM calls vg/pool partial',
    ]);
  });

  test('a volume group that lacks a disk', () => {
    expect(probed({}, volumes(1, false)).said).toEqual([
      'critical confirmed: the volume group vg is damaged, or lacks a disk',
    ]);
  });

  test('LVM is not refuted before somebody who may has asked', () => {
    const health = healthOf({ devices: [deviceOf('dm-0', { kind: 'dm', layer: 'lvm' })] });
    expect(probed({ health }).hypothesis.state).toBe('unlikely');
    expect(probed({ health }, volumes(10)).hypothesis.state).toBe('refuted');
  });

  const speed = (above: number, below: number) =>
    result('read-speed', {
      layers: [
        { device: 'dm-0', bytesPerSec: above },
        { device: 'sda', bytesPerSec: below },
      ],
    });

  test('what is read above and below the encryption', () => {
    const disks = [crypt(), diskOf()];
    const cipher = result('cipher-speed', { bytesPerSec: 60 * 2 ** 20, cipher: 'aes-xts' });
    expect(probed({ disks }, speed(50 * 2 ** 20, 500 * 2 ** 20), cipher).said).toEqual([
      'warning confirmed: dm-0 reads 50 MB/s, sda below it 500 MB/s; one CPU decrypts 60 MB/s',
    ]);
    expect(probed({ disks }, speed(450e6, 500e6)).said).toEqual([]);
    // Two disks side by side are no layers.
    expect(probed({ disks: [diskOf({ device: 'dm-0' }), diskOf()] }, speed(5e6, 500e6)).said).toEqual([]);
  });
});

describe('what the kernel says of layers (7.2)', () => {
  const { timeMs } = modelAt(5);
  const kernel = (text: string, ageSec = 1): Notice => {
    const { notice } = readKernelLine(text, null);
    if (notice === null) throw new Error(`not read: ${text}`);
    return { ...notice, timeMs: timeMs - ageSec * 1000, from: 'kernel', text };
  };
  const failed = kernel('Buffer I/O error on dev dm-3, logical block 0, async page read');
  const present = healthOf({ devices: [deviceOf('dm-3', { kind: 'dm' })] });

  test('requests that failed', () => {
    const disks = [diskOf({ device: 'dm-3', title: 'root' })];
    expect(look(volumeRule, modelAt(5, { notices: [failed, failed], health: present, disks })).said).toEqual([
      'critical likely: requests to dm-3 (root) failed: 2 lines of the kernel (buffer I/O)',
    ]);
  });

  test('LVM is asked of its own volumes alone, and of an array mdadm', () => {
    const lvm = healthOf({ devices: [deviceOf('dm-3', { kind: 'dm', layer: 'lvm' })] });
    expect(look(volumeRule, modelAt(5, { notices: [failed], health: lvm })).findings).toMatchObject([
      { probe: 'volumes' },
    ]);
    const md = kernel('Buffer I/O error on device md2, logical block 9217');
    const health = healthOf({ devices: [deviceOf('md2', { kind: 'md' })] });
    const [finding] = look(volumeRule, modelAt(5, { notices: [md], health })).findings;
    expect(finding).not.toHaveProperty('probe', 'volumes');
    expect(finding && remediesOf(finding.found)).toMatchObject([{ command: 'mdadm --detail /dev/md2' }]);
  });

  test('of a layer that is not there any more it is history', () => {
    const ext4 = kernel('EXT4-fs (md2): I/O error while writing superblock');
    const { said } = look(volumeRule, modelAt(5, { notices: [failed, ext4], health: healthOf({}) }));
    expect(said).toEqual([
      'ok possible: md2 (ext4) has errors: 1 line of the kernel',
      'ok possible: requests to dm-3 failed: 1 line of the kernel (buffer I/O)',
    ]);
  });

  const full = 'device-mapper: thin: 252:2: switching pool to out-of-data-space (queue IO) mode';
  const pool = { disks: [diskOf({ device: 'dm-2', title: 'vg0-my--pool-tpool' })] };
  const health = healthOf({ devices: [deviceOf('dm-2', { kind: 'dm', layer: 'lvm' })] });
  const fullText = 'critical confirmed: the pool vg0/my-pool is full: what writes to it waits or fails';

  test('a thin pool without room, before LVM is asked; and no disk fails', () => {
    const model = modelAt(5, { ...pool, health, notices: [kernel(full)] });
    expect(look(volumeRule, model).said).toEqual([fullText]);
    expect(look(diskRule, model).said).toEqual([]);
  });

  test('until it has room again, or LVM, asked later, knows better', () => {
    const writes = kernel('device-mapper: thin: 252:2: switching pool to write mode', 0);
    expect(look(volumeRule, modelAt(5, { ...pool, health, notices: [kernel(full), writes] })).said).toEqual(
      [],
    );
    const asked = (startedMs: number, state: string | null): ProbeResult => ({
      ...{ id: 'volumes', subject: null, startedMs, endedMs: startedMs, ok: true },
      value: {
        groups: [{ name: 'vg0', ok: true }],
        logical: [{ name: 'vg0/my-pool', dataPercent: 97, metadataPercent: 13, state }],
      },
    });
    const told = (result: ProbeResult) =>
      look(
        volumeRule,
        modelAt(5, { ...pool, health, notices: [kernel(full)], probes: { running: [], results: [result] } }),
      ).said;
    const parts = '(data 97%, metadata 13%)';
    expect(told(asked(timeMs, null))).toEqual([
      `warning likely: the pool vg0/my-pool is nearly full ${parts}`,
    ]);
    expect(told(asked(timeMs - 9000, null))).toEqual([fullText]);
    expect(told(asked(timeMs - 9000, 'out_of_data'))).toEqual([`${fullText} ${parts}`]);
  });

  test('btrfs is called by the device that it is mounted by', () => {
    const line = kernel(
      'BTRFS error (device loop4): bdev /dev/loop4 errs: wr 0, rd 0, flush 0, corrupt 1014, gen 0',
    );
    const one = { type: 'btrfs', name: '29b218ff-7a90-4d2b-85c9-13c11d158e23', mountPoint: '/nix' };
    const ofBtrfs = healthOf({
      filesystems: [filesystemHealthOf({ ...one, device: 'loop4', errors: 1076, newErrors: 1076 })],
    });
    expect(look(volumeRule, modelAt(5, { notices: [line], health: ofBtrfs })).said).toEqual([
      'critical confirmed: /nix (btrfs) has 1076 new errors',
    ]);
  });
});

test('before anything was read nothing is known; of a plain disk it is refuted', () => {
  expect(look(volumeRule, modelAt(0)).hypothesis).toMatchObject({
    state: 'untested',
    ground: { untested: { kind: 'time' } },
  });
  const health = healthOf({ devices: [deviceOf('sda')], filesystems: [filesystemHealthOf({})] });
  expect(look(volumeRule, modelAt(0, { health })).hypothesis.state).toBe('refuted');
});
