import { beforeEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { readAccounts, readSshd } from '../../src/probes/own-machine/accounts.ts';
import { readLoader } from '../../src/probes/own-machine/loader.ts';
import { readNetwork } from '../../src/probes/own-machine/network.ts';
import { isNixos, readOwnMachine } from '../../src/probes/own-machine/own-machine.ts';
import { readStateVersion, stateVersionIn } from '../../src/probes/own-machine/state-version.ts';
import { createFakePorts, type FakePorts } from '../support/fake-ports.ts';
import { systemTree } from '../support/generation-tree.ts';
import { realProbe } from '../support/probe-context.ts';
import { ourKey } from '../support/wanted-system.ts';

let ports: FakePorts;
beforeEach(() => {
  ports = createFakePorts();
});

const put = (tree: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries(tree)) ports.files.set(path, text);
};
const mount = (point: string, type: string, device = '8:1') =>
  `36 35 ${device} / ${point} rw - ${type} /dev/x rw\n`;
const key = `${ourKey.type} ${ourKey.blob} me@here`;

describe('the boot loader', () => {
  const store = (name: string) => `export INSTALL_BOOTLOADER='/nix/store/${'a'.repeat(32)}-${name}'\n`;
  const switching = '/run/current-system/bin/switch-to-configuration';

  test('is what the system that runs would write', async () => {
    put({
      [switching]: store('install-systemd-boot.sh'),
      '/sys/firmware/efi/efivars/x': '',
      '/boot/grub/grub.cfg': '',
    });
    expect(await readLoader(ports.files)).toEqual({
      ok: true,
      value: { kind: 'systemd-boot', esp: '/boot', variables: true },
    });
    put({ [switching]: store('extlinux-conf-builder.sh') });
    expect(await readLoader(ports.files)).toEqual({ ok: true, value: { kind: 'extlinux' } });
  });

  test.each(['lzbt-0.4', 'raspberrypi-builder.sh'])('%s cannot be taken over', async (name) => {
    put({ [switching]: store(name), '/boot/loader/loader.conf': '' });
    expect(await readLoader(ports.files)).toMatchObject({ problem: { kind: 'unsupported' } });
  });

  test('else what lies on the partition of the firmware, or on /boot', async () => {
    put({ '/proc/self/mountinfo': mount('/efi', 'vfat'), '/efi/loader/loader.conf': '' });
    expect(await readLoader(ports.files)).toMatchObject({
      value: { kind: 'systemd-boot', esp: '/efi', variables: false },
    });
    ports = createFakePorts();
    put({ '/boot/extlinux/extlinux.conf': '' });
    expect(await readLoader(ports.files)).toMatchObject({ value: { kind: 'extlinux' } });
    ports = createFakePorts();
    expect(await readLoader(ports.files)).toMatchObject({ problem: { kind: 'gone', where: '/boot' } });
  });

  test('GRUB lies where it says', async () => {
    put({ '/boot/grub/grub.cfg': '', '/boot/grub/state': 'grub\n2.12\nno\n/dev/sda,/dev/sdb\n\n' });
    expect(await readLoader(ports.files)).toMatchObject({
      value: { kind: 'grub', devices: ['/dev/sda', '/dev/sdb'], esp: null },
    });
    put({ '/boot/grub/state': 'grub\n2.12\nonly\nnodev\n/boot/efi\n' });
    expect(await readLoader(ports.files)).toMatchObject({ value: { devices: ['nodev'], esp: '/boot/efi' } });
    put({ '/boot/grub/state': 'grub\n2.12\nboth\n/dev/sda\n/boot/efi\n' });
    expect(await readLoader(ports.files)).toMatchObject({
      value: { devices: ['/dev/sda'], esp: '/boot/efi' },
    });
  });

  test('GRUB that does not say so lies on the disk of /boot, by a name that stays', async () => {
    put({ '/boot/grub/grub.cfg': '', '/proc/self/mountinfo': mount('/', 'ext4') });
    const at = (path: string) => ports.files.set('/sys/dev/block/8:1', { link: path });
    at('../../devices/pci0000:00/block/sda/sda1');
    expect(await readLoader(ports.files)).toMatchObject({ value: { devices: ['/dev/sda'] } });
    ports.files.set('/dev/disk/by-id/wwn-0x5', { link: '../../sda' });
    ports.files.set('/dev/disk/by-id/ata-DISK-part1', { link: '../../sda1' });
    ports.files.set('/dev/disk/by-id/ata-DISK', { link: '../../sda' });
    expect(await readLoader(ports.files)).toMatchObject({ value: { devices: ['/dev/disk/by-id/ata-DISK'] } });
    at('../../devices/virtual/block/dm-0');
    expect(await readLoader(ports.files)).toMatchObject({ problem: { where: '/boot/grub/state' } });
  });
});

