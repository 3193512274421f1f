import { expect, test } from 'vitest';
import { clientCommand, shortCommand, tellingCommand } from '../../../src/model/forest/client-command.ts';

test.each([
  [
    'nix-build --no-out-link /tmp/np/tick.nix --argstr n 40',
    'nix-build tick.nix --argstr n 40 --no-out-link',
  ],
  ['nix-build --no-out-link -j 4 -k /tmp/x.nix -A a.b', 'nix-build x.nix -A a.b --no-out-link -j 4 -k'],
  ['nix-build /srv/one/default.nix', 'nix-build one/default.nix'],
  ['nix build -L --option cores 2 /home/ada/conf#box', 'nix build conf#box -L --option cores 2'],
  ['nix build git+file:///home/ada/conf#a/b', 'nix build conf#a/b'],
  ['nix build .#firefox', 'nix build .#firefox'],
  ['nix build nixpkgs#hello --no-link', 'nix build nixpkgs#hello --no-link'],
  ['nixos-rebuild switch --flake .#box', 'nixos-rebuild switch --flake .#box'],
  ['nixos-rebuild --fast switch --flake /etc/nixos#box', 'nixos-rebuild switch --flake nixos#box --fast'],
  ['nix develop -i -c make -j 8', 'nix develop -i -c make -j 8'],
  ['nix run .#x -- -L y', 'nix run .#x -- -L y'],
  ['nix-collect-garbage -d', 'nix-collect-garbage -d'],
  ['nix-store --realise /nix/x.drv', 'nix-store --realise x.drv'],
  ['nix-shell /', 'nix-shell /'],
  ['nix copy --to file:///srv/cache big', 'nix copy --to file:///srv/cache big'],
  [
    'nix copy --substituter https://a.example --from ssh://box x',
    'nix copy --from ssh://box x --substituter https://a.example',
  ],
  [
    'nix --extra-experimental-features nix-command flakes store ping',
    'nix store ping --extra-experimental-features nix-command flakes',
  ],
  [
    'nix --option experimental-features nix-command flakes build flakes',
    'nix build flakes --option experimental-features nix-command flakes',
  ],
  ['nix-build -A', 'nix-build -A'],
  ['', ''],
])('%s', (command, words) => {
  expect(clientCommand(command)).toBe(words);
});

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

test.each([
  ['nix-build --no-out-link -j 4 /tmp/x.nix -A a.b', 'nix-build x.nix -A a.b'],
  ['nixos-rebuild -L switch --flake /etc/nixos#box', 'nixos-rebuild switch --flake nixos#box'],
  ['nix develop .#x -c make -j 8', 'nix develop .#x'],
])('%s: no options that say how', (command, telling) => {
  expect(tellingCommand(command)).toBe(telling);
});
