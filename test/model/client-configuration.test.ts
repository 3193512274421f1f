import { expect, test } from 'vitest';
import { configurationOf, likelyConfiguration } from '../../src/model/diagnosis/client-configuration.ts';
import { likelySubject } from '../../src/model/diagnosis/likely-subject.ts';
import type { Client } from '../../src/model/model.ts';
import { busy } from '../support/model-fixture.ts';

test.each([
  ['nixos-rebuild switch --flake /home/me/config#box', '/home/me/config#box'],
  ['/run/current-system/sw/bin/nixos-rebuild test --flake=github:me/config', 'github:me/config'],
  ['sudo nixos-rebuild-ng boot --flake git+file:///srv/config#web --verbose', 'git+file:///srv/config#web'],
  ['nixos-rebuild switch --flake mine#box', 'mine#box'],
  // In a directory that the probe asks the kernel for.
  ['nixos-rebuild switch --flake .#box', 'cwd:7:70:.#box'],
  ['nixos-rebuild switch --flake ../hosts?dir=web#box', 'cwd:7:70:../hosts?dir=web#box'],
  ['nixos-rebuild switch --flake path:./hosts#box', 'cwd:7:70:./hosts#box'],
  ['nixos-rebuild switch --flake', 'cwd:7:70:.'],
  ['nixos-rebuild switch --flake --verbose', 'cwd:7:70:.'],
  ['nixos-rebuild switch', null],
  // No configuration of a machine.
  ['nix build --flake /home/me/app', undefined],
  ['home-manager switch --flake /home/me/config', undefined],
])('%s: %s', (command, configuration) => {
  expect(configurationOf({ pid: 7, startTime: 70, command })).toBe(configuration);
});

test('of the client that it is about, else of the first that names one', () => {
  const [some] = busy.clients as [Client];
  const client = (pid: number, command: string): Client => ({ ...some, pid, startTime: pid, command });
  const clients = [
    client(1, 'nix build .#app'),
    client(2, 'nixos-rebuild switch --flake /a#box'),
    client(3, 'nixos-rebuild build --flake /b#box'),
    client(4, 'nixos-rebuild build'),
  ];
  const about = (pid: number) => ({ kind: 'client', pid, startTime: pid }) as const;
  expect(likelyConfiguration(null, { clients })).toBe('/a#box');
  expect(likelyConfiguration(about(3), { clients })).toBe('/b#box');
  expect(likelyConfiguration(about(4), { clients })).toBeNull();
  expect(likelyConfiguration(about(9), { clients: [] })).toBeNull();
  // An evaluation of this machine's configuration would tell nothing of it.
  expect(likelyConfiguration(about(1), { clients })).toBeUndefined();
  expect(likelySubject('evaluation', { subject: about(1) }, { clients, disks: [] })).toBeUndefined();
  expect(likelySubject('evaluation', { subject: about(3) }, { clients, disks: [] })).toBe('/b#box');
  expect(likelySubject('units', { subject: about(3) }, { clients, disks: [] })).toBeNull();
});
