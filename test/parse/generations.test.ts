import { describe, expect, test } from 'vitest';
import { kernelOfPath, parseBootspec } from '../../src/parse/bootspec.ts';
import { parseDefaultLink, parseGenerationLink } from '../../src/parse/generation-link.ts';
import { lockFileName } from '../../src/parse/lock-file.ts';
import { parseClosureSizes, parseSizes, parseStorePaths } from '../../src/parse/store-listing.ts';
import { failedOf, saysUnitExists } from '../../src/parse/switch-output.ts';

describe('generation links', () => {
  test.each([
    ['system-42-link', 'system', 42],
    ['system-1-link', 'system', 1],
    ['home-manager-7-link', 'home-manager', 7],
    ['a.b*c-3-link', 'a.b*c', 3],
    ['system', 'system', null],
    ['system-0-link', 'system', null],
    ['system-042-link', 'system', null],
    ['system-4-link.tmp', 'system', null],
    ['system--4-link', 'system', null],
    ['system-4x-link', 'system', null],
    ['system-99999999999999999999-link', 'system', null],
    ['system-4-link\n', 'system', null],
    ['system-profiles-3-link', 'system', null],
    ['profile-3-link', 'system', null],
    ['', '', null],
  ])('%j of %s is %s', (file, profile, number) => {
    expect(parseGenerationLink(file, profile)).toBe(number);
  });

  test.each([
    ['system-4-link', 4],
    ['/nix/var/nix/profiles/system-4-link', 4],
    ['/elsewhere/system-4-link', null],
    ['../profiles/system-4-link', null],
    ['/nix/store/0-nixos-system', null],
    ['', null],
  ])('the default of %j is %s', (target, number) => {
    expect(parseDefaultLink(target, '/nix/var/nix/profiles/system')).toBe(number);
  });
});

describe('bootspec', () => {
  const spec = { kernel: '/nix/store/x/bzImage', initrd: '/nix/store/y/initrd', label: 'NixOS' };
  const both = { kernel: spec.kernel, initrd: spec.initrd };
  test.each([
    [JSON.stringify({ 'org.nixos.bootspec.v1': spec, 'org.nixos.specialisation.v1': {} }), both],
    [JSON.stringify({ v1: spec }), both],
    [
      JSON.stringify({ 'org.nixos.bootspec.v1': { kernel: 7, initrd: 'relative' } }),
      { kernel: null, initrd: null },
    ],
    [JSON.stringify({ 'org.nixos.bootspec.v1': 'x' }), null],
    [JSON.stringify({ 'org.nixos.bootspec.v9': spec }), null],
    ['{"__proto__": {"v1": {}}}', null],
    ['{"org.nixos.bootspec.v1": {"kernel"', null],
    ['[]', null],
    ['null', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(parseBootspec(text)).toEqual(expected);
  });

  const hash = '7wcqg7id4jfcsrm42a11qx3j0n1b380x';
  test.each([
    [`/nix/store/${hash}-linux-6.6.58/bzImage`, '6.6.58'],
    [`/nix/store/${hash}-linux-6.1.0-rt7/Image`, '6.1.0-rt7'],
    [`/nix/store/${hash}-linux-zen-6.14.6/bzImage`, 'zen-6.14.6'],
    [`/nix/store/${hash}-linux-config/x`, 'linux-config'],
    ['/boot/vmlinuz', null],
    ['', null],
  ])('the kernel of %s is %s', (path, kernel) => {
    expect(kernelOfPath(path)).toBe(kernel);
  });
});

describe('what Nix lists', () => {
  const a = '/nix/store/7wcqg7id4jfcsrm42a11qx3j0n1b380x-lab-tools';
  const b = '/nix/store/lh0l0dfymfwmffn2h58wykyrmipry6ry-busybox-1.35';
  test('store paths, nothing below them and no other lines', () => {
    const text = `warning: something\n${a}\n${b}/bin/x\n${b}\n/nix/store/short-x\n\n`;
    expect(parseStorePaths(text)).toEqual([a, b]);
    expect(parseStorePaths('')).toBeNull();
    expect(parseStorePaths('error: no\n')).toBeNull();
  });

  test.each([
    ['12\n34\n', 2, [12, 34]],
    ['12\n', 2, null],
    ['12\n34\n56\n', 2, null],
    ['12\nx\n', 2, null],
    ['-12\n', 1, null],
    ['9999999999999999\n', 1, null],
    ['', 0, []],
  ])('sizes %j for %d paths', (text, count, sizes) => {
    expect(parseSizes(text, count)).toEqual(sizes);
  });

  test('closure sizes of `nix path-info -S` as Nix 2.8 prints them', () => {
    const text = `${b}\t    1982400\n${a}   \t    4391088\n${a}/bin\t 1\nwarning: 3\n/nix/store/x\t12\n`;
    expect([...parseClosureSizes(text)]).toEqual([
      [b, 1982400],
      [a, 4391088],
    ]);
  });
});

describe('what switch-to-configuration says', () => {
  test.each([
    ['warning: the following units failed: nginx.service', ['nginx.service']],
    ['warning: the following units failed: a.service, b@x.service\r', ['a.service', 'b@x.service']],
    ['warning: the following user units failed: dbus-broker.service', ['dbus-broker.service']],
    ['warning: user activation for ada failed', ['user activation for ada']],
    ['the following new units were started: a.service', []],
    ['● nginx.service: warning: the following units failed: x', []],
    ['warning: the following units failed:', []],
    ['warning: the following units failed: , ,', []],
    ['', []],
  ])('%j', (line, failed) => {
    expect(failedOf(line)).toEqual(failed);
  });

  test.each([
    [
      'Failed to start transient service unit: Unit x.service was already loaded or has a fragment file.',
      true,
    ],
    ['Failed to start transient service unit: Unit x.service already exists.', true],
    ["System has not been booted with systemd as init system (PID 1). Can't operate.", false],
    ['', false],
  ])('%j', (stderr, exists) => {
    expect(saysUnitExists(stderr)).toBe(exists);
  });
});

describe('the file of a lock as /proc/locks names it', () => {
  test.each([
    [0xfe00, 9470373, 'fe:00:9470373'],
    [0x1a, 1712, '00:1a:1712'],
    [0x1033e0c, 5, '33e:100c:5'],
    [2 ** 32 * 0x1000 + 0x801, 7, '1008:01:7'],
  ])('%d %d is %s', (device, inode, name) => {
    expect(lockFileName(device, inode)).toBe(name);
  });
});
