# The package without flakes: nix-build, or nix-env -f . -i. The module for NixOS: dist/nixos/module.nix.
{
  pkgs ? import <nixpkgs> { },
}:
pkgs.callPackage ./dist/nixos/package.nix { }
