import { describe, expect, test } from 'vitest';
import { minimalConfig } from '../../src/format/minimal-config.ts';
import type { OwnNetwork } from '../../src/model/recover/own-machine.ts';
import { ownMachine } from '../support/own-machine.ts';

const lines = (more: Parameters<typeof ownMachine>[0]) => minimalConfig(ownMachine(more)).split('\n');
const without = (text: string) => text.split('\n').map((line) => line.trim());

describe('the minimal configuration', () => {
  test('of a laptop', () => {
    expect(
      minimalConfig(ownMachine()),
    ).toBe(`# Enough to boot, to reach the network and to log in; nothing else.
{ ... }:

{
  imports = [ /etc/nixos/hardware-configuration.nix ];

  boot.loader.systemd-boot.enable = true;
  boot.loader.efi.canTouchEfiVariables = true;

  networking.hostName = "box";
  networking.networkmanager.enable = true;

  services.openssh.enable = true;
  services.openssh.settings.PasswordAuthentication = false;
  services.openssh.settings.PermitRootLogin = "no";

  # Passwords stay what they are: none is written here.
  users.mutableUsers = true;
  users.users."root" = {
    openssh.authorizedKeys.keys = [
      "ssh-ed25519 AAAA root@here"
    ];
  };
  users.users."ada" = {
    isNormalUser = true;
    uid = 1000;
    extraGroups = [ "wheel" "networkmanager" ];
  };

  time.timeZone = "Europe/Berlin";
  console.keyMap = "de";

  nix.settings.experimental-features = [ "nix-command" "flakes" ];

  # Of /etc/nixos/configuration.nix.
  system.stateVersion = "24.05";
}
`);
  });

  test('of a server with addresses of its own', () => {
    const network: OwnNetwork = {
      by: 'networkd',
      ...{ kernelNames: true, nameServers: ['192.0.2.53'] },
      addresses: [
        { interface: 'eth0', family: 4, address: '192.0.2.7', prefixLength: 24 },
        { interface: 'eth0', family: 6, address: '2001:db8::7', prefixLength: 64 },
      ],
      gateways: [{ interface: 'eth0', family: 6, address: '2001:db8::1' }],
    };
    expect(lines({ network, consoles: ['ttyS0,115200'], hostId: '8425e349' })).toEqual(
      expect.arrayContaining(
        [
          'boot.kernelParams = [ "console=ttyS0,115200" ];',
          'networking.hostId = "8425e349";',
          'networking.usePredictableInterfaceNames = false;',
          'networking.useNetworkd = true;',
          'networking.useDHCP = true;',
          'networking.interfaces."eth0".ipv4.addresses = [',
          '  { address = "192.0.2.7"; prefixLength = 24; }',
          'networking.interfaces."eth0".ipv6.addresses = [',
          'networking.defaultGateway6 = { address = "2001:db8::1"; interface = "eth0"; };',
          'networking.nameservers = [ "192.0.2.53" ];',
        ].map((line) => `  ${line}`),
      ),
    );
  });

  test.each([
    [
      { kind: 'extlinux' },
      ['boot.loader.grub.enable = false;', 'boot.loader.generic-extlinux-compatible.enable = true;'],
    ],
    [
      { kind: 'systemd-boot', esp: '/efi', variables: false },
      ['boot.loader.efi.efiSysMountPoint = "/efi";', 'boot.loader.efi.canTouchEfiVariables = false;'],
    ],
    [
      { kind: 'grub', devices: ['/dev/sda', '/dev/sdb'], esp: null, variables: false },
      ['boot.loader.grub.devices = [ "/dev/sda" "/dev/sdb" ];'],
    ],
    [
      { kind: 'grub', devices: ['nodev'], esp: '/boot/efi', variables: false },
      [
        'boot.loader.grub.efiSupport = true;',
        'boot.loader.efi.efiSysMountPoint = "/boot/efi";',
        'boot.loader.grub.efiInstallAsRemovable = true;',
      ],
    ],
    [
      { kind: 'grub', devices: ['nodev'], esp: '/boot', variables: true },
      ['boot.loader.efi.canTouchEfiVariables = true;'],
    ],
  ] as const)('boot loader %j', (loader, expected) => {
    expect(without(minimalConfig(ownMachine({ loader })))).toEqual(expect.arrayContaining([...expected]));
  });

  test('options of sshd by the names that the release has', () => {
    expect(lines({ release: '22.11' })).toEqual(
      expect.arrayContaining([
        '  services.openssh.passwordAuthentication = false;',
        '  services.openssh.permitRootLogin = "no";',
      ]),
    );
    expect(minimalConfig(ownMachine({ sshd: null }))).not.toContain('openssh.enable');
    const sshd = { ports: [22, 2222], passwords: null, rootLogin: null };
    expect(lines({ sshd })).toContain('  services.openssh.ports = [ 22 2222 ];');
  });

  test('no password in any form, whoever is there', () => {
    expect(minimalConfig(ownMachine())).not.toMatch(/password\w*\s*=\s*"|hashedPassword|initialPassword/i);
  });

  test('a comment ends where its text does', () => {
    const text = minimalConfig(
      ownMachine({ stateVersion: { version: '24.05', from: '/etc/nixos/a\n}; abort "x" #' } }),
    );
    expect(text).toContain('  # Of /etc/nixos/a }; abort "x" #.\n');
  });
});
