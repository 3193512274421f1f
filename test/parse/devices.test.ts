/** diskstats, mounts, swaps and the names of the system. */
import { describe, expect, test } from 'vitest';
import { parseDiskstats } from '../../src/parse/diskstats.ts';
import {
  parseBuildDirectory,
  parseCpuList,
  parseCpuModel,
  parsePrettyName,
} from '../../src/parse/host-facts.ts';
import { mountOf, parseMounts, parseSwaps } from '../../src/parse/mountinfo-mounts.ts';
import { nixVersionOfDpkg, nixVersionOfLink } from '../../src/parse/nix-version.ts';
import { capture } from '../support/captures.ts';
import { dpkgStatus, mountinfo, swaps } from './texts.ts';

const all = () => true;

describe('diskstats', () => {
  test('a capture, only wanted rows', () => {
    const parsed = parseDiskstats(capture('diskstats'), (name) => name === 'vda');
    expect(parsed).toMatchObject({ ok: true, value: [{ device: 'vda', major: 254, minor: 0 }] });
  });
  test('every field in its place', () => {
    const text = ' 259       0 nvme0n1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n';
    expect(parseDiskstats(text, all)).toEqual({
      ok: true,
      value: [
        {
          device: 'nvme0n1',
          major: 259,
          minor: 0,
          readsDone: 1,
          readsMerged: 2,
          readSectors: 3,
          readMs: 4,
          writesDone: 5,
          writesMerged: 6,
          writeSectors: 7,
          writeMs: 8,
          inFlight: 9,
          busyMs: 10,
          weightedMs: 11,
          discardsDone: 12,
          discardMs: 15,
          flushesDone: 16,
          flushMs: 17,
        },
      ],
    });
  });
  test('kernels before 4.18 and 5.5 count no discards and flushes: null', () => {
    const old = parseDiskstats(' 8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n', all);
    expect(old).toMatchObject({
      value: [{ weightedMs: 11, discardsDone: null, flushesDone: null, flushMs: null }],
    });
    const newer = parseDiskstats(' 8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n', all);
    expect(newer).toMatchObject({ value: [{ discardsDone: 12, discardMs: 15, flushMs: null }] });
  });
  test('garbled rows are left out, the others stay', () => {
    const good = '   8      16 sdb 1 2 3 4 5 6 7 8 9 10 11\n';
    const text = `${good.replace('sdb', 'sdc').replace('5', 'x')}${good}   8 0 sda 1 2\nnothing\n`;
    const parsed = parseDiskstats(text, all);
    expect(parsed.ok && parsed.value.map(({ device }) => device)).toEqual(['sdb']);
  });
  test('empty in a container: no disks; nonsense: malformed', () => {
    expect(parseDiskstats('', all)).toEqual({ ok: true, value: [] });
    expect(parseDiskstats('what is this\n', all).ok).toBe(false);
  });
});

describe('mounts', () => {
  const mounts = parseMounts(mountinfo);
  test('optional tags, escapes, sources', () => {
    expect(mounts).toHaveLength(7);
    expect(mounts[5]).toEqual({
      device: '0:50',
      root: '/',
      mountPoint: '/mnt/back up\\x',
      type: 'nfs4',
      source: 'nas:/export/my share',
      readOnly: false,
      superReadOnly: false,
    });
  });
  test.each([
    ['/nix', '/'],
    ['/nix/store', '/nix/store'],
    ['/nix/store/x', '/nix/store'],
    ['/nix/storehouse', '/'],
    ['/tmp', '/tmp'],
    ['/tmpfiles', '/'],
    ['/boot/EFI', '/boot'],
  ])('%s lies on %s', (path, mountPoint) => {
    expect(mountOf(path, mounts)?.mountPoint).toBe(mountPoint);
  });
  test('what is mounted last on a place is what one sees', () => {
    const twice = parseMounts(`${mountinfo}99 61 0:60 / /tmp rw - tmpfs second rw\n`);
    expect(mountOf('/tmp/x', twice)?.source).toBe('second');
    expect(mountOf('/x', [])).toBeNull();
  });
  test('garbled rows are left out', () => {
    expect(
      parseMounts('1 2 8:1 / / rw\n1 2 x / / rw - ext4 /dev/sda rw\n1 2 8:1 / here rw - ext4 a rw\n'),
    ).toEqual([]);
  });
  test('swaps: devices and files', () => {
    expect(parseSwaps(swaps)).toEqual(['/dev/dm-1', '/swap file']);
  });
});

describe('names', () => {
  test.each([
    ['PRETTY_NAME="NixOS 25.11 (Xantusia)"\nID=nixos\n', 'NixOS 25.11 (Xantusia)'],
    ["NAME=x\nPRETTY_NAME='It'\n", 'It'],
    ['PRETTY_NAME=Plain\n', 'Plain'],
    ['PRETTY_NAME="a \\"b\\" \\$c"\n', 'a "b" $c'],
    ['PRETTY_NAME="cut', null],
    ['PRETTY_NAME=\n', null],
    ['NAME=x\n', null],
  ])('os-release %j', (text, name) => {
    expect(parsePrettyName(text)).toBe(name);
  });
  test('CPU model and count', () => {
    expect(parseCpuModel('processor\t: 0\nmodel name\t: AMD  EPYC   9654\n')).toBe('AMD EPYC 9654');
    expect(parseCpuModel('processor\t: 0\nBogoMIPS\t: 50.00\n')).toBeNull();
    expect(['0\n', '0-3\n', '0-3,8,10-11\n', '\n', '3-1\n', 'x\n'].map(parseCpuList)).toEqual([
      1,
      4,
      7,
      null,
      null,
      null,
    ]);
  });
  test('build directory', () => {
    expect(parseBuildDirectory('cores = 2\nbuild-dir = /var/tmp\n')).toBe('/var/tmp');
    expect(parseBuildDirectory('# build-dir = /x\nsandbox-build-dir = /build\n')).toBeNull();
  });
  const hash = 'a'.repeat(32);
  test.each([
    [`/nix/store/${hash}-nix-2.26.3/bin/nix`, '2.26.3'],
    [`../../nix/store/${hash}-nix-2.31.0pre20250901_1234abc/bin/nix`, '2.31.0pre20250901_1234abc'],
    [`/nix/store/${hash}-nix-2.18.1/bin`, '2.18.1'],
    [`/nix/store/${hash}-lix-2.91.1/bin/nix`, '2.91.1 (Lix)'],
    [`/nix/store/${hash}-determinate-nix-3.6.2/bin/nix`, '3.6.2 (Determinate)'],
    [`/nix/store/${hash}-nix-index-0.1.8/bin/nix`, null],
    [`/nix/store/${hash}-user-environment/bin`, null],
    ['', null],
  ])('Nix by link %s', (target, version) => {
    expect(nixVersionOfLink(target)).toBe(version);
  });
  test('Nix by dpkg: the upstream version of the package installed', () => {
    expect(nixVersionOfDpkg(dpkgStatus)).toBe('2.8.0');
    expect(
      nixVersionOfDpkg(
        dpkgStatus.replace(/install ok installed\nSource/, 'deinstall ok config-files\nSource'),
      ),
    ).toBeNull();
    expect(nixVersionOfDpkg(dpkgStatus.replace('Package: nix-bin\n', 'Package: other\n'))).toBeNull();
  });
});