describe('the network', () => {
  const json = { address: '[]', '-4': '[]', '-6': '[]' };
  beforeEach(() => {
    json.address = '[]';
    json['-4'] = '[]';
    ports.spawn.onRun = (file, args) => {
      const found = json[args[1] as keyof typeof json];
      return file === 'ip' && found !== undefined
        ? ok({ exitCode: 0, signal: null, stdout: found, stderr: '' })
        : fail('gone', file);
    };
  });
  const address = (name: string) => ({
    ifname: name,
    addr_info: [{ family: 'inet', local: '192.0.2.7', prefixlen: 24, scope: 'global' }],
  });

  test('NetworkManager keeps its connections; without any that is said', async () => {
    put({ '/run/NetworkManager/devices': '', '/etc/NetworkManager/system-connections/home': '' });
    expect(await readNetwork(ports)).toMatchObject({
      network: { by: 'networkmanager', addresses: [] },
      missing: [],
    });
    ports.files.remove('/etc/NetworkManager/system-connections/home');
    expect((await readNetwork(ports)).missing).toEqual([
      expect.stringMatching(/NetworkManager has no connections/),
    ]);
  });

  test('what was set by hand is kept, of interfaces that are real', async () => {
    put({
      '/run/systemd/netif/links/2': '',
      '/sys/class/net/eth0/device/x': '',
      '/etc/resolv.conf': 'nameserver 127.0.0.53\nnameserver 192.0.2.53\nnameserver 192.0.2.53\n',
      '/proc/cmdline': 'quiet net.ifnames=0\n',
    });
    json.address = JSON.stringify([address('eth0'), address('docker0')]);
    json['-4'] = JSON.stringify([{ dst: 'default', gateway: '192.0.2.1', dev: 'eth0' }]);
    expect(await readNetwork(ports)).toEqual({
      network: {
        by: 'networkd',
        addresses: [{ interface: 'eth0', family: 4, address: '192.0.2.7', prefixLength: 24 }],
        gateways: [{ interface: 'eth0', family: 4, address: '192.0.2.1' }],
        nameServers: ['192.0.2.53'],
        kernelNames: true,
      },
      missing: [],
    });
  });

  test('a bridge as the way out, Wi-Fi without NetworkManager, no ip: said', async () => {
    put({ '/run/wpa_supplicant/wlan0': '' });
    json.address = JSON.stringify([address('br0')]);
    json['-4'] = JSON.stringify([{ dst: 'default', gateway: '192.0.2.1', dev: 'br0' }]);
    const { network, missing } = await readNetwork(ports);
    expect(network).toMatchObject({ by: 'scripted', addresses: [], gateways: [] });
    expect(missing).toEqual([expect.stringContaining('Wi-Fi'), expect.stringContaining('br0')]);
    json.address = 'none';
    expect((await readNetwork(ports)).missing).toContainEqual(expect.stringContaining('were not read'));
  });
});

