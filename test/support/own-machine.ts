/** A laptop as a minimal configuration takes it over. */
import type { OwnMachine } from '../../src/model/recover/own-machine.ts';

export function ownMachine(more: Partial<OwnMachine> = {}): OwnMachine {
  return {
    hardware: { kind: 'file', path: '/etc/nixos/hardware-configuration.nix' },
    loader: { kind: 'systemd-boot', esp: '/boot', variables: true },
    consoles: [],
    ...{
      hostName: 'box',
      hostId: null,
      timeZone: 'Europe/Berlin',
      keyMap: 'de',
      release: '24.11',
      flakes: true,
    },
    network: { by: 'networkmanager', addresses: [], gateways: [], nameServers: [], kernelNames: false },
    accounts: [
      { name: 'root', uid: 0, home: '/root', isAdmin: true, keys: ['ssh-ed25519 AAAA root@here'] },
      { name: 'ada', uid: 1000, home: '/home/ada', isAdmin: true, keys: [] },
    ],
    sshd: { ports: [], passwords: false, rootLogin: 'no' },
    stateVersion: { version: '24.05', from: '/etc/nixos/configuration.nix' },
    ...more,
  };
}

/** What breaks out of a string of Nix, or of its rows, where somebody has not thought of it. */
export const hostileWords = [
  'a"; b = "',
  `\${abort "x"}`,
  `$\${abort "x"}`,
  '\\',
  '\\"',
  `''\${x}''`,
  '$',
  'a\tb',
  '*/ # //',
  'ö→',
];
