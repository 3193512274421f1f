import { expect, test } from 'vitest';
import { configurationOf } from '../../src/cli/flake-of.ts';

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