describe('accounts', () => {
  test('with the keys that are whole, of both places, each once', async () => {
    put({
      '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nada:x:1000:100::/home/ada:/bin/sh\n',
      '/etc/group': 'wheel:x:1:ada\n',
      '/etc/ssh/authorized_keys.d/ada': `# mine\n${key}\n`,
      '/home/ada/.ssh/authorized_keys': `${key}\nfrom="192.0.2.1" ${key} 2\n${ourKey.type} AAAA cut\nno key at all\n`,
    });
    ports.files.set('/root/.ssh/authorized_keys', { problem: 'denied' });
    expect(await readAccounts(ports.files)).toEqual({
      accounts: [
        { name: 'root', uid: 0, home: '/root', isAdmin: false, keys: [] },
        {
          name: 'ada',
          uid: 1000,
          home: '/home/ada',
          isAdmin: true,
          keys: [key, `from="192.0.2.1" ${key} 2`],
        },
      ],
      missing: ['keys of root: /root/.ssh/authorized_keys takes root to read'],
    });
  });

  test.each([
    ['PermitRootLogin "; abort\n', { ports: [], passwords: null, rootLogin: null }],
    ['Port 22\n', { ports: [], passwords: null, rootLogin: null }],
    ['port 22\nPort 2222\n', { ports: [22, 2222], passwords: null, rootLogin: null }],
    [
      'PasswordAuthentication no\nPermitRootLogin no\nMatch User ada\nPasswordAuthentication yes\n',
      { ports: [], passwords: false, rootLogin: 'no' },
    ],
  ])('sshd: %j', async (text, sshd) => {
    put({ '/etc/ssh/sshd_config': text });
    expect(await readSshd(ports.files)).toEqual(sshd);
  });

  test('without its file sshd is off', async () => {
    expect(await readSshd(ports.files)).toBeNull();
  });
});

describe('system.stateVersion', () => {
  const read = () => readStateVersion(['/etc/nixos'], ports.files);

  test.each([
    ['{ system.stateVersion = "24.05"; }', '24.05'],
    ['  system = {\n    stateVersion = "23.11"; # Did you read the comment?\n  };', '23.11'],
    ['# system.stateVersion = "22.05";\n', null],
    ['home.stateVersion = "22.05";', null],
    ['system.stateVersion = config.x;', null],
  ])('%j', (text, version) => {
    expect(stateVersionIn(text)).toBe(version);
  });

  test('is that of the configuration; of several machines nobody knows which', async () => {
    put({ '/etc/nixos/flake.nix': '{ }', '/etc/nixos/hosts/box.nix': '{ system.stateVersion = "24.05"; }' });
    expect(await read()).toEqual({ version: '24.05', from: '/etc/nixos/hosts/box.nix' });
    put({ '/etc/nixos/hosts/web.nix': '{ system.stateVersion = "23.05"; }', ...systemTreeTexts() });
    expect(await read()).toEqual({ version: '24.11', from: 'generation 1, the oldest that is left' });
  });

  test('else the release that runs', async () => {
    put({ '/run/current-system/nixos-version': '25.05pre-git\n' });
    expect(await read()).toEqual({ version: '25.05', from: 'the release that runs' });
    ports = createFakePorts();
    expect(await read()).toBeNull();
  });

  function systemTreeTexts(): Record<string, string> {
    for (const [path, entry] of Object.entries(systemTree(2))) ports.files.set(path, entry);
    return {};
  }
});

