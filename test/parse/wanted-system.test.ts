/** The JSON of an evaluation: whole, with parts missing, and of other types than expected. */
import { expect, test } from 'vitest';
import { parseWantedSystem } from '../../src/parse/wanted-system.ts';
import { ourKey, wanted } from '../support/wanted-system.ts';

const whole = {
  ...{ system: 'x86_64-linux', hostName: 'web', hostId: '8425e349', kernelVersion: '6.12.44', zfs: true },
  ...{ zfsVersion: '2.3.4', sshd: true, rootLogin: 'prohibit-password', asksAtBoot: false, initrdSsh: false },
  fileSystems: [
    { mountPoint: '/', device: '/dev/disk/by-uuid/aaaa', type: 'ext4', options: ['x-initrd.mount'] },
  ],
  disks: [{ name: 'main', device: '/dev/vda', espSizes: ['512M'] }],
  loader: { kind: 'systemd-boot', efi: true, mountPoint: '/boot' },
  keys: [{ user: 'root', keys: [`ssh-ed25519 ${ourKey.blob} me@here\n`] }],
  drvPath: '/nix/store/x.drv',
};

test('whole', () => {
  expect(parseWantedSystem(JSON.stringify(whole))).toEqual(wanted);
});

test('a file of several keys', () => {
  const keys = [{ user: 'root', keys: [`ssh-ed25519 ${ourKey.blob} a\n# no key\nssh-ed25519 cut\n`] }];
  const found = parseWantedSystem(JSON.stringify({ ...whole, keys }))?.keys;
  expect(found?.map(({ key }) => key.damaged)).toEqual([false, true]);
});

test('nothing said is nothing known, and no disko is not disko without disks', () => {
  expect(parseWantedSystem('{}')).toMatchObject({
    system: null,
    zfs: null,
    disks: null,
    keys: [],
    fileSystems: [],
  });
  expect(parseWantedSystem('{"disks": []}')?.disks).toEqual([]);
});

test('a file system that a boot goes on without', () => {
  const fileSystems = [{ mountPoint: '/data', device: '/dev/sdb', type: 'ext4', options: ['nofail'] }];
  expect(parseWantedSystem(JSON.stringify({ fileSystems }))?.fileSystems[0]?.optional).toBe(true);
});

test.each(Object.keys(whole))('%s of another type', (name) => {
  for (const value of [1, 'x', true, null, [], {}, [1], [[]], [null], [{}], { kind: 1 }])
    expect(parseWantedSystem(JSON.stringify({ ...whole, [name]: value }))).not.toBeNull();
});

test.each(['', 'error: x', '[]', 'null', '3', '{'])('%j is none', (text) => {
  expect(parseWantedSystem(text)).toBeNull();
});
