/** What a target prints about itself: real ones, cut ones, and what is none. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Target } from '../../src/model/advice/deploy-target.ts';
import { parseTargetReport } from '../../src/parse/target-report.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/target/${name}.txt`, import.meta.url), 'utf8').split('\n');

function parsed(lines: readonly string[]): Target {
  const report = parseTargetReport(lines, 'web');
  if (!report.ok) throw new Error(JSON.stringify(report.problem));
  return report.value;
}

test('a Debian, as it printed it', () => {
  expect(parsed(fixture('debian'))).toMatchObject({
    account: { uid: 0, name: 'root', groups: ['root'], privilege: 'root' },
    ...{ distribution: 'debian', variant: null, kernelName: 'Linux', machine: 'x86_64', container: 'docker' },
    tools: ['tar', 'curl', 'wget', 'ip', 'nix', 'cryptsetup', 'setsid'],
    memory: { totalBytes: 24_684_092 * 1024, availableBytes: 19_325_660 * 1024, swapBytes: 0 },
    disks: [{ name: 'vda', bytes: 536_870_912 * 512, readOnly: false, partOf: null }],
    ...{ links: [], swaps: [], pools: [], hasTpm: false, hostId: '007f0100', bootBytes: null },
    zfs: { loaded: false, found: false, version: null },
    firmware: { efi: false, bits: null },
    nix: { version: '2.8.0', trustedUsers: ['root'], minFreeBytes: 0 },
    caches: [{ url: 'https://cache.nixos.org', httpStatus: null }],
  });
});

test('an installer', () => {
  const target = parsed(fixture('installer'));
  expect(target).toMatchObject({
    ...{ distribution: 'nixos', variant: 'installer', container: 'none', timeSec: 1_795_979_914 },
    zfs: { loaded: true, found: true, version: '2.3.4-1' },
    firmware: { efi: true, bits: 64 },
    bootBytes: 12_345_344 + 28_311_552,
    caches: [{ url: 'https://cache.nixos.org', httpStatus: 200 }],
  });
  expect(target.disks.map(({ name, model }) => [name, model])).toEqual([
    ['loop0', null],
    ['sr0', 'QEMU DVD-ROM'],
    ['vda', null],
  ]);
  expect(target.links).toContainEqual({ device: '/dev/vda', path: '/dev/disk/by-id/virtio-root 1' });
  expect(target.mounts).toContainEqual({ mountPoint: '/iso', type: 'iso9660', source: '/dev/sr0' });
  expect(target.rooms.find(({ path }) => path === '/nix/.rw-store')?.freeBytes).toBe(4_053_908 * 1024);
});

describe('parts', () => {
  const report = (...lines: string[]) => parsed(['nixpulse target 1', ...lines, '== end']);

  test('disks with what is made of them', () => {
    const { disks } = report(
      ...['== disks', ' disk sda 1000 1 -', ' model sda Some Disk  ', ' disk sda1 100 0 sda'],
      ...[
        ' disk dm-0 90 0 -',
        ' mapping dm-0 credstore',
        ' id dm-0 CRYPT-LUKS2-abc-credstore',
        ' below dm-0 sda1',
      ],
    );
    expect(disks).toMatchObject([
      { name: 'sda', bytes: 512_000, readOnly: true, model: 'Some Disk' },
      { name: 'sda1', partOf: 'sda' },
      { name: 'dm-0', mapping: 'credstore', mappingId: 'CRYPT-LUKS2-abc-credstore', below: ['sda1'] },
    ]);
  });

  test('pools with their members', () => {
    const { pools } = report(
      ...[
        '== pools',
        ' rpool\t60129542144\t1\t-',
        ' \tmirror-0\t60129542144\t1\t-',
        ' \t/dev/vda2\t-',
        ' \t/dev/vdb2\t-',
      ],
      ' tank\t1\t-',
    );
    expect(pools).toEqual([
      { name: 'rpool', members: ['/dev/vda2', '/dev/vdb2'] },
      { name: 'tank', members: [] },
    ]);
  });

  test('who we are without root', () => {
    expect(report('== account', ' 1000 alice none', ' users wheel').account).toEqual({
      ...{ uid: 1000, name: 'alice', groups: ['users', 'wheel'], privilege: null },
    });
  });

  test('what a terminal would obey is taken out, and a name that is none of the kernel is no disk', () => {
    const { disks, distribution } = report(
      ...['== disks', ' disk sda 1000 0 -', ' model sda \x1b[31mred\x1b]0;title\x07', ' disk "x} 1 0 -'],
      ...['== release', ' ID=\u202enixos'],
    );
    expect(disks).toMatchObject([{ name: 'sda', model: 'red' }]);
    expect(distribution).toBe('nixos');
  });

  test('an address with a password in it', () => {
    expect(report('== caches', ' 401 https://me:secret@cache.example/x').caches).toEqual([
      { url: 'https://cache.example/x', httpStatus: 401 },
    ]);
  });

  test('a second part of one name, and what stands behind the end, count for nothing', () => {
    const lines = ['== release', ' ID=debian', '== release', ' ID=nixos', '== end', '== hostid', ' 8425e349'];
    expect(report(...lines)).toMatchObject({ distribution: 'debian', hostId: null });
  });

  test('what is not as documented is not known', () => {
    const target = report(
      ...[
        '== account',
        ' root',
        '== memory',
        ' MemTotal: lots',
        '== time',
        ' yesterday',
        '== hostid',
        ' zzzzzzzz',
      ],
      ...[
        '== rooms',
        ' / overlay - - - - /',
        ' no path',
        '== disks',
        ' disk',
        ' disk a b c d',
        ' model vda x',
      ],
      ...[
        '== links',
        ' vda by-id',
        '== boot',
        ' kernel 12',
        '== caches',
        ' x',
        '== mounts',
        ' garbage',
        '== zfs',
        ' loaded',
      ],
    );
    expect(target).toMatchObject({
      ...{ account: null, memory: null, timeSec: null, hostId: null, rooms: [], disks: [], links: [] },
      ...{ bootBytes: null, caches: [], mounts: [], zfs: null, firmware: null, nix: null },
    });
  });
});

test.each(['debian', 'installer', 'installer-1gb'])('%s cut anywhere is read as far as it came', (name) => {
  const lines = fixture(name);
  const begin = lines.indexOf('nixpulse target 1');
  for (let end = begin + 1; end <= lines.length; end += 1) {
    const last = lines[end - 1] ?? '';
    expect(parseTargetReport([...lines.slice(0, end - 1), last.slice(0, last.length / 2)], 'web').ok).toBe(
      end > begin + 1,
    );
  }
});

test.each([
  ['nothing', []],
  ['a shell that is none', ['This account is currently not available.']],
  ['parts without a beginning', ['== account', ' 0 root root']],
])('%s is no report', (_, lines) => {
  expect(parseTargetReport(lines, 'web')).toMatchObject({
    ok: false,
    problem: { kind: 'malformed', where: 'web' },
  });
});

test('long and many lines take time in proportion', () => {
  const long = 'x '.repeat(50_000);
  const lines = [
    '== rooms',
    ` / ${long}`,
    '== account',
    ` ${long}`,
    '== links',
    ` /dev/${long}`,
    '== caches',
    ` 1 ${long}`,
  ];
  const many = Array.from({ length: 20_000 }, (_, at) => ` disk d${at} 1 0 -`);
  expect(parsed(['nixpulse target 1', ...lines, '== disks', ...many]).disks).toHaveLength(20_000);
});
