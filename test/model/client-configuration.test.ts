import { expect, test } from 'vitest';
import { configurationOf, likelyConfiguration } from '../../src/model/diagnosis/client-configuration.ts';
import { likelySubject } from '../../src/model/diagnosis/likely-subject.ts';
import type { Client } from '../../src/model/model.ts';
import { busy } from '../support/model-fixture.ts';

test.each([
  ['nixos-rebuild switch --flake /home/me/config#box', '/home/me/config#box'],
  ['/run/current-system/sw/bin/nixos-rebuild test --flake=github:me/config', 'github:me/config'],
  ['sudo nixos-rebuild-ng boot --flake git+file:///srv/config#web --verbose', 'git+file:///srv/config#web'],
  // Whose directory is not known, or that of this machine.
  ['nixos-rebuild switch --flake .#box', null],
  ['nixos-rebuild switch --flake', null],
  ['nixos-rebuild switch', null],
  // No configuration of a machine.
  ['nix build --flake /home/me/app', null],
  ['home-manager switch --flake /home/me/config', null],
])('%s: %s', (command, configuration) => {
  expect(configurationOf({ command })).toBe(configuration);
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
  expect(likelySubject('evaluation', about(3), { clients, disks: [] })).toBe('/b#box');
  expect(likelySubject('units', about(3), { clients, disks: [] })).toBeNull();
});
