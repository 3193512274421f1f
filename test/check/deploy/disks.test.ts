/** Names of devices on a target, and who uses them. */
import { describe, expect, test } from 'vitest';
import { deviceSeen, findDevice, usersOf, wholeDisks } from '../../../src/check/deploy/devices.ts';
import type { Target } from '../../../src/model/advice/deploy-target.ts';
import { deployFacts, disk, installer, itemOf, statesOf } from '../../support/deploy-facts.ts';

const target: Target = {
  ...installer,
  disks: [
    disk('sda', 500, { model: 'Samsung SSD' }),
    disk('sda1', 1, { partOf: 'sda' }),
    disk('sda2', 499, { partOf: 'sda' }),
    disk('sdb', 8),
    disk('zd0', 0.1),
    disk('loop0', 1),
    disk('dm-0', 0.1, { below: ['zd0'], mapping: 'credstore', mappingId: 'CRYPT-LUKS2-0-credstore' }),
    disk('dm-1', 10, { below: ['sda2'], mapping: 'my--group-root', mappingId: 'LVM-abc' }),
  ],
  links: [
    { path: '/dev/disk/by-id/wwn-0x5002538e40', device: '/dev/sda' },
    { path: '/dev/disk/by-id/a"; evil = "$x', device: '/dev/sda' },
    { path: '/dev/disk/by-id/ata-Samsung_SSD_870', device: '/dev/sda' },
    { path: '/dev/mapper/credstore', device: '/dev/dm-0' },
  ],
};

test.each([
  ['/dev/sda', 'sda'],
  ['/dev/disk/by-id/ata-Samsung_SSD_870', 'sda'],
  ['/dev/mapper/credstore', 'dm-0'],
  ['/dev/mapper/my--group-root', 'dm-1'],
  ['/dev/my-group/root', 'dm-1'],
  ['/dev/vda', undefined],
  ['/dev/disk/by-id/nothing', undefined],
  ['/dev/', undefined],
  ['sda', undefined],
])('%s', (path, name) => {
  expect(findDevice(path, target)?.name).toBe(name);
});

test('the id that says what it is', () => {
  const [sda] = target.disks;
  expect(sda && deviceSeen(sda, target).byId).toBe('/dev/disk/by-id/ata-Samsung_SSD_870');
  expect(wholeDisks(target).map(({ name }) => name)).toEqual(['sda', 'sdb']);
});

describe('who uses a disk that is to be formatted', () => {
  const vda = disk('vda', 60);
  const parts = [vda, disk('vda1', 1, { partOf: 'vda' }), disk('vda2', 59, { partOf: 'vda' })];
  const using = (more: Partial<Target>) => usersOf(vda, { ...installer, disks: parts, ...more });

  test.each<[string, Partial<Target>, object[]]>([
    ['nobody', {}, []],
    [
      'a mount of a part',
      { mounts: [{ mountPoint: '/mnt/boot', type: 'vfat', source: '/dev/vda1' }] },
      [{ kind: 'mount', device: '/dev/vda1', mountPoint: '/mnt/boot' }],
    ],
    [
      'what the installer runs from',
      { mounts: [{ mountPoint: '/iso', type: 'iso9660', source: '/dev/vda' }] },
      [{ kind: 'mount', device: '/dev/vda', mountPoint: '/iso' }],
    ],
    ['swap', { swaps: ['/dev/vda2'] }, [{ kind: 'swap', device: '/dev/vda2' }]],
    [
      'a pool, by id',
      {
        pools: [{ name: 'rpool', members: ['/dev/disk/by-id/x-part2'] }],
        links: [{ path: '/dev/disk/by-id/x-part2', device: '/dev/vda2' }],
      },
      [{ kind: 'pool', device: '/dev/vda2', pool: 'rpool' }],
    ],
    [
      'LUKS, and what is mounted of it',
      {
        disks: [
          ...parts,
          disk('dm-0', 59, { below: ['vda2'], mapping: 'crypted', mappingId: 'CRYPT-LUKS2-1-crypted' }),
        ],
        mounts: [{ mountPoint: '/mnt', type: 'ext4', source: '/dev/mapper/crypted' }],
        links: [{ path: '/dev/mapper/crypted', device: '/dev/dm-0' }],
      },
      [
        { kind: 'mount', device: '/dev/dm-0', mountPoint: '/mnt' },
        { kind: 'luks', device: '/dev/dm-0', name: 'crypted' },
      ],
    ],
    [
      'an array',
      { disks: [...parts, disk('md127', 59, { below: ['vda2'] })] },
      [{ kind: 'held', device: '/dev/md127', by: 'md127' }],
    ],
    ['another disk', { disks: [...parts, disk('vdb', 5)], swaps: ['/dev/vdb'] }, []],
    // Below each other: what a target says need not make sense.
    [
      'a loop',
      {
        disks: [...parts, disk('dm-0', 1, { below: ['dm-1', 'vda2'] }), disk('dm-1', 1, { below: ['dm-0'] })],
      },
      [
        { kind: 'held', device: '/dev/dm-0', by: 'dm-0' },
        { kind: 'held', device: '/dev/dm-1', by: 'dm-1' },
      ],
    ],
  ])('%s', (_, more, users) => {
    expect(using(more)).toEqual(users);
    const state = statesOf(deployFacts({ disks: parts, ...more }))['target-busy'];
    expect(state).toBe(users.length > 0 ? 'failed' : 'ok');
  });
});

describe('the credentials store', () => {
  test('open, with its pool', () => {
    const facts = deployFacts({ ...target, pools: [{ name: 'rpool', members: [] }] });
    expect(itemOf(facts, 'credstore')).toMatchObject({
      state: 'failed',
      found: { open: 'credstore', pools: ['rpool'] },
    });
  });

  test('closed', () => {
    expect(itemOf(deployFacts(), 'credstore').state).toBe('ok');
  });
});

test('a device that is not there: those that are, by id', () => {
  const { found } = itemOf(deployFacts(target), 'target-device');
  expect(found).toMatchObject({
    kind: 'target-device',
    wantedBy: 'disko.devices.disk.main',
    found: null,
    others: [{ device: '/dev/sda', byId: '/dev/disk/by-id/ata-Samsung_SSD_870' }, { device: '/dev/sdb' }],
  });
});
