import { expect, test } from 'vitest';
import { bootedProfileOf, configurationOf } from '../../src/cli/flake-of.ts';

test.each([
  ['nixos-rebuild switch', true, null],
  ['sudo nixos-rebuild switch --flake .#box', true, '.#box'],
  ['/run/current-system/sw/bin/nixos-rebuild boot --flake=/etc/nixos#a --sudo', true, '/etc/nixos#a'],
  ['nixos-rebuild-ng test -F github:me/config', true, 'github:me/config'],
  ['nixos-rebuild switch --file ./default.nix --attr box', true, './default.nix#box'],
  ['nixos-rebuild switch -f ./default.nix', true, './default.nix'],
  ['nh os switch', true, null],
  ['nh os switch . -H box', true, '.#box'],
  ['nh os switch -H box ./here', true, './here#box'],
  ['nh os boot .#a --hostname box', true, '.#a'],
  ['nix build .#x --flake y', false, null],
  ['nix-build', false, null],
  ['nh clean all', false, null],
])('%s', (words, system, flake) => {
  expect(configurationOf(words.split(' '))).toEqual({ system, flake });
});

const system = '/nix/var/nix/profiles/system';
test.each([
  ['sudo nixos-rebuild switch --flake .#box', system],
  ['nixos-rebuild-ng boot', system],
  ['nh os boot .', system],
  ['nixos-rebuild switch -p test', `${system}-profiles/test`],
  ['nixos-rebuild boot --profile-name=test', `${system}-profiles/test`],
  ['nixos-rebuild switch --profile-name system', system],
  // Nothing of these boots here next.
  ['nixos-rebuild test', null],
  ['nixos-rebuild build --flake .#switch', null],
  ['nixos-rebuild switch --target-host root@other', null],
  ['nix build .#switch', null],
  ['home-manager switch', null],
])('what boots after %s', (words, profile) => {
  expect(bootedProfileOf(words.split(' '))).toBe(profile);
});
