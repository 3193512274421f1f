import { expect, test } from 'vitest';
import { shortCommand } from '../../src/format/short-command.ts';

test.each([
  ['nixos-rebuild switch --flake .#box', 'nixos-rebuild switch'],
  ['nixos-rebuild --flake . switch', 'nixos-rebuild switch'],
  ['nixos-rebuild -L --flake /etc/nixos#box dry-activate --verbose', 'nixos-rebuild dry-activate'],
  ['home-manager --flake . switch', 'home-manager switch'],
  ['nix -L --extra-experimental-features nix-command flakes build .#x', 'nix build'],
  ['nh os switch . -- -L', 'nh os switch .'],
  ['nix-build -A firefox', 'nix-build'],
  ['nix-build', 'nix-build'],
])('%s', (command, short) => {
  expect(shortCommand(command)).toBe(short);
});