describe('a machine', () => {
  const read = () => readOwnMachine(['/etc/nixos'], { ...realProbe().context, ports });
  beforeEach(() => {
    put({
      '/etc/NIXOS': '',
      '/etc/nixos/hardware-configuration.nix': 'fileSystems."/" = { };',
      '/etc/nixos/configuration.nix': 'system.stateVersion = "24.05";',
      '/boot/loader/loader.conf': '',
      '/proc/sys/kernel/hostname': 'box.example.org\n',
      '/etc/vconsole.conf': 'KEYMAP=de-latin1\nFONT=x\n',
      '/etc/nix/nix.conf': 'experimental-features = nix-command flakes\n',
      '/proc/cmdline': 'init=/x console=ttyS0,115200n8 console=tty0 quiet\n',
    });
    ports.files.set('/etc/localtime', { link: '/etc/zoneinfo/Europe/Berlin' });
  });

  test('as it is', async () => {
    expect(await read()).toMatchObject({
      value: {
        machine: {
          hardware: { kind: 'file', path: '/etc/nixos/hardware-configuration.nix' },
          ...{ hostName: 'box', hostId: null, timeZone: 'Europe/Berlin', keyMap: 'de-latin1', flakes: true },
          consoles: ['ttyS0,115200n8', 'tty0'],
        },
      },
    });
  });

  test('ZFS wants its host id, and where nobody tells it that is said', async () => {
    put({ '/proc/self/mountinfo': mount('/', 'zfs', '0:30') });
    ports.spawn.onRun = (file) =>
      file === 'hostid'
        ? ok({ exitCode: 0, signal: null, stdout: '8425e349\n', stderr: '' })
        : fail('gone', file);
    expect(await read()).toMatchObject({ value: { machine: { hostId: '8425e349' } } });
    ports.spawn.onRun = (file) => fail('gone', file);
    expect(await read()).toMatchObject({
      value: { machine: { hostId: null }, missing: [expect.any(String), expect.stringContaining('hostId')] },
    });
  });

  test('without hardware-configuration.nix what nixos-generate-config tells', async () => {
    ports.files.remove('/etc/nixos/hardware-configuration.nix');
    ports.spawn.onRun = () => ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
    ports.spawn.onStream = () => ({ lines: ['{ ... }: {', '  fileSystems."/" = { };', '}'] });
    expect(await read()).toMatchObject({
      value: { machine: { hardware: { kind: 'text', text: '{ ... }: {\n  fileSystems."/" = { };\n}' } } },
    });
    ports.spawn.onStream = () => ({ lines: ['2>Can’t locate strict.pm'], exitCode: 2 });
    expect(await read()).toMatchObject({
      problem: { cause: 'it is not there, and nixos-generate-config: ended with 2' },
    });
    // One of disko names no file systems: better than nothing, and what evaluates it says so.
    put({ '/etc/nixos/hardware-configuration.nix': '# fileSystems are in disko.nix' });
    expect(await read()).toMatchObject({ value: { machine: { hardware: { kind: 'file' } } } });
    ports.spawn.onStream = () => ({ lines: ['fileSystems."/" = { };'] });
    expect(await read()).toMatchObject({ value: { machine: { hardware: { kind: 'text' } } } });
    ports.files.remove('/etc/nixos/hardware-configuration.nix');
    Object.assign(ports.files, { live: false });
    expect(await read()).toMatchObject({ problem: { cause: 'it is not in this tree' } });
  });

  test('names that NixOS would refuse are left out, and that is said', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Nix.
    put({ '/proc/sys/kernel/hostname': 'b"${x}\n', '/etc/vconsole.conf': 'KEYMAP=/nix/store/x\n' });
    ports.files.set('/etc/localtime', { link: '/etc/zoneinfo/"; }' });
    const found = await read();
    expect(found).toMatchObject({ value: { machine: { hostName: null, keyMap: null, timeZone: null } } });
    expect(found).toHaveProperty(
      'value.missing',
      expect.arrayContaining([expect.stringContaining('name of the host')]),
    );
  });

  test('is NixOS by its mark, or by its name', async () => {
    expect(await isNixos(ports.files)).toBe(true);
    ports.files.remove('/etc/NIXOS');
    expect(await isNixos(ports.files)).toBe(false);
    put({ '/etc/os-release': 'NAME=NixOS\nID=nixos\n' });
    expect(await isNixos(ports.files)).toBe(true);
    put({ '/etc/os-release': 'ID=debian\nHOME_URL=https://nixos.org\n' });
    expect(await isNixos(ports.files)).toBe(false);
  });
});
